package io.fettle.lab.shell;

import io.fettle.lab.shell.Command.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * {@code grep}, {@code egrep}, {@code fgrep}: {@code -E -F -i -v -w -x -o -c -q -s -l -h -H -m -e}.
 */
final class GrepCommand {
  private final Call call;
  private final StringBuilder options;
  private final List<String> patterns = new ArrayList<>();
  private final List<String> files = new ArrayList<>();
  private int most = Integer.MAX_VALUE;

  private GrepCommand(Call call) {
    this.call = call;
    options =
        new StringBuilder(
            call.name().equals("egrep") ? "E" : call.name().equals("fgrep") ? "F" : "");
  }

  static int run(Call call) {
    GrepCommand grep = new GrepCommand(call);
    grep.read();
    if (grep.patterns.isEmpty() && grep.files.isEmpty())
      return call.fail(2, "usage: grep PATTERN [FILE]");
    if (grep.patterns.isEmpty()) grep.patterns.add(grep.files.removeFirst());
    try {
      return grep.search(grep.compiled());
    } catch (PatternSyntaxException e) {
      return call.fail(2, "Invalid regular expression");
    }
  }

  private void read() {
    boolean over = false;
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (!over && arg.equals("--")) over = true;
      else if (!over && arg.matches("-[A-Za-z]*e")) {
        options.append(arg, 1, arg.length() - 1);
        patterns.add(call.arg(++i, ""));
      } else if (!over && arg.equals("-m")) most = Integer.parseInt(call.arg(++i, "1"));
      else if (!over && arg.matches("-m\\d+")) most = Integer.parseInt(arg.substring(2));
      else if (!over && arg.startsWith("-") && arg.length() > 1) options.append(arg.substring(1));
      else files.add(arg);
    }
  }

  private boolean has(char option) {
    return options.indexOf(String.valueOf(option)) >= 0;
  }

  private List<Pattern> compiled() {
    List<Pattern> compiled = new ArrayList<>();
    for (String given : patterns)
      for (String pattern : given.split("\n", -1)) {
        Pattern one = Regex.of(pattern, has('E'), has('F'), has('i'));
        if (has('w')) one = Pattern.compile("\\b(?:" + one.pattern() + ")\\b", one.flags());
        if (has('x')) one = Pattern.compile("^(?:" + one.pattern() + ")$", one.flags());
        compiled.add(one);
      }
    return compiled;
  }

  private int search(List<Pattern> compiled) {
    boolean troubled = false;
    int found = 0;
    boolean named = (files.size() > 1 || has('H')) && !has('h');
    for (String file : files.isEmpty() ? List.of("-") : files) {
      String text = has('s') ? quietly(file) : TextCommands.input(call, List.of(file));
      if (text == null) troubled = true;
      else found += search(compiled, text, file, named);
    }
    if (found > 0 && (has('q') || !troubled)) return 0;
    return troubled ? 2 : 1;
  }

  private @org.jspecify.annotations.Nullable String quietly(String file) {
    Call silent =
        new Call(
            call.shell(), call.host(), call.name(), call.args(), call.in(), call.out(), new Out());
    return TextCommands.input(silent, List.of(file));
  }

  private int search(List<Pattern> compiled, String text, String file, boolean named) {
    String front = named ? file + ":" : "";
    boolean silent = has('q') || has('c') || has('l');
    int found = 0;
    for (String line : TextCommands.lines(text)) {
      if (compiled.stream().anyMatch(p -> p.matcher(line).find()) == has('v')) continue;
      found++;
      if (!silent) print(compiled, line, front);
      if (found >= most) break;
    }
    if (has('c')) call.out().line(front + found);
    if (has('l') && found > 0) call.out().line(file);
    return found;
  }

  private void print(List<Pattern> compiled, String line, String front) {
    if (!has('o')) {
      call.out().line(front + line);
      return;
    }
    var m = compiled.getFirst().matcher(line);
    while (m.find()) if (!m.group().isEmpty()) call.out().line(front + m.group());
  }
}
