package io.fettle.backup;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Threads that press and seal the pieces of what one thread reads. They stand back for everything
 * else on the machine: a backup takes what nobody else wants.
 */
final class Sealers implements AutoCloseable {
  private static final int MOST = 4;
  private static final int END_SECONDS = 10;

  private final Chunks chunks;
  private final ExecutorService workers;
  private final BlockingQueue<byte[]> buffers;

  /** What a stream was cut into. */
  record Cut(List<String> pieces, long size) {}

  Sealers(Chunks chunks) {
    this.chunks = chunks;
    int count = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST);
    ThreadFactory threads = Thread.ofPlatform().daemon().name("backup-", 1).factory();
    workers =
        Executors.newFixedThreadPool(
            count,
            work ->
                threads.newThread(() -> {
                  Nice.standBack();
                  work.run();
                }));
    buffers = new ArrayBlockingQueue<>(2 * count);
    for (int i = 0; i < 2 * count; i++) buffers.add(new byte[Chunks.SIZE]);
  }

  /** Cuts all of a stream; its pieces are stored when this returns. */
  Cut cut(InputStream in) throws IOException {
    List<Future<String>> pieces = new ArrayList<>();
    long size = 0;
    try {
      for (int n = next(in, pieces); n > 0; n = next(in, pieces)) size += n;
      List<String> names = new ArrayList<>();
      for (Future<String> piece : pieces) names.add(piece.get());
      return new Cut(List.copyOf(names), size);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BackupRefused refused) throw refused;
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    }
  }

  /** Hands on the next piece; 0 at the end. */
  private int next(InputStream in, List<Future<String>> pieces)
      throws IOException, InterruptedException {
    byte[] buffer = buffers.take();
    int length = 0;
    try {
      length = in.readNBytes(buffer, 0, buffer.length);
    } finally {
      if (length == 0) buffers.add(buffer);
    }
    if (length > 0) pieces.add(handOn(buffer, length));
    return length;
  }

  private Future<String> handOn(byte[] buffer, int length) {
    return workers.submit(() -> {
      try {
        return chunks.put(buffer, length);
      } finally {
        buffers.add(buffer);
      }
    });
  }

  /** When this returns nobody writes any more. */
  @Override
  public void close() throws IOException {
    workers.shutdownNow();
    try {
      if (!workers.awaitTermination(END_SECONDS, TimeUnit.SECONDS))
        throw new IOException("pieces are still being written");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
