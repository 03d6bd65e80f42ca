package io.fettle.pack.bmc;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.check.Reading;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.Action.Presence;
import io.fettle.remediation.action.Action.Result;
import io.fettle.remediation.action.ActionContext;
import io.fettle.support.IpmiSim;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The NIC mode of real cards: found, set, read back, by both ways, and left alone where unknown.
 */
class NicModeTest {
  private static final MachineDoc DEDICATED =
      CardBench.machine("{\"intent\": {\"bmc\": {\"nic_mode\": \"dedicated\"}}}");
  private static final Map<String, Object> TO_DEDICATED = Map.of("mode", "dedicated");

  private final NicModeCheck check = new NicModeCheck();
  private final Action action = new SetNicMode();

  private Reading judge(CardBench bench) {
    return check.judge(bench.visit(DEDICATED)).getFirst();
  }

  @ParameterizedTest
  @CsvSource({
    "10, nic11, 0, 2, netfn 30 cmd 24 data 02, 11",
    "16, nic12, 2, 1, netfn 30 cmd 28 data 01 00, 12",
    "32, nic12, 4, 1, netfn 30 cmd 28 data 01 00, 13",
    "48, nic12, 3, 1, netfn 30 cmd 28 data 01 00, 14",
  })
  void dellIsFoundWrongSetInBandAndProvenByTheCheck(
      int controller, String value, int wrong, int right, String written, int generation) {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      bench.card.oem("controller", controller);
      bench.card.oem(value, wrong);

      Reading bad = judge(bench);
      Result result = action.run(bench.context(DEDICATED, TO_DEDICATED, bad.evidence()));
      Reading good = judge(bench);

      assertThat(bad.verdict()).isEqualTo(Verdict.BAD);
      assertThat(bad.summary().en()).isEqualTo("NIC mode is shared, should be dedicated");
      assertThat(bad.evidence())
          .containsEntry("make", "Dell")
          .containsEntry("generation", generation)
          .containsEntry("route", "in_band")
          .containsEntry("observed", "shared");
      assertThat(result).isInstanceOf(Result.Done.class);
      assertThat(bench.card.oem(value)).isEqualTo(right);
      assertThat(bench.card.journal()).containsExactly(written);
      assertThat(bench.transcript).contains("→ " + written, "← cc 00");
      assertThat(good.verdict()).isEqualTo(Verdict.OK);
      assertThat(bench.claimed).containsEntry("out_of_band", false);
      assertThat(bench.claimed.get("bmc"))
          .isEqualTo(
              Map.of(
                  "vendor",
                  "Dell",
                  "generation",
                  generation,
                  "nic_mode",
                  "dedicated",
                  "firmware",
                  "2.41"));
    }
  }

  @Test
  void supermicroIsSetByItsOwnBytes() {
    try (CardBench bench = new CardBench(IpmiSim.made(10_876))) {
      bench.card.oem("supermicro", 1);

      Reading bad = judge(bench);
      Result result = action.run(bench.context(DEDICATED, TO_DEDICATED, bad.evidence()));

      assertThat(bad.evidence()).containsEntry("make", "Supermicro");
      assertThat(result).isInstanceOf(Result.Done.class);
      assertThat(bench.card.journal()).containsExactly("netfn 30 cmd 70 data 0c 01 00");
    }
  }

  @Test
  void unknownMakeIsToldAndNeverSentVendorBytes() {
    try (CardBench bench = new CardBench(IpmiSim.made(40_000))) {
      Reading bad = judge(bench);
      ActionContext context = bench.context(DEDICATED, TO_DEDICATED, bad.evidence());

      assertThat(bad.verdict()).isEqualTo(Verdict.BAD);
      assertThat(bad.summary().en()).contains("make unknown (manufacturer id 40000)");
      assertThat(bad.evidence())
          .containsEntry("writable", "no, make unknown (manufacturer id 40000)");
      assertThat(bad.evidence().toString()).doesNotContain("netfn 30");
      assertThat(action.refuses(context)).isPresent();
      assertThat(action.run(context)).isInstanceOf(Result.Failed.class);
      assertThat(bench.card.journal()).isEmpty();
    }
  }

  @Test
  void dellOfUnknownGenerationIsLeftAlone() {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      bench.card.oem("controller", 0);

      Reading bad = judge(bench);
      Result result = action.run(bench.context(DEDICATED, TO_DEDICATED, Map.of()));

      assertThat(bad.summary().en()).contains("Dell, generation unknown");
      assertThat(result).isInstanceOf(Result.Failed.class);
      assertThat(bench.card.journal()).isEmpty();
    }
  }

  @Test
  void withoutAShellTheCardIsReadOutOfBandAndNotCutOff() {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      bench.shell = false;
      bench.card.oem("nic11", 0);

      Reading bad = judge(bench);
      Result refused = action.run(bench.context(DEDICATED, TO_DEDICATED, bad.evidence()));
      Result allowed =
          action.run(
              bench.context(
                  DEDICATED, Map.of("mode", "dedicated", "allow_cut", true), bad.evidence()));

      assertThat(bad.evidence()).containsEntry("route", "out_of_band");
      assertThat(refused).isInstanceOf(Result.Failed.class);
      assertThat(((Result.Failed) refused).why().en()).contains("cut the port in use");
      assertThat(allowed).isInstanceOf(Result.Done.class);
      assertThat(bench.card.journal()).containsExactly("netfn 30 cmd 24 data 02");
    }
  }

  @Test
  void aMissingLicenceIsNamed() {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      bench.card.oem("nic11", 0);
      bench.card.oem("licence", 0);

      Result result = action.run(bench.context(DEDICATED, TO_DEDICATED, Map.of()));

      assertThat(((Result.Failed) result).why().en()).contains("licence");
      assertThat(bench.card.oem("nic11")).isZero();
    }
  }

  @Test
  void theRightModeIsNotWrittenAgain() {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      Result result = action.run(bench.context(DEDICATED, TO_DEDICATED, Map.of()));

      assertThat(result).isInstanceOf(Result.Done.class);
      assertThat(bench.card.journal()).isEmpty();
    }
  }

  @Test
  void nothingIsSentAfterTheLease() {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      bench.card.oem("nic11", 0);
      bench.late = true;

      assertThat(action.run(bench.context(DEDICATED, TO_DEDICATED, Map.of())))
          .isInstanceOf(Result.Failed.class);
      assertThat(bench.card.journal()).isEmpty();
    }
  }

  @Test
  void theLeaseIsAskedRightBeforeTheWriteByBothWays() {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      bench.card.oem("nic11", 0);
      bench.mayLeave = () -> false;

      assertThat(action.run(bench.context(DEDICATED, TO_DEDICATED, Map.of())))
          .isInstanceOf(Result.Failed.class);
      bench.shell = false;
      Result late =
          action.run(
              bench.context(DEDICATED, Map.of("mode", "dedicated", "allow_cut", true), Map.of()));

      assertThat(((Result.Failed) late).why().en()).contains("the lease ended");
      assertThat(bench.card.journal()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'echo \"Unable to send RAW command\"; exit 1'",
    "'kill -9 $PPID'",
    "'cat /dev/zero | tr \"\\0\" x | head -c 70000; kill -9 $PPID'"
  })
  void aWriteWhoseAnswerWasLostIsInDoubt(String end) throws Exception {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      bench.card.oem("nic11", 0);
      bench.tool(
          "/bin/sh -c '" + bench.card.inBand() + "/ipmitool \"$@\" >/dev/null' x \"$@\"; " + end,
          "raw 0x30 0x24*");

      ActionContext context = bench.context(DEDICATED, TO_DEDICATED, Map.of());
      assertThat(action.run(context))
          .as(bench.transcript.toString())
          .isInstanceOf(Result.Uncertain.class);
      assertThat(bench.card.journal()).containsExactly("netfn 30 cmd 24 data 02");
      assertThat(action.probe(context)).isEqualTo(Presence.PRESENT);
    }
  }

  @Test
  void aWriteThatFoundNoDeviceWasNotSent() throws Exception {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      bench.card.oem("nic11", 0);
      bench.tool("echo 'Could not open device at /dev/ipmi0'; exit 1", "raw 0x30 0x24*");

      Result result = action.run(bench.context(DEDICATED, TO_DEDICATED, Map.of()));

      assertThat(((Result.Failed) result).why().en()).startsWith("not sent: Could not open");
      assertThat(bench.card.journal()).isEmpty();
    }
  }

  @Test
  void probeTellsWhetherTheEffectIsThere() {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      ActionContext context = bench.context(DEDICATED, TO_DEDICATED, Map.of());

      bench.card.oem("nic11", 2);
      assertThat(action.probe(context)).isEqualTo(Presence.PRESENT);
      bench.card.oem("nic11", 0);
      assertThat(action.probe(context)).isEqualTo(Presence.ABSENT);
      bench.shell = false;
      bench.card.freeze();
      assertThat(action.probe(context)).isEqualTo(Presence.UNKNOWN);
      assertThat(judge(bench).verdict()).isEqualTo(Verdict.UNKNOWN);
      bench.card.thaw();
    }
  }
}
