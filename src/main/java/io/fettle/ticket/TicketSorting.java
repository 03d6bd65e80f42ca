package io.fettle.ticket;

import io.fettle.kernel.Problem;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Objects;

/** In which order a list of tickets comes; a parent, which has no machine, sorts as empty text. */
public record TicketSorting(By by, boolean descending) {
  /** Newest first. */
  public static final TicketSorting NEWEST = new TicketSorting(By.OPENED, true);

  /** What can be sorted by; each has an index of all and one of the open. */
  public enum By {
    OPENED,
    CHANGED,
    MACHINE,
    CLASS
  }

  /**
   * Reads {@code opened}, {@code changed}, {@code machine}, {@code class}, each with {@code -}
   * before it for descending.
   *
   * @throws Problem 422 for another word
   */
  public static TicketSorting parse(String text) {
    boolean descending = text.startsWith("-");
    String word = descending ? text.substring(1) : text;
    for (By by : By.values())
      if (by.name().toLowerCase(Locale.ROOT).equals(word)) return new TicketSorting(by, descending);
    throw Problem.badInput(
        "sort",
        text.length() > 40 ? text.substring(0, 40) : text,
        "排序可以是 opened、changed、machine、class，前加 - 为倒序",
        "sort is opened, changed, machine or class, with - before it for descending");
  }

  /** As {@link #parse} reads it. */
  public String text() {
    return (descending ? "-" : "") + by.name().toLowerCase(Locale.ROOT);
  }

  /** The column of {@code ticket t}, as its indexes have it; the id comes second. */
  String column() {
    return switch (by) {
      case OPENED -> "t.id";
      case CHANGED -> "t.changed_at";
      case MACHINE -> "coalesce(t.asset_no, '')";
      case CLASS -> "t.fault_class";
    };
  }

  /** A ticket's value of {@link #column}, as a cursor carries it. */
  String key(TicketTable.Row row) {
    return switch (by) {
      case OPENED -> "";
      case CHANGED -> row.view().changedAt().toString();
      case MACHINE -> Objects.requireNonNullElse(row.view().assetNo(), "");
      case CLASS -> row.faultClass();
    };
  }

  /** What SQL compares {@link #column} with. */
  Object value(TicketCursor cursor) {
    return switch (by) {
      case OPENED -> cursor.id();
      case CHANGED -> Instant.parse(cursor.key()).atOffset(ZoneOffset.UTC);
      case MACHINE, CLASS -> cursor.key();
    };
  }
}
