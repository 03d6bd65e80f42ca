package io.fettle.transport.ipmi.wire;

/**
 * Which sequence numbers of a session have been seen: each is taken once, and none older than 32
 * before the newest (the specification asks for at least 16 behind and ahead).
 */
public final class Replay {
  private static final int WINDOW = 32;
  private int newest;
  private int seen;

  /** Takes a sequence number; false when it was taken before or is too old. 0 is never valid. */
  public boolean take(int sequence) {
    if (sequence == 0) return false;
    int ahead = sequence - newest;
    if (ahead > 0) {
      seen = ahead >= WINDOW ? 1 : (seen << ahead) | 1;
      newest = sequence;
      return true;
    }
    int behind = -ahead;
    if (behind >= WINDOW || (seen & (1 << behind)) != 0) return false;
    seen |= 1 << behind;
    return true;
  }
}
