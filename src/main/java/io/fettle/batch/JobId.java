package io.fettle.batch;

/** Number of a job, shown as {@code J-5}. */
public record JobId(long value) {
  /** Reads {@code J-5} or {@code 5}; throws {@link NumberFormatException}. */
  public static JobId of(String text) {
    boolean named = text.startsWith("J-") || text.startsWith("j-");
    return new JobId(Long.parseLong(named ? text.substring(2) : text));
  }

  @Override
  public String toString() {
    return "J-" + value;
  }
}
