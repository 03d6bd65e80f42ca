package io.fettle.library;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The request of a push, refused where its pack says that it holds more objects than are taken:
 * JGit makes room for as many as the pack's header says before it has read the first.
 *
 * @see <a href="https://git-scm.com/docs/gitprotocol-pack">gitprotocol-pack</a>, "Pushing Data To a
 *     Server": commands and push options in pkt-lines, then the pack
 */
final class PackBound extends FilterInputStream {
  private static final int LENGTH = 4;
  private static final int HEADER = 12;
  private static final String PACK = "PACK";

  private final int most;
  private final byte[] head = new byte[HEADER];
  private int known;
  private int skip;
  private boolean past;

  /**
   * @param most objects of one push
   */
  PackBound(InputStream in, int most) {
    super(in);
    this.most = most;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int count = super.read(into, offset, length);
    for (int i = offset; !past && i < offset + count; i++) look(into[i]);
    return count;
  }

  private void look(byte next) throws IOException {
    if (skip > 0) {
      skip--;
      return;
    }
    head[known++] = next;
    if (known < LENGTH) return;
    String length = new String(head, 0, LENGTH, StandardCharsets.US_ASCII);
    if (length.equals(PACK)) {
      if (known == HEADER) judge();
    } else if (length.matches("[0-9a-fA-F]{4}")) {
      skip = Math.max(0, Integer.parseInt(length, 16) - LENGTH);
      known = 0;
    } else past = true;
  }

  private void judge() throws IOException {
    past = true;
    long objects = 0;
    for (int i = HEADER - 4; i < HEADER; i++) objects = objects << 8 | head[i] & 0xff;
    if (objects > most)
      throw new IOException(
          "the pack says " + objects + " objects, and one push has at most " + most);
  }
}
