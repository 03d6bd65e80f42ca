package io.fettle.lab.shell;

import io.fettle.lab.shell.AwkExpressions.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Functions that awk knows, and arithmetic. */
final class AwkCalls {
  private AwkCalls() {}

  /** A regex that may have to be computed. */
  interface Matcher {
    Pattern of(AwkRun run);
  }

  /** A regex literal, or else a value whose text is one. */
  static Matcher regex(Optional<String> literal, Supplier<Value> value) {
    if (literal.isPresent()) {
      Pattern pattern = Regex.of(literal.get(), true, false, false);
      return run -> pattern;
    }
    Value text = value.get();
    return run -> Regex.of(text.of(run).text(), true, false, false);
  }

  static double arithmetic(char op, double a, double b) {
    return switch (op) {
      case '+' -> a + b;
      case '-' -> a - b;
      case '*' -> a * b;
      case '/' -> a / b;
      case '%' -> a % b;
      default -> Math.pow(a, b);
    };
  }

  /** A call whose name was just read. */
  static Value call(String name, AwkExpressions in) {
    if (name.equals("length") && !in.peek().is("("))
      return run -> AwkCell.of(run.field(0).text().length());
    in.expect("(");
    Value call =
        switch (name) {
          case "split" -> split(in);
          case "sub", "gsub" -> substitute(in, name.equals("gsub"));
          case "match" -> match(in);
          default -> plain(name, arguments(in));
        };
    in.expect(")");
    return call;
  }

  private static List<Value> arguments(AwkExpressions in) {
    List<Value> all = new ArrayList<>();
    if (in.peek().is(")")) return all;
    do all.add(in.value());
    while (in.take(","));
    return all;
  }

  private static Value plain(String name, List<Value> args) {
    return switch (name) {
      case "length" ->
          args.isEmpty()
              ? run -> AwkCell.of(run.field(0).text().length())
              : run -> AwkCell.of(text(args, 0, run).length());
      case "substr" -> run -> AwkCell.string(substr(args, run));
      case "index" -> run -> AwkCell.of(text(args, 0, run).indexOf(text(args, 1, run)) + 1);
      case "tolower" -> run -> AwkCell.string(text(args, 0, run).toLowerCase(Locale.ROOT));
      case "toupper" -> run -> AwkCell.string(text(args, 0, run).toUpperCase(Locale.ROOT));
      case "int" -> run -> AwkCell.of((double) (long) args.getFirst().of(run).number());
      case "sprintf" -> run -> AwkCell.string(AwkExpressions.formatted(run, args));
      default -> throw new ShellSyntax("function " + name + " is not known here");
    };
  }

  private static String text(List<Value> args, int index, AwkRun run) {
    return index < args.size() ? args.get(index).of(run).text() : "";
  }

  private static String substr(List<Value> args, AwkRun run) {
    String text = text(args, 0, run);
    double from = Math.rint(args.get(1).of(run).number());
    double length = args.size() > 2 ? Math.rint(args.get(2).of(run).number()) : text.length() + 1e9;
    int start = (int) Math.max(1, from);
    int end = (int) Math.min(text.length() + 1.0, from + length);
    return end <= start ? "" : text.substring(start - 1, end - 1);
  }

  private static Value split(AwkExpressions in) {
    Value text = in.value();
    in.expect(",");
    String array = in.next().text();
    Optional<String> literal = Optional.empty();
    Value by = run -> run.get("FS");
    if (in.take(",")) {
      literal = in.peekRegex();
      if (literal.isEmpty()) by = in.value();
    }
    Value separator = by;
    Optional<Pattern> pattern = literal.map(l -> Regex.of(l, true, false, false));
    return run -> {
      String all = text.of(run).text();
      List<String> parts =
          pattern.isPresent() && !all.isEmpty()
              ? List.of(pattern.get().split(all, -1))
              : AwkRun.split(all, separator.of(run).text());
      Map<String, AwkCell> into = run.array(array);
      into.clear();
      for (int i = 0; i < parts.size(); i++)
        into.put(Integer.toString(i + 1), AwkCell.input(parts.get(i)));
      return AwkCell.of(parts.size());
    };
  }

  private static Value substitute(AwkExpressions in, boolean all) {
    Matcher regex = regex(in.peekRegex(), in::value);
    in.expect(",");
    Value by = in.value();
    Value place = in.take(",") ? in.value() : null;
    return run -> {
      String before = (place == null ? run.field(0) : place.of(run)).text();
      var m = regex.of(run).matcher(before);
      StringBuilder after = new StringBuilder();
      int count = 0;
      while (m.find() && (all || count == 0)) {
        m.appendReplacement(
            after, java.util.regex.Matcher.quoteReplacement(filled(by.of(run).text(), m.group())));
        count++;
      }
      m.appendTail(after);
      if (count == 0) return AwkCell.of(0);
      AwkCell value = AwkCell.string(after.toString());
      if (place == null) run.field(0, value);
      else AwkExpressions.put(place, run, value);
      return AwkCell.of(count);
    };
  }

  /** {@code &} is what matched, {@code \&} is itself. */
  private static String filled(String by, String matched) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < by.length(); i++) {
      if (by.startsWith("\\&", i)) out.append(by.charAt(++i));
      else if (by.charAt(i) == '&') out.append(matched);
      else out.append(by.charAt(i));
    }
    return out.toString();
  }

  private static Value match(AwkExpressions in) {
    Value text = in.value();
    in.expect(",");
    Matcher regex = regex(in.peekRegex(), in::value);
    return run -> {
      var m = regex.of(run).matcher(text.of(run).text());
      boolean found = m.find();
      run.set("RSTART", AwkCell.of(found ? m.start() + 1 : 0));
      run.set("RLENGTH", AwkCell.of(found ? m.end() - m.start() : -1));
      return run.get("RSTART");
    };
  }

  /** {@code printf}: what the conversions ask for, from the values in order. */
  static String format(List<AwkCell> values) {
    if (values.isEmpty()) return "";
    String format = values.getFirst().text();
    List<String> args = new ArrayList<>();
    int next = 1;
    for (int i = 0; i < format.length(); i++) {
      if (format.charAt(i) != '%') continue;
      int end = i + 1;
      while (end < format.length() && "-+ #0123456789.".indexOf(format.charAt(end)) >= 0) end++;
      if (end >= format.length()) break;
      char conversion = format.charAt(end);
      i = end;
      if (conversion == '%') continue;
      AwkCell value = next < values.size() ? values.get(next++) : AwkCell.UNSET;
      args.add(
          switch (conversion) {
            case 'd', 'i', 'x', 'X', 'o', 'u' -> Long.toString((long) value.number());
            case 'f', 'e', 'g', 'F', 'E', 'G' -> Double.toString(value.number());
            default -> value.text();
          });
    }
    return TextCommands.formatOnce(format.replace("\\", "\\\\"), args);
  }
}
