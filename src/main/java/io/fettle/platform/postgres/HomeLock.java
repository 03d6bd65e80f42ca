package io.fettle.platform.postgres;

import io.fettle.platform.StartRefused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * One live Fettle per folder. The kernel holds the lock for the life of the process, so a killed
 * process leaves nothing behind to clean up.
 */
public final class HomeLock implements AutoCloseable {
  private static final String NAME = "lock";
  private final FileChannel channel;

  private HomeLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Takes the folder, or refuses and names the process that has it. */
  public static HomeLock take(Path home) {
    try {
      Files.createDirectories(home);
      FileChannel channel =
          FileChannel.open(
              home.resolve(NAME),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      if (tryLock(channel) == null) throw inUse(home, channel);
      channel.truncate(0);
      channel.write(text(ProcessHandle.current().pid() + "\n"), 0);
      return new HomeLock(channel);
    } catch (IOException e) {
      throw new StartRefused(
          "Fettle cannot write its folder "
              + home
              + " ("
              + e
              + "); make it writable or name another one with FETTLE_HOME.",
          e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static StartRefused inUse(Path home, FileChannel channel) throws IOException {
    ByteBuffer pid = ByteBuffer.allocate(32);
    channel.read(pid, 0);
    String holder = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII).strip();
    // The channel stays open on purpose: closing any descriptor of this file would drop a lock that
    // this same process may hold through another one.
    return new StartRefused(
        "The folder "
            + home
            + " is in use by a running Fettle (process "
            + (holder.isEmpty() ? "unknown" : holder)
            + "); stop it with './fettle down' or name another folder with FETTLE_HOME.");
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new IllegalStateException("cannot release " + NAME, e);
    }
  }
}
