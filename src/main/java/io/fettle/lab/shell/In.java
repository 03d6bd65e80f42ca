package io.fettle.lab.shell;

import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a command reads: taken line by line or whole. */
public final class In {
  private final Supplier<byte[]> source;
  private byte @Nullable [] read;
  private int at;

  In(byte[] bytes) {
    this(() -> bytes);
  }

  /** Reads its source only when somebody asks: a command that takes no input never waits for it. */
  public In(Supplier<byte[]> source) {
    this.source = source;
  }

  private byte[] bytes() {
    if (read == null) read = source.get();
    return read;
  }

  static In empty() {
    return new In(new byte[0]);
  }

  /** Everything that is left. */
  byte[] rest() {
    byte[] bytes = bytes();
    byte[] rest = java.util.Arrays.copyOfRange(bytes, at, bytes.length);
    at = bytes.length;
    return rest;
  }

  public String text() {
    return new String(rest(), StandardCharsets.UTF_8);
  }

  /** The next line without its newline; null at the end. */
  public @Nullable String line() {
    byte[] bytes = bytes();
    if (at >= bytes.length) return null;
    int end = at;
    while (end < bytes.length && bytes[end] != '\n') end++;
    String line = new String(bytes, at, end - at, StandardCharsets.UTF_8);
    at = Math.min(bytes.length, end + 1);
    return line;
  }
}
