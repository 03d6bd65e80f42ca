package io.fettle.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.monitoring.check.Visit.Section;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiRequest;
import io.fettle.transport.ssh.SshOutcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MachineVisitTest {
  private final ShellReach reach = new ShellReach();
  private final FakeCheck one = new FakeCheck("one", "", "echo one", visit -> List.of());
  private final FakeCheck two = new FakeCheck("two", "", "echo two; exit 2", visit -> List.of());
  private final FakeCheck none = new FakeCheck("none", "", "", visit -> List.of());

  @Test
  void allSectionsShareOneExec() {
    try (MachineVisit visit = ShellReach.visit(reach, one, none, two)) {
      assertThat(visit.section(two)).contains(new Section(2, "two\n", ""));
      assertThat(visit.section(one)).contains(new Section(0, "one\n", ""));
      assertThat(visit.section(none)).isEmpty();
      assertThat(visit.ssh()).isInstanceOf(SshOutcome.Ran.class);
    }
    assertThat(reach.execs).hasValue(1);
  }

  @Test
  void nothingIsOpenedThatNobodyAsksFor() {
    ShellReach.visit(reach, one).close();

    assertThat(reach.execs).hasValue(0);
    assertThat(reach.opened).hasValue(0);
  }

  @Test
  void aFailedExecIsAskedForOnce() {
    reach.instead =
        new SshOutcome.Failed(SshOutcome.Kind.CONNECT_TIMEOUT, "no answer", Duration.ofSeconds(5));
    try (MachineVisit visit = ShellReach.visit(reach, one, two)) {
      assertThat(visit.section(one)).isEmpty();
      assertThat(visit.section(two)).isEmpty();
    }
    assertThat(reach.execs).hasValue(1);
  }

  @Test
  void allCommandsShareOneBmcSessionThatIsClosedWithTheVisit() throws Exception {
    try (MachineVisit visit = ShellReach.visit(reach, one)) {
      for (int command = 1; command < 20; command++)
        assertThat(visit.ipmi(new IpmiRequest(6, command)).data()).containsExactly(command);
      assertThat(reach.opened).hasValue(1);
      assertThat(reach.closed).hasValue(0);
    }
    for (int i = 0; i < 200 && reach.closed.get() == 0; i++) Thread.sleep(10);
    assertThat(reach.closed).hasValue(1);
  }

  @Test
  void aCardThatCannotBeOpenedIsTriedOnce() {
    reach.cardFails = IpmiFailure.Kind.WRONG_PASSWORD;
    try (MachineVisit visit = ShellReach.visit(reach, one)) {
      for (int i = 0; i < 3; i++)
        assertThatThrownBy(() -> visit.ipmi(new IpmiRequest(6, 1)))
            .isInstanceOfSatisfying(
                IpmiFailure.class,
                e -> assertThat(e.kind()).isEqualTo(IpmiFailure.Kind.WRONG_PASSWORD));
    }
    assertThat(reach.opened).hasValue(1);
  }

  @Test
  void aLostSessionIsOpenedAgainByTheNextCommand() throws Exception {
    try (MachineVisit visit = ShellReach.visit(reach, one)) {
      visit.ipmi(new IpmiRequest(6, 1));
      assertThatThrownBy(() -> visit.ipmi(new IpmiRequest(6, 0xff)))
          .isInstanceOf(IpmiFailure.class);
      assertThat(visit.ipmi(new IpmiRequest(6, 3)).data()).containsExactly(3);
    }
    assertThat(reach.opened).hasValue(2);
  }

  @Test
  void brokenJsonIsNoJson() {
    try (MachineVisit visit = ShellReach.visit(reach, one)) {
      assertThat(visit.json("{\"a\":1}")).isPresent();
      assertThat(visit.json("{")).isEmpty();
      assertThat(visit.json("")).isEmpty();
      assertThat(visit.json("[".repeat(100_000))).isEmpty();
    }
  }
}
