package io.fettle.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * The server's write-ahead log from one position to another as it is streamed, cut into its
 * segments: what comes after the end is read as zeros, which is how an unfinished one looks.
 */
final class LogTail extends InputStream {
  private final PGReplicationStream stream;
  private final long end;
  private final long segment;
  private ByteBuffer piece = ByteBuffer.allocate(0);
  private long position;
  private long left;

  /**
   * @param from where the stream begins, at the start of a segment
   * @param end the first position that is not needed
   * @param segment bytes of one
   */
  LogTail(PGReplicationStream stream, LogSequenceNumber from, LogSequenceNumber end, long segment) {
    this.stream = stream;
    this.position = from.asLong();
    this.end = end.asLong();
    this.segment = segment;
  }

  /** Turns to the next segment; empty text when all was read. */
  String next(int timeline) {
    if (Long.compareUnsigned(position, end) >= 0) return "";
    left = segment;
    long number = Long.divideUnsigned(position, segment);
    long each = 0x1_0000_0000L / segment;
    return "%08X%08X%08X".formatted(timeline, number / each, number % each);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (left == 0) return -1;
    int count = (int) Math.min(left, length);
    if (!piece.hasRemaining() && Long.compareUnsigned(position, end) < 0) piece = received();
    if (piece.hasRemaining()) {
      count = Math.min(count, piece.remaining());
      piece.get(into, offset, count);
    } else java.util.Arrays.fill(into, offset, offset + count, (byte) 0);
    position += count;
    left -= count;
    return count;
  }

  private ByteBuffer received() throws IOException {
    try {
      ByteBuffer more = stream.read();
      if (more == null) throw new IOException("the database's log stopped coming");
      return more;
    } catch (SQLException e) {
      throw new IOException("the database's log stopped coming: " + e.getMessage(), e);
    }
  }
}
