package io.fettle.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** The fold of one binding is a pure function of the set of its slots. */
class WindowTest {
  private static final ConfirmRule RULE = new ConfirmRule(3, 4, 2, Duration.ofMinutes(5));
  private static final long STEP = RULE.interval().toMillis();

  record Arrival(long slot, Verdict verdict) {}

  @Property(tries = 2_000)
  void orderAndDoublesOfArrivalDoNotMatter(
      @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 0, max = 3) Integer> verdicts,
      @ForAll long seed) {
    List<Arrival> inOrder = arrivals(verdicts);
    Random random = new Random(seed);

    Window expected = fold(inOrder);
    Window shuffled = fold(disturbed(inOrder, random));

    assertThat(shuffled).isEqualTo(expected);
    Instant now = Slot.at(expected.newest());
    assertThat(Judgement.of(shuffled, RULE, 0, now))
        .isEqualTo(Judgement.of(expected, RULE, 0, now));
  }

  @Property(tries = 1_000)
  void theSameSlotTwiceKeepsTheWorseWhicheverCameFirst(
      @ForAll Verdict first, @ForAll Verdict second) {
    Window one = with(with(Window.EMPTY, 1, first), 1, second);
    Window other = with(with(Window.EMPTY, 1, second), 1, first);

    assertThat(one).isEqualTo(other);
    boolean bad = first == Verdict.BAD || second == Verdict.BAD;
    assertThat(one.verdict(0) == Verdict.BAD).isEqualTo(bad);
  }

  @Property(tries = 1_000)
  void anOldOwnersLaterSlotNeverOverrulesTheNewOne(
      @ForAll @IntRange(min = 1, max = 1_000) int later) {
    long old = Slot.of(1, (100L + later) * STEP);
    long fresh = Slot.of(2, 100L * STEP);
    Window window =
        Window.EMPTY
            .with(fresh, Verdict.BAD, RULE.keep(), RULE.maxGap())
            .with(old, Verdict.OK, RULE.keep(), RULE.maxGap());

    assertThat(window.verdict(0)).isEqualTo(Verdict.BAD);
    assertThat(judge(window).recovered()).isFalse();
  }

  @Test
  void threeOfFourWithOneMissingConfirm() {
    assertThat(judge(slots("B_BB")).confirmed()).isTrue();
    assertThat(judge(slots("BUBB")).confirmed()).isTrue();
    assertThat(judge(slots("BOBB")).confirmed()).isTrue();
    assertThat(judge(slots("BOBOB")).confirmed()).isFalse();
    assertThat(judge(slots("BB")).confirmed()).isFalse();
    assertThat(judge(slots("BBBO")).confirmed()).isFalse();
    assertThat(judge(slots("BBBU")).confirmed()).isTrue();
  }

  @Test
  void badFromLongAgoDoesNotCount() {
    assertThat(judge(slots("BB____________________B")).confirmed()).isFalse();
  }

  @Test
  void recoveryNeedsOkWithoutAGap() {
    assertThat(judge(slots("BBBOO")).recovered()).isTrue();
    assertThat(judge(slots("BBBO")).recovered()).isFalse();
    assertThat(judge(slots("BBBO_O")).recovered()).isFalse();
    assertThat(judge(slots("BBBOUO")).recovered()).isFalse();
    assertThat(judge(slots("BBBOU")).recovered()).isFalse();
  }

  @Test
  void anOkOlderThanTheNewestBadNeverRecovers() {
    Window window = slots("BBB");
    window = with(window, -1, Verdict.OK);
    assertThat(judge(window).recovered()).isFalse();
    assertThat(judge(window).confirmed()).isTrue();
  }

  @Test
  void aLateOkClosesTheGapAndWithItTheDoubt() {
    Window gap = slots("BBBO_O");
    assertThat(judge(gap).recovered()).isFalse();

    Window closed = with(gap, 4, Verdict.OK);

    assertThat(judge(closed).recovered()).isTrue();
  }

  @Test
  void okLastsFromItsFirstSlotEvenWhenThatFellOutOfTheWindow() {
    Window window = slots("BOOOOOOOOOOOO");

    assertThat(Slot.millis(window.okSince(RULE.maxGap()))).isEqualTo(at(1));
    assertThat(window.size()).isEqualTo(RULE.keep());
    assertThat(slots("BOOOOOOOOO__OOO").okSince(RULE.maxGap())).isEqualTo(Slot.of(1, at(12)));
    assertThat(slots("BOOOOOOOOOUOO").okSince(RULE.maxGap())).isEqualTo(Slot.of(1, at(11)));
    assertThat(slots("OOOOOOOOOB").okSince(RULE.maxGap())).isZero();
  }

  @Test
  void anOldSlotStartsNothing() {
    Window window = slots("BBB");
    Instant late = Slot.at(window.newest()).plus(Duration.ofHours(1));

    Judgement judged = Judgement.of(window, RULE, 0, late);

    assertThat(judged.fresh()).isFalse();
    assertThat(Decision.next(null, null, judged)).isEmpty();
    assertThat(Decision.next(FaultState.SUSPECT, null, judged)).isEmpty();
    assertThat(Decision.next(FaultState.RECOVERED, null, judged)).isEmpty();
  }

  @Test
  void aWindowComesBackFromItsSnapshot() {
    Window window = slots("BOUOOOOOOBO");

    assertThat(Window.of(window.slots(), window.letters(), window.chainFrom(), window.chainTo()))
        .isEqualTo(window);
  }

  private static List<Arrival> arrivals(List<Integer> verdicts) {
    List<Arrival> arrivals = new ArrayList<>();
    for (int i = 0; i < verdicts.size(); i++)
      if (verdicts.get(i) < 3) arrivals.add(new Arrival(at(i), Verdict.values()[verdicts.get(i)]));
    if (arrivals.isEmpty()) arrivals.add(new Arrival(at(0), Verdict.OK));
    return arrivals;
  }

  /** No arrival has more than two newer ones before it; some come twice. */
  private static List<Arrival> disturbed(List<Arrival> inOrder, Random random) {
    List<Arrival> out = new ArrayList<>();
    List<Arrival> block = new ArrayList<>();
    for (Arrival arrival : inOrder) {
      block.add(arrival);
      if (block.size() == 3) flush(block, out, random);
    }
    flush(block, out, random);
    return out;
  }

  private static void flush(List<Arrival> block, List<Arrival> out, Random random) {
    Collections.shuffle(block, random);
    for (Arrival arrival : block) {
      out.add(arrival);
      if (random.nextInt(3) == 0) out.add(arrival);
    }
    block.clear();
  }

  private static Window fold(List<Arrival> arrivals) {
    Window window = Window.EMPTY;
    for (Arrival arrival : arrivals)
      window =
          window.with(Slot.of(1, arrival.slot()), arrival.verdict(), RULE.keep(), RULE.maxGap());
    return window;
  }

  /** One letter per slot; '_' is a slot without an observation. */
  private static Window slots(String letters) {
    Window window = Window.EMPTY;
    for (int i = 0; i < letters.length(); i++)
      switch (letters.charAt(i)) {
        case 'O' -> window = with(window, i, Verdict.OK);
        case 'U' -> window = with(window, i, Verdict.UNKNOWN);
        case 'B' -> window = with(window, i, Verdict.BAD);
        default -> {}
      }
    return window;
  }

  private static Window with(Window window, int slot, Verdict verdict) {
    return window.with(Slot.of(1, at(slot)), verdict, RULE.keep(), RULE.maxGap());
  }

  private static long at(int slot) {
    return (1_000L + slot) * STEP;
  }

  private static Judgement judge(Window window) {
    return Judgement.of(window, RULE, 0, Slot.at(window.newest()));
  }
}
