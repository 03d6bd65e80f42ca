package io.fettle.fault;

import io.fettle.kernel.Problem;
import java.time.Instant;
import java.util.Locale;

/** In which order a list of faults comes; a machine without an asset number sorts as empty text. */
public record FaultSorting(By by, boolean descending) {
  /** Newest change first. */
  public static final FaultSorting NEWEST = new FaultSorting(By.CHANGED, true);

  /** What can be sorted by; each has an index of the open and one of the closed. */
  public enum By {
    CHANGED,
    OPENED,
    MACHINE,
    CLASS
  }

  /**
   * Reads {@code changed}, {@code opened}, {@code machine}, {@code class}, each with {@code -}
   * before it for descending.
   *
   * @throws Problem 422 for another word
   */
  public static FaultSorting parse(String text) {
    boolean descending = text.startsWith("-");
    String word = descending ? text.substring(1) : text;
    for (By by : By.values())
      if (by.name().toLowerCase(Locale.ROOT).equals(word)) return new FaultSorting(by, descending);
    throw Problem.badInput(
        "sort",
        text.length() > 40 ? text.substring(0, 40) : text,
        "排序可以是 changed、opened、machine、class，前加 - 为倒序",
        "sort is changed, opened, machine or class, with - before it for descending");
  }

  /** As {@link #parse} reads it. */
  public String text() {
    return (descending ? "-" : "") + by.name().toLowerCase(Locale.ROOT);
  }

  /** The column of {@code fault.fault}, as its indexes have it; the id comes second. */
  String column() {
    return switch (by) {
      case CHANGED -> "changed_at";
      case OPENED -> "opened_at";
      case MACHINE -> "coalesce(asset_no, '')";
      case CLASS -> "fault_class";
    };
  }

  boolean byTime() {
    return switch (by) {
      case CHANGED, OPENED -> true;
      case MACHINE, CLASS -> false;
    };
  }

  /** A fault's value of {@link #column}, as a cursor carries it. */
  String key(FaultListTable.Row row) {
    Fault fault = row.fault();
    return switch (by) {
      case CHANGED -> micros(fault.changedAt());
      case OPENED -> micros(fault.openedAt());
      case MACHINE -> row.assetNo();
      case CLASS -> fault.faultClass();
    };
  }

  private static String micros(Instant at) {
    return Long.toString(at.getEpochSecond() * 1_000_000L + at.getNano() / 1_000L, 36);
  }
}
