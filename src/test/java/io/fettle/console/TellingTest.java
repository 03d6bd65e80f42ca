package io.fettle.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.fault.FaultState;
import io.fettle.fault.StoryEntry;
import io.fettle.kernel.Label;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TellingTest {
  private static final Instant AT = Instant.parse("2026-11-22T06:00:00Z");

  @Test
  void guardsBecomeTicksBudgetsBarsAndReasonsSentences() {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("from", "CONFIRMED");
    details.put("to", "PLANNED");
    details.put("actor", "policy bmc-nic");
    details.put(
        "guards", List.of(Map.of("name", "make", "ok", false, "zh", "不认识", "en", "unknown make")));
    details.put("budgets", List.of(Map.of("scope", "rack", "used", 1, "of", 1, "ok", true)));
    details.put(
        "not_used", List.of(Map.of("runbook", "bmc/cold", "zh", "没轮到", "en", "not its turn")));
    details.put("revision", 3);

    Telling.Part part = Telling.part(new StoryEntry(AT, "decided", Label.same("x"), details));

    assertThat(part.pieces().ticks())
        .containsExactly(new Telling.Tick(false, new Label("不认识", "unknown make")));
    assertThat(part.pieces().bars()).containsExactly(new Telling.Bar("rack", 1, 1));
    assertThat(part.pieces().bars().getFirst().full()).isTrue();
    assertThat(part.pieces().whyNot())
        .extracting(Label::en)
        .containsExactly("bmc/cold: not its turn");
    assertThat(part.pieces().facts()).extracting(Telling.Fact::name).containsExactly("revision");
    assertThat(part.from()).isEqualTo(FaultState.CONFIRMED);
    assertThat(part.tone()).isEqualTo(Tone.BUSY);
  }

  @Test
  void bytesAndTranscriptsBecomeBlocks() {
    Telling.Pieces pieces =
        Telling.pieces(
            Map.of("transcript", List.of("→ netfn 30 cmd 24 data 02", "← cc 00"), "out", "a\nb"));

    assertThat(pieces.blocks())
        .containsExactlyInAnyOrder(
            new Telling.Block("transcript", "→ netfn 30 cmd 24 data 02\n← cc 00"),
            new Telling.Block("out", "a\nb"));
  }

  @Test
  void wordsInBothLanguagesAreAFactAndTheRestABlock() {
    Map<String, Object> fault = new LinkedHashMap<>();
    fault.put("zh", "时钟慢");
    fault.put("en", "The clock is slow");
    fault.put("class", "host.clock");
    fault.put("component", "");

    Telling.Pieces pieces = Telling.pieces(Map.of("fault", fault));

    assertThat(pieces.facts())
        .containsExactly(new Telling.Fact("fault", new Label("时钟慢", "The clock is slow")));
    assertThat(pieces.blocks()).containsExactly(new Telling.Block("fault", "class  host.clock"));
  }

  @Test
  void whatItDoesNotKnowIsShownAndNeverLost() {
    Map<String, Object> odd = new LinkedHashMap<>();
    odd.put("nested", Map.of("deep", Map.of("er", List.of(1, 2))));
    odd.put("flag", true);

    Telling.Pieces pieces = Telling.pieces(odd);

    assertThat(pieces.blocks().getFirst().text()).contains("deep").contains("er=1, 2");
    assertThat(pieces.facts()).containsExactly(new Telling.Fact("flag", Label.same("true")));
  }

  @Test
  void aStateNobodyKnowsDoesNotBreakTheStory() {
    Telling.Part part =
        Telling.part(new StoryEntry(AT, "moved", Label.same("x"), Map.of("to", "SOMETHING_NEW")));

    assertThat(part.to()).isNull();
  }
}
