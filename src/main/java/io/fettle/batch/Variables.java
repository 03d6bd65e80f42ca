package io.fettle.batch;

import io.fettle.cmdb.MachineDoc;
import io.fettle.cmdb.facet.Facet;
import io.fettle.cmdb.facet.FacetField;
import io.fettle.cmdb.facet.Shape;
import io.fettle.kernel.Problem;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What may stand in a text by name: the register's declared single values, and parameters. */
final class Variables {
  private static final Pattern PARAMETER = Pattern.compile("[a-z][a-z0-9_]{0,39}");
  private static final int LONGEST = 16_384;

  /**
   * A subscript with a substitution in it: the arithmetic of bash and ksh, also of {@code [[ -gt
   * ]]}, {@code let} and {@code declare -i}, runs what stands there, however the value is quoted.
   */
  private static final Pattern COMPUTED = Pattern.compile("(?s)\\[.*[$`]");

  private final Set<String> fields = new TreeSet<>();

  Variables(Collection<Facet> facets) {
    for (Facet facet : facets)
      for (FacetField field : facet.fields())
        if (single(field.shape())) fields.add(name(facet, field));
  }

  private static boolean single(Shape shape) {
    return switch (shape) {
      case Shape.Text text -> true;
      case Shape.Whole whole -> true;
      case Shape.Date date -> true;
      case Shape.OneOf one -> true;
      case Shape.Texts texts -> false;
      case Shape.Named named -> false;
    };
  }

  private static String name(Facet facet, FacetField field) {
    return facet.name().equals("asset") ? field.path() : facet.name() + "." + field.path();
  }

  /** Names of the register's values, sorted. */
  Set<String> fields() {
    return Set.copyOf(fields);
  }

  /** What the register says of a machine; empty when it says nothing. */
  static Optional<String> value(MachineDoc machine, String name) {
    JsonNode node = machine.at(name);
    if (!node.isValueNode() || node.isNull() || node.isMissingNode()) return Optional.empty();
    String text = node.asString();
    boolean usable = !text.isEmpty() && text.length() <= LONGEST && !risky(text);
    return usable ? Optional.of(text) : Optional.empty();
  }

  /**
   * Parameters of a command or script as text.
   *
   * @throws Problem 422 for a name that is no name or already the register's, and for a value that
   *     is no text
   */
  Map<String, String> parameters(Map<String, Object> given) {
    Map<String, String> parameters = new LinkedHashMap<>();
    given.forEach((name, value) -> {
      if (!PARAMETER.matcher(name).matches() || fields.contains(name))
        throw Problem.badInput(
            "with",
            name.length() > 40 ? name.substring(0, 40) : name,
            "参数名为小写字母、数字和下划线，且不与登记字段同名",
            "a parameter's name is of lower-case letters, digits and _, and no field of the"
                + " register");
      parameters.put(name, text(name, value));
    });
    return parameters;
  }

  /** True for what must not come into a shell's variable. */
  static boolean risky(String value) {
    return value.indexOf('\0') >= 0 || COMPUTED.matcher(value).find();
  }

  private static String text(String name, @Nullable Object value) {
    boolean plain = value instanceof String || value instanceof Number || value instanceof Boolean;
    String text = plain ? String.valueOf(value) : "";
    if (!plain || text.length() > LONGEST || risky(text))
      throw Problem.badInput(
          "with",
          name,
          "参数的值应为不超过 16 384 字的文本，不含 NUL，也不含下标里的替换（如 a[$(…)]，shell 的算术会执行它）",
          "a parameter's value is a text of at most 16,384 characters without NUL, and without a"
              + " substitution in a subscript (as a[$(…)], which a shell's arithmetic would run)");
    return text;
  }
}
