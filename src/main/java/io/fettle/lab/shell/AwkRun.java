package io.fettle.lab.shell;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** One run of an awk program: its record, its variables, where it prints. */
final class AwkRun {
  private static final int MOST_STEPS = 2_000_000;

  /** Leaves a loop, a record or the program. */
  static final class Jump extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final To to;

    enum To {
      BREAK,
      CONTINUE,
      NEXT,
      EXIT
    }

    Jump(To to) {
      super(null, null, false, false);
      this.to = to;
    }

    To to() {
      return to;
    }
  }

  private final Out out;
  private final Map<String, AwkCell> variables = new HashMap<>();
  private final Map<String, Map<String, AwkCell>> arrays = new HashMap<>();
  private final List<String> fields = new ArrayList<>();
  private String record = "";
  private int steps;
  private int status;

  AwkRun(Out out) {
    this.out = out;
    set("FS", AwkCell.string(" "));
    set("OFS", AwkCell.string(" "));
    set("ORS", AwkCell.string("\n"));
    set("SUBSEP", AwkCell.string("\034"));
    set("NR", AwkCell.of(0));
  }

  /** Counts a step; a program without end stops. */
  void step() {
    if (++steps > MOST_STEPS) {
      status = 124;
      throw new Jump(Jump.To.EXIT);
    }
  }

  int status() {
    return status;
  }

  void status(int to) {
    status = to;
  }

  void print(String text) {
    out.print(text);
  }

  AwkCell get(String name) {
    if (name.equals("NF")) return AwkCell.of(fields.size());
    return variables.getOrDefault(name, AwkCell.UNSET);
  }

  void set(String name, AwkCell value) {
    if (!name.equals("NF")) {
      variables.put(name, value);
      return;
    }
    int wanted = (int) value.number();
    while (fields.size() > wanted) fields.removeLast();
    while (fields.size() < wanted) fields.add("");
    rebuild();
  }

  Map<String, AwkCell> array(String name) {
    return arrays.computeIfAbsent(name, n -> new LinkedHashMap<>());
  }

  /** Takes a line of input. */
  void record(String line) {
    set("NR", AwkCell.of(get("NR").number() + 1));
    set("FNR", get("NR"));
    whole(line);
  }

  private void whole(String line) {
    record = line;
    fields.clear();
    fields.addAll(split(line, get("FS").text()));
  }

  static List<String> split(String text, String separator) {
    if (separator.equals(" "))
      return text.isBlank() ? List.of() : List.of(text.strip().split("[ \t\n]+"));
    if (text.isEmpty()) return List.of();
    Pattern by =
        separator.length() == 1
            ? Pattern.compile(Pattern.quote(separator))
            : Regex.of(separator, true, false, false);
    return List.of(by.split(text, -1));
  }

  AwkCell field(int index) {
    if (index == 0) return AwkCell.input(record);
    return index > 0 && index <= fields.size()
        ? AwkCell.input(fields.get(index - 1))
        : AwkCell.UNSET;
  }

  void field(int index, AwkCell value) {
    if (index == 0) {
      whole(value.text());
      return;
    }
    while (fields.size() < index) fields.add("");
    fields.set(index - 1, value.text());
    rebuild();
  }

  private void rebuild() {
    record = String.join(get("OFS").text(), fields);
  }
}
