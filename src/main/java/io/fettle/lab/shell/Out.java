package io.fettle.lab.shell;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a command writes; keeps at most 4 MiB, on its way into a file as much as one may hold, so
 * that no script can fill the simulator's memory.
 */
public final class Out {
  private static final int LIMIT = 4 << 20;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final int limit;

  Out() {
    this(LIMIT);
  }

  private Out(int limit) {
    this.limit = limit;
  }

  static Out file() {
    return new Out(UserFiles.LARGEST);
  }

  public void print(String text) {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  public void line(String text) {
    print(text + "\n");
  }

  void write(byte[] more) {
    int room = Math.min(more.length, limit - bytes.size());
    if (room > 0) bytes.write(more, 0, room);
  }

  public byte[] bytes() {
    return bytes.toByteArray();
  }

  @Override
  public String toString() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
