package io.fettle.remediation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.fault.Fault;
import io.fettle.fault.FaultState;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.DatabaseState;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.remediation.Cards.Manner;
import io.fettle.remediation.action.Leases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is done to a machine outside a run keeps to the lease, the freeze and the database. */
class OwnLeasesTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final Rig rig = new Rig();
  private final Rig.Node node = rig.node();
  private final List<String> record = new ArrayList<>();
  private boolean up = true;
  private final OwnLeases leases =
      new OwnLeases(
          new PolicyTable(rig.jdbc),
          new RunTable(rig.jdbc),
          new PermitTable(rig.jdbc),
          rig.settings,
          rig.faults.transactions(),
          new DatabaseState() {
            @Override
            public boolean up() {
              return up;
            }

            @Override
            public boolean answers() {
              return true;
            }

            @Override
            public Label why() {
              return new Label("磁盘将满", "its disk is nearly full");
            }
          },
          rig.clock);

  @AfterEach
  void stop() {
    rig.close();
  }

  private Leases.Lease take(AssetId machine) {
    return leases.take(machine, LIMIT, () -> record.add("written"));
  }

  private void refused(AssetId machine, String zh, String en) {
    assertThatThrownBy(() -> take(machine))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.status()).isEqualTo(409);
              assertThat(problem.title().zh()).contains(zh);
              assertThat(problem.title().en()).contains(en);
            });
    assertThat(record).isEmpty();
  }

  private boolean leased(AssetId machine) {
    return new PermitTable(rig.jdbc)
        .lease(machine)
        .filter(l -> l.expiresAt().isAfter(rig.clock.instant()))
        .isPresent();
  }

  @Test
  void aRunWaitsWhileItIsHeldAndNotAfterwards() {
    Fault fault = rig.fault(Manner.WORKS);
    try (Leases.Lease lease = take(fault.machine())) {
      assertThat(lease.sendBefore()).isAfter(rig.clock.instant());
      assertThat(record).containsExactly("written");
      assertThat(leased(fault.machine())).isTrue();
      record.clear();
      refused(fault.machine(), "占用", "Another run");
      rig.until(node, fault.id(), FaultState.HELD);
      assertThat(rig.cards.journal()).isEmpty();
    }
    assertThat(leased(fault.machine())).isFalse();
    assertThat(rig.until(node, fault.id(), FaultState.RECOVERED)).isEqualTo(FaultState.RECOVERED);
  }

  @Test
  void itIsRefusedWhileARunMayBeSending() {
    Fault fault = rig.fault(Manner.WORKS);
    rig.jdbc
        .sql(
            """
            insert into remediation.run (fault_id, asset_id, policy, revision, runbook, rung,
              position, steps, undo, state, holder, fence, component, evidence, cmdb_version,
              started_at)
            values (:fault, :machine, 'p', 'r', 'b', 0, 0, '[]', '[]', 'UNCERTAIN', 'n', 1, '',
              '{}', 0, now())
            """)
        .param("fault", fault.id().value())
        .param("machine", fault.machine().value())
        .update();
    refused(fault.machine(), "占用", "Another run");

    rig.jdbc.sql("update remediation.run set state = 'VERIFYING'").update();

    take(fault.machine()).close();
  }

  @Test
  void itIsRefusedWhileFrozenOrWithoutADatabaseToWriteTo() {
    AssetId machine = rig.fault(Manner.WORKS).machine();
    node.front.setFreeze(true, "stop", io.fettle.kernel.Actor.system("test"));
    refused(machine, "冻结", "Frozen");
    assertThat(leased(machine)).isFalse();
    node.front.setFreeze(false, "go", io.fettle.kernel.Actor.system("test"));
    up = false;
    refused(machine, "磁盘将满", "its disk is nearly full");
    up = true;
    take(machine).close();
  }

  @Test
  void whatCannotBeWrittenDownIsNotBegun() {
    AssetId machine = rig.fault(Manner.WORKS).machine();
    assertThatThrownBy(() ->
            leases.take(
                machine,
                LIMIT,
                () -> {
                  throw new IllegalStateException("no room");
                }))
        .hasMessage("no room");
    assertThat(leased(machine)).isFalse();
  }

  @Test
  void itEndsByItselfShouldTheProcessDie() {
    AssetId machine = rig.fault(Manner.WORKS).machine();
    take(machine);
    rig.clock.forward(rig.settings.lease().plus(LIMIT).plusSeconds(1));
    assertThat(leased(machine)).isFalse();
    record.clear();
    take(machine).close();
  }
}
