package io.fettle.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a person sees: aligned tables and name-value lines, no wider than the terminal. */
final class Screen {
  private static final int GAP = 2;
  private static final int NARROWEST = 8;

  private final PrintStream out;
  private final int columns;

  Screen(PrintStream out, int columns) {
    this.out = out;
    this.columns = columns;
  }

  /** COLUMNS when the shell says it; unlimited when the output goes to a file or a pipe. */
  static Screen ofTerminal(PrintStream out, Map<String, String> environment) {
    if (System.console() == null || !System.console().isTerminal())
      return new Screen(out, Integer.MAX_VALUE);
    String columns = environment.getOrDefault("COLUMNS", "");
    return new Screen(out, columns.matches("[0-9]{2,4}") ? Integer.parseInt(columns) : 120);
  }

  void line(String text) {
    out.println(Words.safe(text));
  }

  /** Name and value, values under one another; empty values are left out. */
  void facts(Map<String, String> facts) {
    int widest = facts.keySet().stream().mapToInt(Words::width).max().orElse(0);
    facts.forEach((name, value) -> {
      String head = pad(name, widest + GAP);
      for (String one : value.lines().toList()) {
        line(head + one);
        head = " ".repeat(widest + GAP);
      }
    });
  }

  /** A table with a head; the widest column gives way when the terminal is narrow. */
  void table(List<String> head, List<List<String>> rows) {
    List<List<String>> all = new ArrayList<>();
    all.add(head);
    rows.forEach(row -> all.add(row.stream().map(Words::safe).toList()));
    int[] widths = widths(all);
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        String cell = Words.cut(row.get(i), widths[i]);
        line.append(i == row.size() - 1 ? cell : pad(cell, widths[i] + GAP));
      }
      out.println(line.toString().stripTrailing());
    }
  }

  /** Says that there is more, and how to get it. */
  void next(Json page) {
    String next = page.get("next").text();
    if (!next.isEmpty()) line(Words.say("还有更多：--cursor ", "more: --cursor ") + next);
  }

  private int[] widths(List<List<String>> rows) {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows)
      for (int i = 0; i < row.size(); i++) widths[i] = Math.max(widths[i], Words.width(row.get(i)));
    while (total(widths) > columns) {
      int widest = 0;
      for (int i = 1; i < widths.length; i++) if (widths[i] > widths[widest]) widest = i;
      if (widths[widest] <= NARROWEST) break;
      widths[widest]--;
    }
    return widths;
  }

  private static long total(int[] widths) {
    long total = (long) GAP * (widths.length - 1);
    for (int width : widths) total += width;
    return total;
  }

  private static String pad(String text, int columns) {
    return text + " ".repeat(Math.max(0, columns - Words.width(text)));
  }
}
