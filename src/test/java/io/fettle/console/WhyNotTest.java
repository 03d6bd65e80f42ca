package io.fettle.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.fault.Fault;
import io.fettle.fault.FaultId;
import io.fettle.fault.FaultState;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WhyNotTest {
  private static final Instant AT = Instant.parse("2026-11-22T06:00:00Z");
  private static final Telling.Part WAITS =
      part(FaultState.ESCALATED, List.of(Map.of("ok", false, "zh", "等人", "en", "waits")));

  @Test
  void whatHeldItUpIsToldAsPastOnceItActed() {
    assertThat(WhyNot.of(fault(FaultState.ESCALATED), List.of(WAITS)))
        .extracting(Label::en)
        .containsExactly("Did not act: waits");
    assertThat(
            WhyNot.of(
                fault(FaultState.RECOVERED), List.of(WAITS, part(FaultState.RUNNING, List.of()))))
        .extracting(Label::en)
        .containsExactly("Did not act at first: waits");
  }

  @Test
  void noTicketIsExplainedOnlyWhereNoneWasWritten() {
    assertThat(WhyNot.of(fault(FaultState.CLOSED), List.of(part(FaultState.RUNNING, List.of()))))
        .extracting(Label::en)
        .containsExactly("No ticket: nothing a person had to know.");
  }

  private static Telling.Part part(FaultState to, List<Map<String, Object>> guards) {
    return new Telling.Part(
        AT,
        "moved",
        Tone.BUSY,
        Label.same("x"),
        null,
        null,
        to,
        Telling.pieces(Map.of("guards", guards)));
  }

  private static Fault fault(FaultState state) {
    return new Fault(
        new FaultId(1),
        new AssetId(new UUID(0, 2)),
        "bmc.nic_mode",
        "",
        "bmc.nic_mode",
        state,
        Severity.WARNING,
        1,
        Label.same("x"),
        Map.of(),
        null,
        null,
        0,
        null,
        null,
        AT,
        null,
        null,
        null,
        null,
        0,
        AT);
  }
}
