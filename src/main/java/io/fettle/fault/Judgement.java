package io.fettle.fault;

import io.fettle.kernel.Verdict;
import java.time.Instant;

/**
 * What a window says now; a pure function of the set of slots in it.
 *
 * @param newest verdict of the newest slot
 * @param fresh the newest slot is young enough to start something
 * @param bad how many BAD count
 * @param confirmed k of n are BAD and the newest is not OK
 * @param recovered the newest OK slots are enough and without a gap
 * @param okSince since which slot OK lasts without a gap; 0 when the newest is not OK
 */
record Judgement(
    Verdict newest, boolean fresh, int bad, boolean confirmed, boolean recovered, long okSince) {

  /**
   * @param badAfter BAD slots up to this one do not count (they were repaired), in milliseconds
   */
  static Judgement of(Window window, ConfirmRule rule, long badAfter, Instant now) {
    if (window.isEmpty()) return new Judgement(Verdict.UNKNOWN, false, 0, false, false, 0);
    Verdict newest = window.verdict(0);
    boolean fresh = now.toEpochMilli() - Slot.millis(window.newest()) <= rule.maxAge();
    int bad = bad(window, rule, badAfter);
    boolean confirmed = newest != Verdict.OK && bad >= rule.bad();
    return new Judgement(
        newest, fresh, bad, confirmed, recovered(window, rule), window.okSince(rule.maxGap()));
  }

  private static int bad(Window window, ConfirmRule rule, long badAfter) {
    long oldest = Math.max(badAfter + 1, Slot.millis(window.newest()) - rule.span());
    int bad = 0;
    for (int back = 0; back < Math.min(rule.of(), window.size()); back++)
      if (window.verdict(back) == Verdict.BAD && Slot.millis(window.slot(back)) >= oldest) bad++;
    return bad;
  }

  private static boolean recovered(Window window, ConfirmRule rule) {
    if (window.size() < rule.okSlots()) return false;
    for (int back = 0; back < rule.okSlots(); back++) {
      if (window.verdict(back) != Verdict.OK) return false;
      boolean gap =
          back > 0
              && Slot.millis(window.slot(back - 1)) - Slot.millis(window.slot(back))
                  > rule.maxGap();
      if (gap) return false;
    }
    return true;
  }
}
