package io.fettle.remediation;

import static io.fettle.fault.FaultState.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.fault.Edge;
import io.fettle.fault.Fault;
import io.fettle.fault.StoryEntry;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Problem;
import io.fettle.remediation.Cards.Manner;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineTest {
  private static final Actor PERSON = new Actor(Actor.Kind.PERSON, "li");
  private final Rig rig = new Rig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void aFaultIsRepairedOnceAndProven() {
    Fault fault = rig.fault(Manner.WORKS);

    rig.until(rig.node(), fault.id(), RECOVERED);

    assertThat(rig.cards.journal()).hasSize(1);
    assertThat(rig.now(fault.id()).fixedBy()).isEqualTo("run");
    assertThat(rig.count("select count(*) from remediation.hold")).isZero();
    assertThat(rig.count("select count(*) from remediation.run where outcome = 'VERIFIED'"))
        .isOne();
    List<String> kinds =
        rig.faults.faults().story(fault.id()).stream().map(StoryEntry::kind).toList();
    assertThat(kinds)
        .containsSubsequence("confirmed", "decided", "running", "verifying", "verified");
  }

  @Test
  void theStoryShowsGuardsBudgetsTranscriptAndWhyNotTheRest() {
    Fault fault = rig.fault(Manner.WORKS);
    rig.until(rig.node(), fault.id(), RECOVERED);

    List<StoryEntry> chapter =
        new RunChapter(new PlanTable(rig.jdbc), new RunTable(rig.jdbc), new AttemptTable(rig.jdbc))
            .of(rig.now(fault.id()));
    StoryEntry attempt = chapter.getFirst();
    assertThat(attempt.kind()).isEqualTo("attempt");
    assertThat(attempt.details()).containsEntry("status", "DONE").containsEntry("step", 1);
    assertThat(attempt.details().get("transcript"))
        .isEqualTo(List.of("→ set {mode=dedicated}", "← Done"));
    assertThat(
            chapter.stream()
                .filter(e -> e.kind().equals("why_not"))
                .findFirst()
                .orElseThrow()
                .details()
                .toString())
        .contains("kick")
        .contains("used only after the rung before it failed");
    StoryEntry decided = entry(fault, "decided");
    assertThat(String.valueOf(decided.details().get("guards")))
        .contains("mode")
        .contains("ok=true")
        .contains("breaker");
    assertThat(rig.deeds)
        .containsExactly(
            "repair.begun fault:" + fault.id() + " null",
            "repair.ended fault:" + fault.id() + " VERIFIED");
    assertThat(String.valueOf(entry(fault, "running").details().get("budgets")))
        .contains("scope=rack")
        .contains("used=0")
        .contains("of=5");
  }

  private StoryEntry entry(Fault fault, String kind) {
    return rig.faults.faults().story(fault.id()).stream()
        .filter(e -> e.kind().equals(kind))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aMachineFoundHealthyBeforeActingIsLeftAlone() {
    Fault fault = rig.fault(Manner.WORKS);
    rig.cards.heal(fault.machine(), true);

    rig.node().engine.sweep();

    assertThat(rig.state(fault.id())).isEqualTo(RECOVERED);
    assertThat(rig.now(fault.id()).fixedBy()).isEqualTo("self");
    assertThat(rig.cards.journal()).isEmpty();
  }

  @Test
  void nothingIsBegunWhileTheDatabaseHasNoRoom() {
    Fault fault = rig.fault(Manner.WORKS);
    rig.pulse.up = false;
    Rig.Node node = rig.node();
    for (int i = 0; i < 5; i++) {
      node.engine.sweep();
      rig.clock.forward(Duration.ofSeconds(2));
    }
    assertThat(rig.cards.journal(fault.machine())).isEmpty();
    assertThat(rig.state(fault.id())).isEqualTo(PLANNED);

    rig.pulse.up = true;
    rig.until(node, fault.id(), RECOVERED);
    assertThat(rig.cards.journal(fault.machine())).hasSize(1);
  }

  @Test
  void theLadderIsClimbedAndThenAPersonGetsIt() {
    Fault fault = rig.fault(Manner.PRETENDS);

    rig.until(rig.node(), fault.id(), ESCALATED);

    assertThat(rig.cards.journal())
        .extracting(Cards.Execution::action)
        .containsExactly("test.set", "test.set", "test.kick");
    assertThat(rig.story(fault.id()).getLast()).contains("escalated");
    assertThat(rig.count("select count(*) from remediation.hold")).isZero();
  }

  @Test
  void aRefusingCardMovesOnToTheNextRungAndTheLastRefusalEscalates() {
    Fault fault = rig.fault(Manner.REFUSES, Manner.REFUSES, Manner.WORKS);
    rig.until(rig.node(), fault.id(), RECOVERED);
    assertThat(rig.cards.journal()).hasSize(3);

    Fault other = rig.fault(Manner.REFUSES);
    rig.until(rig.node(), other.id(), ESCALATED);
    assertThat(rig.story(other.id()).getLast()).contains("Step failed for good");
  }

  @Test
  void observeAndSuggestHandOverAndARaisedModeTakesThemUp() {
    rig.lab = false;
    Fault fault = rig.fault(Manner.WORKS);
    Rig.Node node = rig.node();
    rig.until(node, fault.id(), ESCALATED);
    assertThat(rig.cards.journal()).isEmpty();
    assertThat(node.front.policy("nic-mode").orElseThrow().mode())
        .isEqualTo(Remediation.Mode.OBSERVE);
    assertThat(node.front.wouldTouch("nic-mode", Remediation.Mode.AUTO, 10).machines()).isOne();
    assertThat(node.front.wouldTouch("nic-mode", Remediation.Mode.SUGGEST, 10).machines()).isZero();

    assertThatThrownBy(() -> node.front.setMode("nic-mode", Remediation.Mode.AUTO, " ", PERSON))
        .isInstanceOf(Problem.class);
    node.front.setMode("nic-mode", Remediation.Mode.AUTO, "seen for a week", PERSON);
    rig.clock.forward(Duration.ofMinutes(2));
    rig.until(node, fault.id(), RECOVERED);

    assertThat(rig.cards.journal()).hasSize(1);
    assertThat(rig.audits).containsExactly("policy.mode_changed policy:nic-mode seen for a week");
    assertThat(rig.faults.faults().story(fault.id()).toString())
        .contains("edge=32")
        .contains("person:li");
  }

  @Test
  void inSuggestTheRungIsOnTheStoryAndAPersonLetsItRun() {
    rig.lab = false;
    Rig.Node node = rig.node();
    node.front.setMode("nic-mode", Remediation.Mode.SUGGEST, "a first step", PERSON);
    Fault fault = rig.fault(Manner.WORKS);
    rig.until(node, fault.id(), ESCALATED);

    StoryEntry escalated = entry(fault, "escalated");
    assertThat(escalated.title().en()).contains("Suggests runbook set-mode");
    assertThat(escalated.details().get("would_do")).isEqualTo(List.of("test.set {mode=dedicated}"));
    assertThat(node.front.handedOver(fault.id())).contains("SUGGESTED");
    Remediation.Suggestion shown = node.front.suggestion(fault.id()).orElseThrow();
    assertThat(shown.steps()).containsExactly("test.set {mode=dedicated}");
    assertThat(rig.cards.journal()).isEmpty();

    assertThatThrownBy(() -> node.front.runSuggested(fault.id(), "another plan", PERSON))
        .isInstanceOf(Problem.class);
    node.front.setFreeze(true, "power work", PERSON);
    assertThatThrownBy(() -> node.front.runSuggested(fault.id(), shown.plan(), PERSON))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("freeze");
    node.front.setFreeze(false, "done", PERSON);
    assertThat(rig.state(fault.id())).isEqualTo(ESCALATED);

    node.front.runSuggested(fault.id(), shown.plan(), PERSON);
    rig.until(node, fault.id(), RECOVERED);

    assertThat(rig.cards.journal()).hasSize(1);
    assertThat(rig.faults.faults().story(fault.id()).toString())
        .contains("edge=32")
        .contains("approved_by=person:li");
    assertThat(rig.audits).contains("fault.run_approved fault:" + fault.id() + " null");
    assertThat(rig.count("select count(*) from remediation.plan where approved_plan is not null"))
        .isZero();
  }

  @Test
  void aWordForOneRungIsNoWordForTheNext() {
    rig.lab = false;
    Rig.Node node = rig.node();
    node.front.setMode("nic-mode", Remediation.Mode.SUGGEST, "a first step", PERSON);
    Fault fault = rig.fault(Manner.PRETENDS);
    rig.until(node, fault.id(), ESCALATED);
    for (String action : List.of("test.set", "test.set", "test.kick")) {
      Remediation.Suggestion next = node.front.suggestion(fault.id()).orElseThrow();
      assertThat(next.steps().getFirst()).startsWith(action);
      node.front.runSuggested(fault.id(), next.plan(), PERSON);
      rig.until(node, fault.id(), RUNNING, VERIFYING);
      rig.until(node, fault.id(), ESCALATED);
    }

    assertThat(rig.cards.journal())
        .extracting(Cards.Execution::action)
        .containsExactly("test.set", "test.set", "test.kick");
    assertThat(node.front.suggestion(fault.id())).isEmpty();
  }

  @Test
  void aWordWaitsForItsTurnAndIsVoidOnceTheModeIsLowered() {
    rig.lab = false;
    rig.policyFiles.put("nic-mode.yml", Rig.POLICY.replace("concurrent: 10", "concurrent: 1"));
    Rig.Node node = rig.node();
    node.front.setMode("nic-mode", Remediation.Mode.SUGGEST, "a first step", PERSON);
    Fault first = rig.fault(Manner.PRETENDS);
    Fault second = rig.fault("R2", Manner.WORKS);
    Fault third = rig.fault("R3", Manner.WORKS);
    for (Fault fault : List.of(first, second, third)) rig.until(node, fault.id(), ESCALATED);
    for (Fault fault : List.of(first, second))
      node.front.runSuggested(
          fault.id(), node.front.suggestion(fault.id()).orElseThrow().plan(), PERSON);
    rig.until(node, second.id(), HELD);
    assertThat(rig.now(second.id()).heldFor()).isEqualTo("no_permit");
    rig.until(node, second.id(), RECOVERED);
    assertThat(rig.cards.journal(second.machine())).hasSize(1);

    node.front.runSuggested(
        third.id(), node.front.suggestion(third.id()).orElseThrow().plan(), PERSON);
    node.front.setMode("nic-mode", Remediation.Mode.OBSERVE, "stop", PERSON);
    rig.until(node, third.id(), ESCALATED);
    assertThat(rig.cards.journal(third.machine())).isEmpty();
  }

  @Test
  void whoRaisedAModeStaysAToken() {
    rig.lab = false;
    Rig.Node node = rig.node();
    Fault fault = rig.fault(Manner.WORKS);
    rig.until(node, fault.id(), ESCALATED);
    node.front.setMode(
        "nic-mode", Remediation.Mode.AUTO, "rolled out", new Actor(Actor.Kind.TOKEN, "deploy"));
    rig.clock.forward(Duration.ofMinutes(2));
    rig.until(node, fault.id(), RECOVERED);

    assertThat(node.front.policy("nic-mode").orElseThrow().changedBy()).isEqualTo("token:deploy");
    assertThat(rig.faults.faults().story(fault.id()).toString())
        .contains("token:deploy")
        .doesNotContain("person:deploy");
  }

  @Test
  void aFaultWithoutPolicyOrWithTwoOwnersIsHandedOver() {
    var machine = rig.register.add("A1", "R1", "dedicated");
    rig.cards.broken(machine, Manner.WORKS);
    Fault orphan = rig.faults.confirmed(machine, "host.disk", "/");
    rig.node().engine.sweep();
    assertThat(rig.state(orphan.id())).isEqualTo(ESCALATED);

    rig.policyFiles.put(
        "two.yml",
        Rig.POLICY
            .replace("name: nic-mode", "name: two")
            .replace("intent.bmc.nic_mode != null", "placement.rack == 'R9'"));
    Rig.Node node = rig.node();
    Fault both = rig.fault("R9", Manner.WORKS);
    node.engine.sweep();
    assertThat(rig.state(both.id())).isEqualTo(ESCALATED);
    assertThat(rig.cards.journal()).isEmpty();
  }

  @Test
  void anUnknownMakeIsNeverWrittenToAndTheFaultSaysSo() {
    Fault fault = rig.fault("UNKNOWN-MAKE-1", "R1", Manner.WORKS);
    rig.node().engine.sweep();

    assertThat(rig.state(fault.id())).isEqualTo(ESCALATED);
    assertThat(rig.story(fault.id()).getLast()).contains("make unknown, no OEM write");
    assertThat(rig.cards.journal()).isEmpty();
  }

  @Test
  void aFreezeHoldsNewWorkAndTheFaultGoesOnWhenItIsLifted() {
    Rig.Node node = rig.node();
    node.front.setFreeze(true, "power work", PERSON);
    Fault fault = rig.fault(Manner.WORKS);
    rig.until(node, fault.id(), HELD);
    for (int i = 0; i < 60; i++) {
      node.engine.sweep();
      rig.clock.forward(Duration.ofSeconds(1));
    }
    assertThat(rig.now(fault.id()).heldFor()).isEqualTo("freeze");
    assertThat(rig.cards.journal()).isEmpty();

    node.front.setFreeze(false, "done", PERSON);
    rig.until(node, fault.id(), RECOVERED);

    assertThat(rig.cards.journal()).hasSize(1);
    assertThat(rig.audits)
        .containsExactly("freeze.on freeze:global power work", "freeze.off freeze:global done");
  }

  @Test
  void aFreezeStopsARunAtTheLastStepBeforeTheWire() {
    Fault fault = rig.fault(Manner.WORKS);
    Rig.Node[] node = new Rig.Node[1];
    node[0] =
        rig
        .new Node(
            point -> {
              if (point == Crash.Point.AFTER_START) node[0].front.setFreeze(true, "stop", PERSON);
            },
            Rig.inline());
    node[0].engine.sweep();

    assertThat(rig.state(fault.id())).isEqualTo(ESCALATED);
    assertThat(rig.cards.journal()).isEmpty();
    assertThat(rig.count("select count(*) from remediation.attempt")).isZero();
  }

  @Test
  void aMovedRegisterMakesThePlanStale() {
    Fault fault = rig.fault(Manner.WORKS);
    Rig.Node planner =
        rig
        .new Node(
            point -> {
              if (point == Crash.Point.AFTER_DECISION)
                rig.register.declare(fault.machine(), "shared");
            },
            Rig.inline());
    planner.engine.sweep();

    assertThat(rig.state(fault.id())).isEqualTo(HELD);
    assertThat(rig.now(fault.id()).heldFor()).isEqualTo("changed");
    rig.until(rig.node(), fault.id(), RECOVERED);
    assertThat(
            rig.jdbc.sql("select transcript from remediation.attempt").query(String.class).list())
        .containsExactly("→ set {mode=shared}\n← Done\n");
  }

  @Test
  void oneRunPerMachineWhateverItsFaults() {
    rig.policyFiles.put(
        "disk.yml",
        Rig.POLICY.replace("name: nic-mode", "name: disk").replace("bmc.nic_mode}", "host.disk}"));
    Fault first = rig.fault(Manner.WORKS);
    Fault second = rig.faults.confirmed(first.machine(), "host.disk", "");
    Rig.Node node = rig.node();
    node.engine.sweep();

    assertThat(rig.count("select count(*) from remediation.run where ended_at is null")).isOne();
    assertThat(List.of(rig.state(first.id()), rig.state(second.id()))).contains(HELD, VERIFYING);
    rig.until(node, second.id(), RECOVERED);
    rig.until(node, first.id(), RECOVERED);
    assertThat(rig.cards.journal()).hasSize(1);
  }

  @Test
  void aPersonsFixedIsBelievedOnlyByTheCheck() {
    Fault fault = rig.fault(Manner.PRETENDS);
    Rig.Node node = rig.node();
    rig.until(node, fault.id(), ESCALATED);

    node.front.saidFixed(fault.id(), PERSON);
    assertThat(rig.state(fault.id())).isEqualTo(VERIFYING);
    rig.until(node, fault.id(), ESCALATED);

    node.front.saidFixed(fault.id(), PERSON);
    rig.cards.heal(fault.machine(), true);
    rig.until(node, fault.id(), RECOVERED);
    assertThat(rig.now(fault.id()).fixedBy()).isEqualTo("human");
    assertThatThrownBy(() -> node.front.saidFixed(fault.id(), PERSON)).isInstanceOf(Problem.class);
  }

  @Test
  void aRelapseGoesOnAtTheNextRung() {
    Fault fault = rig.fault(Manner.WORKS);
    Rig.Node node = rig.node();
    rig.until(node, fault.id(), RECOVERED);

    rig.cards.heal(fault.machine(), false);
    rig.faults.move(rig.now(fault.id()), Edge.E31, CONFIRMED, "back");
    rig.until(node, fault.id(), RECOVERED);
    rig.cards.heal(fault.machine(), false);
    rig.faults.move(rig.now(fault.id()), Edge.E31, CONFIRMED, "back");
    rig.until(node, fault.id(), RECOVERED);

    assertThat(rig.cards.journal())
        .extracting(Cards.Execution::action)
        .containsExactly("test.set", "test.set", "test.kick");
    assertThat(rig.count("select count(*) from remediation.run where relapsed")).isEqualTo(2);
  }

  @Test
  void theBreakerOpensAfterFailuresAndLetsOneTrialThrough() {
    rig.policyFiles.put(
        "nic-mode.yml",
        Rig.POLICY
            .replace("verify_fail: 1000", "verify_fail: 2")
            .replace("attempts: 2", "attempts: 1")
            .replace("  - {runbook: kick, attempts: 1, cooldown: 10s}\n", ""));
    Rig.Node node = rig.node();
    Fault one = rig.fault(Manner.PRETENDS);
    rig.until(node, one.id(), ESCALATED);
    Fault two = rig.fault(Manner.PRETENDS);
    rig.until(node, two.id(), ESCALATED);

    Fault three = rig.fault(Manner.WORKS);
    Fault four = rig.fault(Manner.WORKS);
    node.engine.sweep();
    assertThat(rig.now(three.id()).heldFor()).isEqualTo("breaker");
    assertThat(node.front.policy("nic-mode").orElseThrow().breakerOpen()).isTrue();

    rig.until(node, three.id(), RECOVERED);
    assertThat(rig.count("select count(*) from remediation.run where trial")).isOne();
    rig.until(node, four.id(), RECOVERED);
    assertThat(node.front.policy("nic-mode").orElseThrow().breakerOpen()).isFalse();
    assertThat(rig.cards.journal()).hasSize(4);
  }

  @Test
  void anUnansweredActionIsResolvedByLookingForItsEffect() {
    Fault worked = rig.fault(Manner.WORKS_SILENTLY);
    Fault lost = rig.fault(Manner.LOSES_IT, Manner.WORKS);
    Fault broke = rig.fault(Manner.THROWS_AFTER);
    Rig.Node node = rig.node();

    for (Fault fault : List.of(worked, lost, broke)) rig.until(node, fault.id(), RECOVERED);

    assertThat(rig.cards.journal(worked.machine())).hasSize(1);
    assertThat(rig.cards.journal(lost.machine())).hasSize(2);
    assertThat(rig.cards.journal(broke.machine())).hasSize(1);
    assertThat(node.front.counts().uncertain()).isEqualTo(3);
  }

  @Test
  void whatMustNeverBeSentAgainGoesToAPerson() {
    rig.policyFiles.put(
        "nic-mode.yml",
        Rig.POLICY.replace("  - {runbook: set-mode, attempts: 2, cooldown: 10s}\n", ""));
    Fault fault = rig.fault(Manner.LOSES_IT);

    rig.until(rig.node(), fault.id(), ESCALATED);

    assertThat(rig.cards.journal()).hasSize(1);
    assertThat(rig.story(fault.id()).getLast()).contains("must never be sent again");
  }

  @Test
  void doubtThatCannotBeResolvedGoesToAPerson() {
    Fault fault = rig.fault(Manner.LOSES_IT);
    rig.cards.blind(fault.machine(), true);

    rig.until(rig.node(), fault.id(), ESCALATED);

    assertThat(rig.cards.journal()).hasSize(1);
    assertThat(rig.story(fault.id()).getLast()).contains("cannot be told");
  }

  @Test
  void stepsRunInOrderAndAFailedLaterStepIsUndone() {
    rig.add(rig.cards.action("test.undo", io.fettle.remediation.action.Action.Idempotence.STATE));
    rig.runbookFiles.put(
        "set-mode.yml",
        """
        name: set-mode
        label: {zh: 设定, en: Set}
        steps:
          - {action: test.set}
          - {action: test.kick, when: "placement.rack == 'R1'"}
          - {action: test.kick, when: "placement.rack == 'R2'"}
        undo:
          - {action: test.undo}
        """);
    rig.policyFiles.put(
        "nic-mode.yml",
        Rig.POLICY
            .replace("attempts: 2", "attempts: 1")
            .replace("  - {runbook: kick, attempts: 1, cooldown: 10s}\n", ""));
    Fault fault = rig.fault(Manner.PRETENDS, Manner.REFUSES, Manner.PRETENDS);

    rig.until(rig.node(), fault.id(), ESCALATED);

    assertThat(rig.cards.journal())
        .extracting(Cards.Execution::action)
        .containsExactly("test.set", "test.kick", "test.undo");
    assertThat(rig.story(fault.id()).getLast()).contains("Step failed for good");
  }

  @Test
  void noFreshReadingNoAction() {
    Fault fault = rig.fault(Manner.WORKS);
    rig.cards.silence(fault.machine(), true);
    Rig.Node node = rig.node();
    rig.until(node, fault.id(), HELD);

    assertThat(rig.now(fault.id()).heldFor()).isEqualTo("no_reading");
    assertThat(rig.cards.journal()).isEmpty();
    rig.cards.silence(fault.machine(), false);
    rig.until(node, fault.id(), RECOVERED);
  }
}
