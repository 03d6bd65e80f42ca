package io.fettle.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every write that the simulated machines execute and every fault injected, one JSON line each, on
 * disk (fsync) before it takes effect. 'No action twice' is read from here, never from Fettle's
 * tables.
 */
final class Journal implements AutoCloseable {
  private final FileChannel file;
  private final ObjectMapper json = JsonMapper.shared();
  private long written;
  private long durable;
  private boolean syncing;

  Journal(Path path) {
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
      file =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the journal " + path + ": " + e.getMessage(), e);
    }
  }

  /**
   * Writes a line and returns when it is on disk; lines that come together share one fsync.
   *
   * @param via ssh, bmc or inject
   */
  void write(String machine, String via, String what) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("at", Instant.now().toString());
    line.put("machine", machine);
    line.put("via", via);
    line.put("what", what);
    byte[] bytes = (json.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      long mine;
      synchronized (this) {
        file.write(ByteBuffer.wrap(bytes));
        mine = ++written;
      }
      sync(mine);
    } catch (IOException e) {
      throw new UncheckedIOException("journal: " + e.getMessage(), e);
    }
  }

  private void sync(long mine) throws IOException {
    long upTo;
    synchronized (this) {
      while (durable < mine && syncing) {
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted", e);
        }
      }
      if (durable >= mine) return;
      syncing = true;
      upTo = written;
    }
    try {
      file.force(false);
    } finally {
      synchronized (this) {
        syncing = false;
        durable = Math.max(durable, upTo);
        notifyAll();
      }
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
