package io.fettle.cmdb;

import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Front door of the purchase import: the only way a machine enters the register. */
public interface Imports {
  /** Largest file, in bytes. */
  long LARGEST = 100L << 20;

  /** Rows and rejections of a preview's first page; the rest is read by page. */
  int SHOWN = 1000;

  /**
   * What an import of this file would do, by the same code; nothing is written. The whole file is
   * judged and counted, and a stretch of its rows and rejections is shown.
   *
   * @param look which stretch
   * @throws io.fettle.kernel.Problem 422 when the file as a whole cannot be read as a register
   */
  Preview preview(Path file, String name, Look look);

  /**
   * Imports: the good rows go in, the bad ones are reported; the same file again changes nothing.
   * Blocks. Interrupted at any moment, what was counted is in, and the same file once more brings
   * the rest.
   *
   * @throws io.fettle.kernel.Problem 422 when the file as a whole cannot be read as a register
   */
  Run apply(Path file, String name, Actor actor);

  /**
   * As {@link #apply}, in the background; follow it by {@link #find} or the live hint {@code
   * Changed("import", id)}. The file is deleted when the import has ended.
   */
  Run begin(Path file, String name, Actor actor);

  Optional<Run> find(UUID id);

  /** Newest first. */
  List<Run> recent(int limit);

  /** Rejections of a run in file order, after this line and number within it. */
  List<Rejection> rejections(UUID id, int afterLine, int afterNo, int limit);

  /** How an import stands. */
  enum State {
    RUNNING,
    DONE,
    FAILED,
    INTERRUPTED
  }

  /**
   * Which part of a preview is shown.
   *
   * @param outcome only rows that come to this; null for all
   * @param afterLine rows after this line
   * @param rows at most so many rows; none is remembered for 0
   * @param afterRejection rejections after this one, as {@link Preview#nextRejection} gave it
   * @param rejections at most so many rejections
   */
  record Look(
      @Nullable Outcome outcome, int afterLine, int rows, After afterRejection, int rejections) {
    /** The first {@link Imports#SHOWN} of both. */
    public static final Look FIRST = new Look(null, 0, SHOWN, After.START, SHOWN);
  }

  /** A place in the rejections of a file: after this line, and number within it. */
  record After(int line, int no) {
    /** Before the first. */
    public static final After START = new After(0, 0);

    /**
     * Reads {@link #text}; null or empty is the start.
     *
     * @throws io.fettle.kernel.Problem 422 for another text
     */
    public static After read(@Nullable String text) {
      if (text == null || text.isEmpty()) return START;
      try {
        String[] parts = text.split("-", 2);
        return new After(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw Problem.badInput(
            "cursor",
            text,
            "游标无效，请从第一页重新开始",
            "not a cursor of this list: start from the first page");
      }
    }

    /** Where the list goes on behind this one. */
    public static After of(Rejection last) {
      return new After(last.line(), last.no());
    }

    public String text() {
      return line + "-" + no;
    }

    boolean before(Rejection one) {
      return one.line() > line || (one.line() == line && one.no() > no);
    }
  }

  /** What becomes of a row. */
  enum Outcome {
    CREATED,
    UPDATED,
    UNCHANGED,
    REJECTED
  }

  /**
   * One import.
   *
   * @param rowsRead rows behind us; counts are of rows
   * @param why what stopped it; null unless failed or interrupted
   */
  record Run(
      UUID id,
      String name,
      String actor,
      State state,
      long bytes,
      Mapping mapping,
      long rowsRead,
      long created,
      long updated,
      long unchanged,
      long rejected,
      Instant startedAt,
      @Nullable Instant finishedAt,
      @Nullable String why) {}

  /**
   * How the file was understood.
   *
   * @param headerLine line of the header, from 1
   * @param delimiter what separates the cells
   */
  record Mapping(String encoding, String delimiter, int headerLine, List<Header> headers) {
    public Mapping {
      headers = List.copyOf(headers);
    }
  }

  /**
   * @param column id of the column it means, e.g. {@code asset_no}; null when it is left out
   * @param label the column's name; null when it is left out
   */
  record Header(String header, @Nullable String column, @Nullable Label label) {}

  /**
   * One thing wrong with one cell.
   *
   * @param no counts the rejections of one line, from 1
   * @param column the header as the file writes it; empty when the row as a whole is refused
   * @param value what stood there, cut to 200 characters
   */
  record Rejection(int line, int no, String column, String value, Label reason) {}

  /**
   * A row of a preview.
   *
   * @param asset the machine it would change; null for a new or rejected one
   * @param name asset number or serial as the row gives it
   * @param notes what was left out and why, or what would change
   */
  record PreviewRow(
      int line, Outcome outcome, String name, @Nullable AssetId asset, List<Label> notes) {
    public PreviewRow {
      notes = List.copyOf(notes);
    }
  }

  /**
   * What an import would do.
   *
   * @param rows of the stretch that was asked for
   * @param nextRow the last line shown, where more rows follow; else null
   * @param rejections of the stretch that was asked for
   * @param nextRejection the last one shown, where more follow; else null
   */
  record Preview(
      String name,
      Mapping mapping,
      long created,
      long updated,
      long unchanged,
      long rejected,
      List<PreviewRow> rows,
      @Nullable Integer nextRow,
      List<Rejection> rejections,
      @Nullable After nextRejection) {
    public Preview {
      rows = List.copyOf(rows);
      rejections = List.copyOf(rejections);
    }
  }
}
