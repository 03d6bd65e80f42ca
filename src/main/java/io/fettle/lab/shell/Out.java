package io.fettle.lab.shell;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a command writes; keeps at most 4 MiB so that no script can fill the simulator's memory.
 */
public final class Out {
  private static final int LIMIT = 4 << 20;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  public void print(String text) {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  public void line(String text) {
    print(text + "\n");
  }

  void write(byte[] more) {
    int room = Math.min(more.length, LIMIT - bytes.size());
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
