package io.fettle.remediation;

import static io.fettle.fault.FaultState.CONFIRMED;
import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.fault.Fault;
import io.fettle.remediation.Cards.Manner;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a sweep costs and whom it reaches, however many faults and runs there are. */
class SweepTest {
  private final Rig rig = new Rig();

  /** Work that never gets to some faults. */
  private static final class Deaf implements Work {
    private final Work work = Rig.inline();
    private final Set<String> stuck = new HashSet<>();

    @Override
    public boolean submit(String key, Runnable job) {
      return !stuck.contains(key) && work.submit(key, job);
    }

    @Override
    public boolean has(String key) {
      return work.has(key);
    }
  }

  @Test
  void aBiteOfFaultsThatNothingIsDecidedOnKeepsNobodyWaiting() {
    Deaf work = new Deaf();
    for (int i = 0; i < 200; i++) work.stuck.add(rig.fault(Manner.WORKS).id().toString());
    rig.clock.forward(Duration.ofSeconds(1));
    Fault behind = rig.fault(Manner.WORKS);
    Rig.Node node = rig.new Node(Crash.none(), work);

    node.engine.sweep();
    assertThat(rig.now(behind.id()).state()).isEqualTo(CONFIRMED);
    node.engine.sweep();

    assertThat(rig.now(behind.id()).state()).isNotEqualTo(CONFIRMED);
  }

  @Test
  void theTallyIsTheSameWhenWhatEndedLongAgoIsNoLongerRead() {
    Rig.Node node = rig.node();
    repaired(node);
    assertThat(node.front.counts().done()).isOne();

    rig.clock.forward(Duration.ofHours(1));
    assertThat(node.front.counts().done()).isOne();
    repaired(node);

    assertThat(node.front.counts().done()).isEqualTo(2);
    assertThat(rig.node().front.counts()).isEqualTo(node.front.counts());
  }

  private void repaired(Rig.Node node) {
    Fault fault = rig.fault(Manner.WORKS);
    rig.until(node, fault.id(), io.fettle.fault.FaultState.RECOVERED);
  }
}
