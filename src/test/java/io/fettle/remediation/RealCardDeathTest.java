package io.fettle.remediation;

import static io.fettle.fault.FaultState.RECOVERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.fault.Fault;
import io.fettle.kernel.AssetId;
import io.fettle.monitoring.Monitoring;
import io.fettle.monitoring.check.Reading;
import io.fettle.pack.bmc.RealCard;
import io.fettle.reach.Reach;
import io.fettle.remediation.Cards.Manner;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiTalk;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import io.fettle.transport.tcp.Tcp;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The engine ends at each point around the write of a NIC mode to a real ipmi_sim, and a new one
 * starts on the same database. How often the card was written to is what the card itself counts.
 */
class RealCardDeathTest {
  private static final String SET_MODE =
      """
      name: set-mode
      label: {zh: 设定, en: Set}
      steps:
        - {action: bmc.set_nic_mode, params: {mode: $intent.bmc.nic_mode}}
      """;

  private static RealCard real;

  /** Where the engine ends; the wire is just before and just after the card has the command. */
  private enum Place {
    INSIDE_ATTEMPT,
    BEFORE_SEND,
    WIRE_BEFORE,
    WIRE_AFTER,
    AFTER_SEND,
    INSIDE_RESULT,
    AFTER_RESULT,
    AFTER_EDGE
  }

  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  @BeforeAll
  static void start() {
    real = new RealCard();
  }

  @AfterAll
  static void stop() {
    real.close();
  }

  @ParameterizedTest
  @EnumSource
  void theCardIsWrittenToOnceWhereverTheEngineEnds(Place place) {
    try (Rig rig = new Rig()) {
      real.card().oem("nic11", 0);
      real.card().oem("writes", 0);
      rig.runbookFiles.put("set-mode.yml", SET_MODE);
      rig.add(real.setNicMode());
      rig.monitoring = looking(rig);
      rig.reach = ending(place);
      Fault fault = rig.fault(Manner.WORKS);
      Rig.Node first =
          rig
          .new Node(
              point -> {
                if (point.name().equals(place.name())) throw new Killed();
              },
              Rig.inline());

      assertThatThrownBy(() -> rig.until(first, fault.id(), RECOVERED)).isInstanceOf(Killed.class);
      rig.clock.forward(Duration.ofSeconds(1));
      rig.reach = real.reach();
      rig.until(rig.node(), fault.id(), RECOVERED);

      assertThat(real.card().oem("nic11")).isEqualTo(2);
      assertThat(real.card().oem("writes")).as(rig.story(fault.id()).toString()).isEqualTo(1);
      assertThat(rig.cards.journal()).as("no other rung was taken").isEmpty();
    }
  }

  /** Judges by the pack's own check, on the real card. */
  private static Monitoring looking(Rig rig) {
    return new Monitoring() {
      @Override
      public List<Reading> probe(AssetId machine, String check) {
        return real.nicMode(rig.register.machine(machine).orElseThrow());
      }

      @Override
      public void lookAgainSoon(AssetId machine, String check) {}

      @Override
      public List<CheckInfo> checks() {
        return rig.cards.checks();
      }

      @Override
      public java.util.Optional<CheckInfo> check(String name) {
        return rig.cards.check(name);
      }

      @Override
      public List<CheckInfo> bound(AssetId machine) {
        return rig.cards.bound(machine);
      }

      @Override
      public Coverage coverage(int intervals) {
        return rig.cards.coverage(intervals);
      }
    };
  }

  /** The real way to the card, on which the engine ends when it comes to the write. */
  private static Reach ending(Place place) {
    Reach way = real.reach();
    return new Reach() {
      @Override
      public SshOutcome ssh(AssetId machine, SshCommand command) {
        boolean writes = command.script().contains("\nask 0x30 0x24 ");
        if (writes && place == Place.WIRE_BEFORE) throw new Killed();
        SshOutcome outcome = way.ssh(machine, command);
        if (writes && place == Place.WIRE_AFTER) throw new Killed();
        return outcome;
      }

      @Override
      public <T> T ipmi(AssetId machine, IpmiTalk<T> talk) throws IpmiFailure {
        return way.ipmi(machine, talk);
      }

      @Override
      public boolean cardAnswers(AssetId machine) throws IpmiFailure {
        return way.cardAnswers(machine);
      }

      @Override
      public Tcp.Answer tcp(AssetId machine, int port) {
        return way.tcp(machine, port);
      }
    };
  }
}
