package io.fettle.library;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/** Streams of a conversation that ends in time, and whose request has an end. */
final class Bounded {
  private Bounded() {}

  /** The moment at which a conversation is over. */
  record Deadline(long nanos) {
    static Deadline in(Duration limit) {
      return new Deadline(System.nanoTime() + limit.toNanos());
    }

    void check() throws IOException {
      if (System.nanoTime() - nanos > 0) throw new IOException("it took longer than it may");
    }
  }

  static InputStream in(InputStream in, long most, Deadline deadline) {
    return new FilterInputStream(in) {
      private long left = most;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        deadline.check();
        int count = super.read(into, offset, length);
        left -= Math.max(0, count);
        if (left < 0) throw new IOException("it is larger than " + most + " bytes");
        return count;
      }
    };
  }

  static OutputStream out(OutputStream out, Deadline deadline) {
    return new FilterOutputStream(out) {
      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        deadline.check();
        out.write(from, offset, length);
      }
    };
  }
}
