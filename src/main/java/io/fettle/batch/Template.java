package io.fettle.batch;

import io.fettle.batch.ShellPlaces.Found;
import io.fettle.batch.ShellPlaces.Place;
import io.fettle.kernel.Problem;
import io.fettle.transport.ssh.SshCommand;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A shell text with names in braces. A value never becomes shell text: it is assigned to a shell
 * variable in front, quoted as one word, and the variable stands where the name stood. So whatever
 * this takes a place in the text for, a value cannot become a command by itself.
 */
final class Template {
  private final String body;
  private final List<Found> found;
  private final SortedSet<String> names = new TreeSet<>();
  private final SortedSet<String> unknown = new TreeSet<>();

  private Template(String body, List<Found> found) {
    this.body = body;
    this.found = found;
  }

  /**
   * Reads a text.
   *
   * @param known names that are variables; all others are left as they are
   * @throws Problem 422 where a variable stands in quotes, or where quotes do not end
   */
  static Template of(String body, Set<String> known) {
    ShellPlaces.Read read = ShellPlaces.of(body);
    Template template =
        new Template(
            body,
            read.names().stream()
                .filter(f -> known.contains(f.name()) && f.place() != Place.COMMENT)
                .toList());
    for (Found one : template.found) {
      if (one.place() == Place.QUOTED) throw quoted(one);
      template.names.add(one.name());
    }
    if (read.open() && !template.found.isEmpty())
      throw Problem.badInput(
          "body",
          "",
          "有引号、替换或 here-document 没有结束，无法确定变量在哪里",
          "a quote, substitution or here-document does not end: where its variables stand is not"
              + " certain");
    for (Found one : read.names())
      if (!known.contains(one.name()) && one.name().indexOf('.') > 0)
        template.unknown.add(one.name());
    return template;
  }

  private static Problem quoted(Found one) {
    String name = "{" + one.name() + "}";
    return Problem.badInput(
        "body",
        name,
        "第 "
            + one.line()
            + " 行：变量 "
            + name
            + " 在引号、here-document 或替换之中。写在引号之外，或先写 v="
            + name
            + " 再用 \"$v\"；若不是变量，请选“不代入变量”（--literal）",
        "line "
            + one.line()
            + ": the variable "
            + name
            + " stands in quotes, a here-document or a substitution. Write it outside of quotes, or"
            + " v="
            + name
            + " first and then \"$v\"; if it is no variable, say so (--literal)");
  }

  /** Variables in the text. */
  SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(names);
  }

  /** Names with a dot that nobody knows: a slip, or none of ours; they are left as they are. */
  List<String> unknown() {
    return List.copyOf(unknown);
  }

  /** The text with these values; there is one for each name. */
  String with(Map<String, String> values) {
    if (names.isEmpty()) return body;
    StringBuilder text = new StringBuilder();
    for (String name : names)
      text.append(variable(name))
          .append('=')
          .append(SshCommand.quoted(value(values, name)))
          .append('\n');
    return replaced(text, name -> "\"$" + variable(name) + "\"").toString();
  }

  /** As a person reads it: the values where the names stood. Never to be sent. */
  String read(Map<String, String> values) {
    return replaced(new StringBuilder(), name -> value(values, name)).toString();
  }

  private StringBuilder replaced(StringBuilder text, java.util.function.UnaryOperator<String> by) {
    int from = 0;
    for (Found one : found) {
      text.append(body, from, one.from()).append(by.apply(one.name()));
      from = one.to();
    }
    return text.append(body, from, body.length());
  }

  private static String value(Map<String, String> values, String name) {
    String value = Objects.requireNonNull(values.get(name), name);
    if (Variables.risky(value)) throw new IllegalArgumentException(name + ": NUL or a[$(…)]");
    return value;
  }

  private static String variable(String name) {
    return "fettle_" + name.replace(".", "__");
  }
}
