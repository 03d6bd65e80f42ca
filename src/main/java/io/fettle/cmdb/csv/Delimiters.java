package io.fettle.cmdb.csv;

import java.io.IOException;
import java.io.Reader;

/** Finds out what separates the cells: the sign that stands most often in the first lines. */
public final class Delimiters {
  private static final char[] SIGNS = {',', ';', '\t', '|'};
  private static final int LOOK_AT = 16_384;

  private Delimiters() {}

  public static char of(Reader in) throws IOException {
    int[] counts = new int[SIGNS.length];
    boolean quoted = false;
    int lines = 0;
    for (int i = 0; i < LOOK_AT && lines < 5; i++) {
      int c = in.read();
      if (c < 0) break;
      if (c == '"') quoted = !quoted;
      if (quoted) continue;
      if (c == '\n') lines++;
      for (int s = 0; s < SIGNS.length; s++) if (c == SIGNS[s]) counts[s]++;
    }
    int best = 0;
    for (int s = 1; s < SIGNS.length; s++) if (counts[s] > counts[best]) best = s;
    return SIGNS[best];
  }
}
