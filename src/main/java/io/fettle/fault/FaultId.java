package io.fettle.fault;

/** Number of a fault, shown as {@code F-88213}. */
public record FaultId(long value) {
  /** Reads {@code F-12} or {@code 12}; throws {@link NumberFormatException}. */
  public static FaultId of(String text) {
    return new FaultId(
        Long.parseLong(text.startsWith("F-") || text.startsWith("f-") ? text.substring(2) : text));
  }

  @Override
  public String toString() {
    return "F-" + value;
  }
}
