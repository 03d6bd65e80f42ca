package io.fettle.lab.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code sed} as scripts use it: addresses, {@code s}, {@code d}, {@code p}, {@code q}, {@code -n
 * -E -i -e}.
 */
final class SedCommand {
  private record Step(
      String from, String to, char verb, Pattern pattern, String replacement, String flags) {}

  private SedCommand() {}

  static int run(Command.Call call) {
    boolean quiet = false;
    boolean extended = false;
    boolean inPlace = false;
    List<String> scripts = new ArrayList<>();
    List<String> files = new ArrayList<>();
    boolean explicit = false;
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (arg.equals("-e")) {
        scripts.add(call.arg(++i, ""));
        explicit = true;
      } else if (arg.startsWith("-") && arg.length() > 1) {
        quiet |= arg.contains("n");
        extended |= arg.contains("E") || arg.contains("r");
        inPlace |= arg.contains("i");
      } else if (scripts.isEmpty() && !explicit) {
        scripts.add(arg);
      } else {
        files.add(arg);
      }
    }
    List<Step> steps = new ArrayList<>();
    try {
      for (String script : scripts) parse(script, extended, steps);
    } catch (RuntimeException e) {
      return call.fail(1, "-e expression #1: unknown command");
    }
    String text = TextCommands.input(call, files);
    if (text == null) return 2;
    String result = apply(TextCommands.lines(text), steps, quiet, extended);
    if (!inPlace || files.isEmpty()) {
      call.out().print(result);
      return 0;
    }
    String path = call.path(files.getFirst());
    call.host().journal("write " + path);
    String problem =
        call.host()
            .fs()
            .write(path, result.getBytes(java.nio.charset.StandardCharsets.UTF_8), false, 0644);
    return problem == null ? 0 : call.fail(4, "couldn't edit " + files.getFirst() + ": " + problem);
  }

  private static void parse(String script, boolean extended, List<Step> steps) {
    int at = 0;
    while (at < script.length()) {
      char c = script.charAt(at);
      if (c == ';' || c == '\n' || c == ' ' || c == '}') {
        at++;
        continue;
      }
      StringBuilder from = new StringBuilder();
      StringBuilder to = new StringBuilder();
      at = address(script, at, from);
      if (at < script.length() && script.charAt(at) == ',') at = address(script, at + 1, to);
      while (at < script.length() && (script.charAt(at) == ' ' || script.charAt(at) == '{')) at++;
      char verb = script.charAt(at++);
      if (verb != 's') {
        steps.add(new Step(from.toString(), to.toString(), verb, Pattern.compile(""), "", ""));
        continue;
      }
      char d = script.charAt(at++);
      int middle = unescaped(script, at, d);
      int end = unescaped(script, middle + 1, d);
      String pattern = script.substring(at, middle).replace("\\" + d, String.valueOf(d));
      String replacement = script.substring(middle + 1, end);
      at = end + 1;
      int flags = at;
      while (at < script.length() && "gpiI0123456789".indexOf(script.charAt(at)) >= 0) at++;
      String options = script.substring(flags, at);
      steps.add(
          new Step(
              from.toString(),
              to.toString(),
              's',
              TextCommands.regex(
                  pattern,
                  extended,
                  false,
                  options.toLowerCase(java.util.Locale.ROOT).contains("i")),
              replacement,
              options));
    }
  }

  private static int unescaped(String script, int from, char delimiter) {
    for (int i = from; i < script.length(); i++) {
      if (script.charAt(i) == '\\') i++;
      else if (script.charAt(i) == delimiter) return i;
    }
    throw new IllegalArgumentException("unterminated");
  }

  private static int address(String script, int at, StringBuilder into) {
    if (at < script.length() && script.charAt(at) == '/') {
      int end = unescaped(script, at + 1, '/');
      into.append(script, at, end + 1);
      return end + 1;
    }
    while (at < script.length()
        && (Character.isDigit(script.charAt(at)) || script.charAt(at) == '$'))
      into.append(script.charAt(at++));
    return at;
  }

  private static String apply(
      List<String> lines, List<Step> steps, boolean quiet, boolean extended) {
    StringBuilder out = new StringBuilder();
    boolean[] inside = new boolean[steps.size()];
    for (int n = 0; n < lines.size(); n++) {
      String line = lines.get(n);
      boolean last = n == lines.size() - 1;
      boolean deleted = false;
      boolean stop = false;
      for (int s = 0; s < steps.size() && !deleted; s++) {
        Step step = steps.get(s);
        if (!selected(step, line, n + 1, last, inside, s, extended)) continue;
        switch (step.verb()) {
          case 'd' -> deleted = true;
          case 'p' -> out.append(line).append('\n');
          case 'q' -> stop = true;
          case 's' -> {
            Matcher m = step.pattern().matcher(line);
            boolean hit = m.find();
            if (hit)
              line =
                  step.flags().contains("g")
                      ? m.replaceAll(java(step.replacement()))
                      : m.replaceFirst(java(step.replacement()));
            if (hit && step.flags().contains("p")) out.append(line).append('\n');
          }
          default -> {}
        }
      }
      if (!deleted && !quiet) out.append(line).append('\n');
      if (stop) break;
    }
    return out.toString();
  }

  private static boolean selected(
      Step step,
      String line,
      int number,
      boolean last,
      boolean[] inside,
      int index,
      boolean extended) {
    if (step.from().isEmpty()) return true;
    if (step.to().isEmpty()) return hit(step.from(), line, number, last, extended);
    if (!inside[index]) {
      inside[index] = hit(step.from(), line, number, last, extended);
      return inside[index];
    }
    if (hit(step.to(), line, number, last, extended)) inside[index] = false;
    return true;
  }

  private static boolean hit(
      String address, String line, int number, boolean last, boolean extended) {
    if (address.equals("$")) return last;
    if (!address.startsWith("/")) return Integer.parseInt(address) == number;
    String text = address.substring(1, address.length() - 1).replace("\\/", "/");
    return TextCommands.regex(text, extended, false, false).matcher(line).find();
  }

  /** sed's {@code \1} and {@code &} in Java's replacement language. */
  private static String java(String replacement) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < replacement.length(); i++) {
      char c = replacement.charAt(i);
      if (c == '\\' && i + 1 < replacement.length()) {
        char n = replacement.charAt(++i);
        if (Character.isDigit(n)) out.append('$').append(n);
        else if (n == 'n') out.append('\n');
        else out.append(Matcher.quoteReplacement(String.valueOf(n)));
      } else if (c == '&') {
        out.append("$0");
      } else {
        out.append(Matcher.quoteReplacement(String.valueOf(c)));
      }
    }
    return out.toString();
  }
}
