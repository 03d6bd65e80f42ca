package io.fettle.fault;

import io.fettle.kernel.Verdict;
import java.util.Arrays;

/**
 * The last slots of one binding as a set: sorted by {@link Slot}, without duplicates, bounded. What
 * it holds does not depend on the order in which observations arrived, as long as none is later
 * than the lateness bound.
 *
 * <p>Slots that fell out of the window live on as one fact: since when OK had lasted without a gap
 * ({@code chainFrom}, 0 for 'it had not') up to the last one that fell out ({@code chainTo}).
 */
record Window(long[] slots, byte[] verdicts, long chainFrom, long chainTo) {
  static final int LATENESS = 2;
  private static final byte OK = 0;
  private static final byte UNKNOWN = 1;
  private static final byte BAD = 2;

  static final Window EMPTY = new Window(new long[0], new byte[0], 0, 0);

  int size() {
    return slots.length;
  }

  boolean isEmpty() {
    return slots.length == 0;
  }

  /** The newest slot; 0 when empty. */
  long newest() {
    return isEmpty() ? 0 : slots[slots.length - 1];
  }

  /** 0 is the newest. */
  Verdict verdict(int back) {
    return verdict(verdicts[slots.length - 1 - back]);
  }

  /** 0 is the newest. */
  long slot(int back) {
    return slots[slots.length - 1 - back];
  }

  /** True when a slot as old as this has fallen out of the window: it is history only. */
  boolean tooLate(long slot, int keep) {
    return slots.length >= keep && slot < slots[0] || slot <= chainTo;
  }

  /** True when this slot is known with another verdict. */
  boolean conflicts(long slot, Verdict verdict) {
    int at = Arrays.binarySearch(slots, slot);
    return at >= 0 && verdicts[at] != code(verdict);
  }

  /**
   * The window with this slot in it; the same slot twice keeps BAD over UNKNOWN over OK.
   *
   * @param keep how many slots to hold
   * @param maxGap milliseconds between two slots beyond which OK has a gap
   */
  Window with(long slot, Verdict verdict, int keep, long maxGap) {
    if (tooLate(slot, keep)) return this;
    int at = Arrays.binarySearch(slots, slot);
    if (at >= 0) return resolved(at, code(verdict));
    Window grown = inserted(-at - 1, slot, code(verdict));
    while (grown.slots.length > keep) grown = grown.withoutOldest(maxGap);
    return grown;
  }

  /** Since which slot OK lasts up to the newest without a gap; 0 when the newest is not OK. */
  long okSince(long maxGap) {
    long from = chainFrom;
    long to = chainTo;
    for (int i = 0; i < slots.length; i++) {
      from = chain(from, to, slots[i], verdicts[i], maxGap);
      to = slots[i];
    }
    return from;
  }

  /** One letter per slot, oldest first: O, U or B. */
  String letters() {
    StringBuilder text = new StringBuilder();
    for (byte verdict : verdicts) text.append("OUB".charAt(verdict));
    return text.toString();
  }

  static Window of(long[] slots, String letters, long chainFrom, long chainTo) {
    byte[] verdicts = new byte[letters.length()];
    for (int i = 0; i < verdicts.length; i++) verdicts[i] = (byte) "OUB".indexOf(letters.charAt(i));
    return new Window(slots, verdicts, chainFrom, chainTo);
  }

  private Window resolved(int at, byte verdict) {
    if (verdicts[at] >= verdict) return this;
    byte[] changed = verdicts.clone();
    changed[at] = verdict;
    return new Window(slots, changed, chainFrom, chainTo);
  }

  private Window inserted(int at, long slot, byte verdict) {
    long[] longer = new long[slots.length + 1];
    byte[] judged = new byte[slots.length + 1];
    System.arraycopy(slots, 0, longer, 0, at);
    System.arraycopy(verdicts, 0, judged, 0, at);
    longer[at] = slot;
    judged[at] = verdict;
    System.arraycopy(slots, at, longer, at + 1, slots.length - at);
    System.arraycopy(verdicts, at, judged, at + 1, slots.length - at);
    return new Window(longer, judged, chainFrom, chainTo);
  }

  private Window withoutOldest(long maxGap) {
    return new Window(
        Arrays.copyOfRange(slots, 1, slots.length),
        Arrays.copyOfRange(verdicts, 1, verdicts.length),
        chain(chainFrom, chainTo, slots[0], verdicts[0], maxGap),
        slots[0]);
  }

  private static long chain(long from, long to, long slot, byte verdict, long maxGap) {
    if (verdict != OK) return 0;
    return from != 0 && Slot.millis(slot) - Slot.millis(to) <= maxGap ? from : slot;
  }

  private static byte code(Verdict verdict) {
    return switch (verdict) {
      case OK -> OK;
      case UNKNOWN -> UNKNOWN;
      case BAD -> BAD;
    };
  }

  private static Verdict verdict(byte code) {
    return switch (code) {
      case OK -> Verdict.OK;
      case UNKNOWN -> Verdict.UNKNOWN;
      default -> Verdict.BAD;
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Window w
        && Arrays.equals(slots, w.slots)
        && Arrays.equals(verdicts, w.verdicts)
        && chainFrom == w.chainFrom
        && chainTo == w.chainTo;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(slots) * 31 + Arrays.hashCode(verdicts);
  }

  @Override
  public String toString() {
    return letters() + "@" + newest();
  }
}
