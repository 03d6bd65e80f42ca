package io.fettle.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What a machine that is broken or in bad hands answers to any command. */
final class IllManners {
  private static final String MARKUP =
      "<script>document.title='owned'</script>\033[2J\033]0;owned\007\r\n\0' OR 1=1 --\n${jndi:ldap://x}\n";
  private static final int LONG_LINE = 10_000_000;

  private IllManners() {}

  static void answer(SimMachine.Manner manner, OutputStream out, BooleanSupplier gone)
      throws IOException {
    switch (manner) {
      case HONEST -> {}
      case HANGS -> hang(gone);
      case ENDLESS -> {
        byte[] page =
            "there is more where this came from\n".repeat(200).getBytes(StandardCharsets.UTF_8);
        while (!gone.getAsBoolean()) out.write(page);
      }
      case HOSTILE -> {
        out.write(MARKUP.getBytes(StandardCharsets.UTF_8));
        out.write(new byte[] {(byte) 0xff, (byte) 0xfe, (byte) 0xc3, 0x28, '\n'});
        byte[] line = new byte[65_536];
        Arrays.fill(line, (byte) 'A');
        for (int sent = 0; sent < LONG_LINE && !gone.getAsBoolean(); sent += line.length)
          out.write(line);
        out.flush();
      }
    }
  }

  private static void hang(BooleanSupplier gone) {
    try {
      while (!gone.getAsBoolean()) TimeUnit.MILLISECONDS.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
