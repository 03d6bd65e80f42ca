package io.fettle.cmdb;

import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
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

  /** Most rejections and rows that one answer carries; the rest is read by page. */
  int SHOWN = 1000;

  /**
   * What an import of this file would do, by the same code; nothing is written.
   *
   * @throws io.fettle.kernel.Problem 422 when the file as a whole cannot be read as a register
   */
  Preview preview(Path file, String name);

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
   * @param rows the first {@link #SHOWN}
   * @param rejections the first {@link #SHOWN}
   */
  record Preview(
      String name,
      Mapping mapping,
      long created,
      long updated,
      long unchanged,
      long rejected,
      List<PreviewRow> rows,
      List<Rejection> rejections) {
    public Preview {
      rows = List.copyOf(rows);
      rejections = List.copyOf(rejections);
    }
  }
}
