package io.fettle.batch;

import io.fettle.transport.ssh.SshCommand;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What one machine says, as it comes: text in the order in which it came, each stream kept up to
 * its limit, taken away piece by piece by whoever stores it.
 */
final class Transcript implements SshCommand.Heard {
  private static final int PIECE = 32_768;

  /** A stretch of one stream. */
  record Part(boolean error, String text) {}

  /** What all of it came to. */
  record Sum(String digest, int lines, long bytes, boolean cut) {
    static final Sum NOTHING = new Transcript(0).sum();
  }

  private static final class Waiting {
    private final boolean error;
    private final StringBuilder text = new StringBuilder();

    private Waiting(boolean error) {
      this.error = error;
    }
  }

  private static final class Side {
    private final CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final MessageDigest digest = sha256();
    private byte[] half = {};
    private long seen;
    private int kept;
    private int lines;
    private boolean open;
  }

  private final int limit;
  private final Side out = new Side();
  private final Side err = new Side();
  private final List<Waiting> waiting = new ArrayList<>();

  Transcript(int limit) {
    this.limit = limit;
  }

  @Override
  public synchronized void heard(boolean error, byte[] bytes, int from, int length) {
    Side side = error ? err : out;
    side.seen += length;
    int take = Math.min(length, limit - side.kept);
    if (take <= 0) return;
    side.kept += take;
    String text = decoded(side, bytes, from, take).replace("\0", "");
    if (!text.isEmpty()) add(side, error, text);
  }

  /** A line of Fettle's own, on standard output. */
  void say(String line) {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    heard(false, bytes, 0, bytes.length);
  }

  /** A character may arrive in two pieces: what is left of one waits for the rest. */
  private static String decoded(Side side, byte[] bytes, int from, int length) {
    ByteBuffer in = ByteBuffer.allocate(side.half.length + length);
    in.put(side.half).put(bytes, from, length).flip();
    CharBuffer chars = CharBuffer.allocate(in.remaining() + 1);
    side.decoder.decode(in, chars, false);
    side.half = new byte[in.remaining()];
    in.get(side.half);
    return chars.flip().toString();
  }

  private void add(Side side, boolean error, String text) {
    side.digest.update(text.getBytes(StandardCharsets.UTF_8));
    side.lines += (int) text.chars().filter(c -> c == '\n').count();
    side.open = !text.endsWith("\n");
    Waiting last = waiting.isEmpty() ? null : waiting.getLast();
    if (last == null || last.error != error || last.text.length() > PIECE) {
      last = new Waiting(error);
      waiting.add(last);
    }
    last.text.append(text);
  }

  /** Takes the whole lines that have come since; what is longer than a piece goes as it is. */
  synchronized List<Part> lines() {
    List<Part> parts = new ArrayList<>();
    while (!waiting.isEmpty()) {
      Waiting first = waiting.getFirst();
      boolean whole = waiting.size() > 1 || first.text.length() > PIECE;
      int end = whole ? first.text.length() : first.text.lastIndexOf("\n") + 1;
      if (end > 0) parts.add(new Part(first.error, first.text.substring(0, end)));
      if (end < first.text.length()) {
        first.text.delete(0, end);
        break;
      }
      waiting.removeFirst();
    }
    return parts;
  }

  /** Takes all that is left; nothing comes after it. */
  synchronized List<Part> rest() {
    List<Part> parts =
        waiting.stream()
            .filter(w -> !w.text.isEmpty())
            .map(w -> new Part(w.error, w.text.toString()))
            .toList();
    waiting.clear();
    return parts;
  }

  synchronized Sum sum() {
    MessageDigest both = sha256();
    both.update(copy(out.digest).digest());
    both.update(copy(err.digest).digest());
    return new Sum(
        HexFormat.of().formatHex(both.digest(), 0, 16),
        out.lines + err.lines + (out.open ? 1 : 0) + (err.open ? 1 : 0),
        out.seen + err.seen,
        out.seen > out.kept || err.seen > err.kept);
  }

  private static MessageDigest copy(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
