package io.fettle.batch;

import io.fettle.kernel.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a saved job asks for when it is started: {@code name[:type][=usual value]}, the type {@code
 * text}, {@code number} or {@code choice(a|b|c)}.
 *
 * @param choices of a CHOICE; else empty
 * @param usual the value without a word; null when one has to be given
 */
public record Parameter(String name, Type type, List<String> choices, @Nullable String usual) {
  private static final Pattern FORM =
      Pattern.compile("([a-z][a-z0-9_]{0,39})(?::(text|number|choice\\(([^()]+)\\)))?(?:=(.*))?");
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}(?:\\.[0-9]{1,9})?");
  private static final int LONGEST = 4_096;

  /** Kinds of values. */
  public enum Type {
    TEXT,
    NUMBER,
    CHOICE
  }

  public Parameter {
    choices = List.copyOf(choices);
  }

  static Parameter parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) throw wrong(text);
    String type = form.group(2) == null ? "text" : form.group(2);
    List<String> choices =
        form.group(3) == null
            ? List.of()
            : Arrays.stream(form.group(3).split("\\|", -1)).map(String::strip).toList();
    if (choices.stream().anyMatch(String::isEmpty)) throw wrong(text);
    Parameter parameter =
        new Parameter(
            form.group(1),
            Type.valueOf(type.replaceFirst("\\(.*", "").toUpperCase(Locale.ROOT)),
            choices,
            form.group(4));
    if (parameter.usual != null) parameter.checked(parameter.usual);
    return parameter;
  }

  private static Problem wrong(String text) {
    return Problem.badInput(
        "parameters",
        text.length() > 80 ? text.substring(0, 80) : text,
        "参数写作 名[:类型][=默认值]，类型为 text、number 或 choice(a|b)",
        "write a parameter as name[:type][=usual], the type text, number or choice(a|b)");
  }

  /** This value, when it is one of this type. */
  String checked(String value) {
    boolean right =
        switch (type) {
          case TEXT -> value.length() <= LONGEST && value.indexOf('\0') < 0;
          case NUMBER -> NUMBER.matcher(value).matches();
          case CHOICE -> choices.contains(value);
        };
    if (!right)
      throw Problem.badInput(
          name,
          value.length() > 80 ? value.substring(0, 80) : value,
          switch (type) {
            case TEXT -> "应为不超过 4096 字的文本";
            case NUMBER -> "应为数字";
            case CHOICE -> "应为其中之一：" + String.join(", ", choices);
          },
          switch (type) {
            case TEXT -> "a text of at most 4,096 characters";
            case NUMBER -> "a number";
            case CHOICE -> "one of " + String.join(", ", choices);
          });
    return value;
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    String kind =
        type == Type.CHOICE
            ? "choice(" + String.join("|", choices) + ")"
            : type.name().toLowerCase(Locale.ROOT);
    return name + ":" + kind + (usual == null ? "" : "=" + usual);
  }
}
