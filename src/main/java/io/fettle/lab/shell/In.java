package io.fettle.lab.shell;

import java.nio.charset.StandardCharsets;

/** What a command reads: bytes that are all there already, taken line by line or whole. */
public final class In {
  private final byte[] bytes;
  private int at;

  In(byte[] bytes) {
    this.bytes = bytes;
  }

  static In empty() {
    return new In(new byte[0]);
  }

  /** Everything that is left. */
  byte[] rest() {
    byte[] rest = java.util.Arrays.copyOfRange(bytes, at, bytes.length);
    at = bytes.length;
    return rest;
  }

  public String text() {
    return new String(rest(), StandardCharsets.UTF_8);
  }

  /** The next line without its newline; null at the end. */
  public @org.jspecify.annotations.Nullable String line() {
    if (at >= bytes.length) return null;
    int end = at;
    while (end < bytes.length && bytes[end] != '\n') end++;
    String line = new String(bytes, at, end - at, StandardCharsets.UTF_8);
    at = Math.min(bytes.length, end + 1);
    return line;
  }
}
