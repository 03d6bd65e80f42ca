package io.fettle.backup;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads the entries of a tar archive as pg_basebackup writes it, one after the other. */
final class TarFiles {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final int MODE = 100;
  private static final int SIZE = 124;
  private static final int CHANGED = 136;
  private static final int SUM = 148;
  private static final int TYPE = 156;

  private final InputStream in;
  private long left;
  private long padding;

  TarFiles(InputStream in) {
    this.in = in;
  }

  /**
   * One entry.
   *
   * @param type {@code 0} a file, {@code 5} a folder, {@code 2} a link
   * @param mode the lowest nine bits of its permissions
   * @param changed seconds since 1970
   */
  record Entry(String name, char type, int mode, long size, long changed) {}

  /** The next one; empty at the archive's proper end. */
  Optional<Entry> next() throws IOException {
    in.skipNBytes(left + padding);
    byte[] block = in.readNBytes(BLOCK);
    if (block.length < BLOCK) throw new EOFException("the archive ends too soon");
    if (isEmpty(block)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
      return Optional.empty();
    }
    check(block);
    long size = number(block, SIZE, 12);
    left = size;
    padding = (BLOCK - size % BLOCK) % BLOCK;
    return Optional.of(
        new Entry(
            text(block, 0, NAME),
            block[TYPE] == 0 ? '0' : (char) block[TYPE],
            (int) number(block, MODE, 8) & 0777,
            size,
            number(block, CHANGED, 12)));
  }

  /** The content of the entry, to be read before the next one. */
  InputStream content() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        if (left == 0) return -1;
        int got = in.read(into, offset, (int) Math.min(left, length));
        if (got < 0) throw new EOFException("the archive ends too soon");
        left -= got;
        return got;
      }
    };
  }

  private static boolean isEmpty(byte[] block) {
    for (byte b : block) if (b != 0) return false;
    return true;
  }

  private static void check(byte[] block) throws IOException {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) sum += i >= SUM && i < SUM + 8 ? ' ' : block[i] & 0xff;
    if (sum != number(block, SUM, 8)) throw new IOException("the archive is damaged");
  }

  private static long number(byte[] block, int from, int length) throws IOException {
    if ((block[from] & 0x80) != 0) {
      long value = 0;
      for (int i = from + length - 8; i < from + length; i++) value = value << 8 | block[i] & 0xff;
      return value;
    }
    String digits = text(block, from, length).strip();
    try {
      return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw new IOException("the archive is damaged", e);
    }
  }

  private static String text(byte[] block, int from, int length) {
    int end = from;
    while (end < from + length && block[end] != 0) end++;
    return new String(block, from, end - from, StandardCharsets.ISO_8859_1);
  }
}
