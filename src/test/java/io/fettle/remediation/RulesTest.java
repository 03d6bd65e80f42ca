package io.fettle.remediation;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.remediation.action.Action.Effect;
import io.fettle.remediation.action.Action.Idempotence;
import io.fettle.remediation.action.Action.Presence;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The room's pure rules. */
class RulesTest {
  private static final Instant NOW = Instant.parse("2026-11-22T03:00:00Z");
  private static final Policy.BreakerRule RULE =
      new Policy.BreakerRule(5, 3, 2, Duration.ofMinutes(30));

  @Test
  void nothingIsSentAgainUnlessItsAbsenceIsProvenAndItMayBe() {
    for (Effect effect : Effect.values())
      for (Idempotence idempotence : Idempotence.values())
        for (Presence presence : Presence.values())
          for (int sent = 1; sent <= 4; sent++)
            for (boolean time : new boolean[] {true, false}) {
              boolean again =
                  CrashTable.of(presence, effect, idempotence, sent, time)
                      == CrashTable.Verdict.SEND_AGAIN;
              assertThat(again)
                  .isEqualTo(
                      presence == Presence.ABSENT
                          && effect != Effect.DESTRUCTIVE
                          && idempotence != Idempotence.NONE
                          && sent <= CrashTable.RESENDS);
            }
  }

  @Test
  void doubtWaitsWhileThereIsTimeAndThenGoesToAPerson() {
    assertThat(CrashTable.of(Presence.UNKNOWN, Effect.REVERSIBLE, Idempotence.STATE, 1, true))
        .isEqualTo(CrashTable.Verdict.WAIT);
    assertThat(CrashTable.of(Presence.UNKNOWN, Effect.REVERSIBLE, Idempotence.STATE, 1, false))
        .isEqualTo(CrashTable.Verdict.PERSON);
    assertThat(CrashTable.of(Presence.PRESENT, Effect.DESTRUCTIVE, Idempotence.NONE, 1, false))
        .isEqualTo(CrashTable.Verdict.GO_ON);
  }

  @Test
  void theBreakerCountsFailuresAndRelapsesInItsWindowOnly() {
    Breaker.Ended good = new Breaker.Ended(true, false, false, NOW);
    Breaker.Ended bad = new Breaker.Ended(false, false, false, NOW);
    Breaker.Ended back = new Breaker.Ended(true, true, false, NOW);

    assertThat(Breaker.opens(RULE, List.of(bad, good, bad, good, bad))).isPresent();
    assertThat(Breaker.opens(RULE, List.of(bad, good, bad, good, good, bad))).isEmpty();
    assertThat(Breaker.opens(RULE, List.of(back, good, back))).isPresent();
    assertThat(Breaker.opens(RULE, List.of(back, bad, bad))).isEmpty();
  }

  @Test
  void anOpenBreakerLetsOneThroughAfterItsCoolDown() {
    assertThat(Breaker.gate(RULE, false, NOW, 9, NOW)).isEqualTo(Breaker.Gate.CLOSED);
    assertThat(Breaker.gate(RULE, true, NOW, 0, NOW.plusSeconds(1799)))
        .isEqualTo(Breaker.Gate.OPEN);
    assertThat(Breaker.gate(RULE, true, NOW, 0, NOW.plusSeconds(1800)))
        .isEqualTo(Breaker.Gate.TRIAL);
    assertThat(Breaker.gate(RULE, true, NOW, 1, NOW.plusSeconds(1800)))
        .isEqualTo(Breaker.Gate.OPEN);
  }
}
