package io.fettle.library;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A program whose other end is a host that may say anything, for ever: what it gives is bounded,
 * and of its complaints the last are kept.
 */
final class BoundedProcess extends Process {
  private static final int MOST_WORDS = 4_096;

  private final Process process;
  private final InputStream gives;
  private final StringBuilder words = new StringBuilder();
  private final Thread listener;

  /**
   * @param most bytes that it may give
   */
  BoundedProcess(Process process, long most, Bounded.Deadline deadline) {
    this.process = process;
    gives = Bounded.in(process.getInputStream(), most, deadline);
    listener = Thread.ofVirtual().name("library-ssh-words").start(this::listen);
  }

  private void listen() {
    byte[] some = new byte[1_024];
    try (InputStream complaints = process.getErrorStream()) {
      for (int n = complaints.read(some); n >= 0; n = complaints.read(some))
        synchronized (words) {
          words.append(new String(some, 0, n, StandardCharsets.ISO_8859_1));
          if (words.length() > MOST_WORDS) words.delete(0, words.length() - MOST_WORDS);
        }
    } catch (IOException e) {
      // It was ended; what it said is there.
    }
  }

  /** What it complained of last. */
  String words() {
    try {
      listener.join(java.time.Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (words) {
      return words.toString().strip();
    }
  }

  @Override
  public OutputStream getOutputStream() {
    return process.getOutputStream();
  }

  @Override
  public InputStream getInputStream() {
    return gives;
  }

  @Override
  public InputStream getErrorStream() {
    return InputStream.nullInputStream();
  }

  @Override
  public int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public boolean waitFor(long time, TimeUnit unit) throws InterruptedException {
    return process.waitFor(time, unit);
  }

  @Override
  public int exitValue() {
    return process.exitValue();
  }

  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void destroy() {
    process.destroy();
  }

  @Override
  public Process destroyForcibly() {
    process.destroyForcibly();
    return this;
  }
}
