package io.fettle.batch;

import java.util.ArrayList;
import java.util.List;

/** Two texts line by line: what both have, what only one of them has. */
public final class Difference {
  private static final int MOST = 400;

  private Difference() {}

  /**
   * A line; the sign is {@code ' '} for both, {@code '-'} for the first alone, {@code '+'} else.
   */
  public record Line(char sign, String text) {}

  /** Empty when a text is too long to be compared while somebody waits. */
  public static List<Line> of(String first, String second) {
    List<String> a = first.lines().toList();
    List<String> b = second.lines().toList();
    if (a.size() > MOST || b.size() > MOST) return List.of();
    int[][] common = common(a, b);
    List<Line> lines = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < a.size() || j < b.size()) {
      boolean equal = i < a.size() && j < b.size() && a.get(i).equals(b.get(j));
      if (equal) {
        lines.add(new Line(' ', a.get(i++)));
        j++;
      } else if (j >= b.size() || i < a.size() && common[i + 1][j] >= common[i][j + 1]) {
        lines.add(new Line('-', a.get(i++)));
      } else {
        lines.add(new Line('+', b.get(j++)));
      }
    }
    return lines;
  }

  private static int[][] common(List<String> a, List<String> b) {
    int[][] common = new int[a.size() + 1][b.size() + 1];
    for (int i = a.size() - 1; i >= 0; i--)
      for (int j = b.size() - 1; j >= 0; j--)
        common[i][j] =
            a.get(i).equals(b.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
    return common;
  }
}
