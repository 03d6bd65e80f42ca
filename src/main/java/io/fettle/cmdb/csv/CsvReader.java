package io.fettle.cmdb.csv;

import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads records one by one (RFC 4180, forgiving); a cell of any size costs bounded memory. */
public final class CsvReader implements Closeable {
  /** Longest cell that is kept, in characters. */
  public static final int LONGEST_CELL = 4096;

  private static final int MOST_CELLS = 500;
  private final Reader in;
  private final char delimiter;
  private int pushed = -2;
  private int line = 1;

  /**
   * @param in buffered
   */
  public CsvReader(Reader in, char delimiter) {
    this.in = in;
    this.delimiter = delimiter;
  }

  /**
   * @param line where the record starts, from 1
   * @param open a quote that the file never closed; everything after it is inside
   */
  public record Row(int line, List<Cell> cells, boolean open) {
    /** True when nothing is written in any cell. */
    public boolean blank() {
      return cells.stream().allMatch(c -> c.text().isBlank() && !c.cut());
    }
  }

  /**
   * @param cut longer than {@link #LONGEST_CELL}; only its beginning is kept
   */
  public record Cell(String text, boolean cut) {}

  /** The next record; empty at the end. */
  public Optional<Row> next() throws IOException {
    int c = read();
    if (c < 0) return Optional.empty();
    int start = line;
    List<Cell> cells = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    boolean[] cut = {false};
    boolean quoted = false;
    boolean fresh = true;
    for (; ; c = read()) {
      if (c < 0) {
        end(cells, text, cut);
        return Optional.of(new Row(start, cells, quoted));
      }
      if (c == '\n') line++;
      if (quoted) {
        if (c != '"') keep(text, cut, c);
        else if (peek() == '"') keep(text, cut, read());
        else quoted = false;
      } else if (c == '"' && fresh) {
        quoted = true;
        fresh = false;
        text.setLength(0);
      } else if (c == delimiter) {
        end(cells, text, cut);
        fresh = true;
      } else if (c == '\n') {
        end(cells, text, cut);
        return Optional.of(new Row(start, cells, false));
      } else {
        fresh &= Character.isWhitespace(c);
        keep(text, cut, c);
      }
    }
  }

  private static void keep(StringBuilder text, boolean[] cut, int c) {
    if (text.length() < LONGEST_CELL) text.append((char) c);
    else cut[0] = true;
  }

  private static void end(List<Cell> cells, StringBuilder text, boolean[] cut) {
    if (cells.size() < MOST_CELLS) cells.add(new Cell(text.toString(), cut[0]));
    text.setLength(0);
    cut[0] = false;
  }

  /** One character; every kind of line end reads as {@code \n}. */
  private int read() throws IOException {
    int c = pushed == -2 ? in.read() : pushed;
    pushed = -2;
    if (c != '\r') return c;
    int after = in.read();
    if (after != '\n') pushed = after;
    return '\n';
  }

  private int peek() throws IOException {
    if (pushed == -2) pushed = in.read();
    return pushed;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
