package io.fettle.ticket;

import static io.fettle.fault.FaultState.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.fault.Edge;
import io.fettle.fault.Fault;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.remediation.Cards.Manner;
import io.fettle.remediation.Remediation;
import io.fettle.remediation.Rig;
import io.fettle.ticket.Tickets.State;
import io.fettle.ticket.Tickets.TicketEvent;
import io.fettle.ticket.Tickets.TicketView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TicketsTest {
  private static final Actor PERSON = new Actor(Actor.Kind.PERSON, "li");
  private static final Viewer ALL = Viewer.system("test");
  private final Rig rig = new Rig();
  private Rig.Node node = rig.node();
  private TicketTable table = new TicketTable(rig.jdbc);
  private TicketDesk tickets = desk();
  private TicketTick tick = new TicketTick(tickets, table, rig.faults.faults(), settings());

  @AfterEach
  void close() {
    rig.close();
  }

  private static TicketSettings settings() {
    return new TicketSettings(Duration.ofSeconds(2), 20, Duration.ofMinutes(10));
  }

  private TicketDesk desk() {
    return new TicketDesk(
        table,
        new Birth(rig.register, rig.faults.faults(), node.front, table, settings()),
        rig.faults.faults(),
        rig.register,
        node.front,
        (who, action, object, reason, details) -> rig.audits.add(action + " " + object),
        event -> {},
        rig.faults.transactions(),
        rig.clock);
  }

  private void observing() {
    rig.lab = false;
    node = rig.node();
    tickets = desk();
    tick = new TicketTick(tickets, table, rig.faults.faults(), settings());
  }

  private Fault escalated() {
    Fault fault = rig.fault(Manner.PRETENDS);
    rig.until(node, fault.id(), ESCALATED);
    return rig.now(fault.id());
  }

  private TicketView only() {
    return tickets.list(false, ALL, null, 10).items().getFirst();
  }

  @Test
  void anEscalatedFaultGetsOneTicketThatSaysEverything() {
    Fault fault = escalated();
    tick.sweep();
    tick.sweep();
    tick.on(new io.fettle.fault.FaultEscalated(fault.id()));

    assertThat(tickets.list(false, ALL, null, 10).items()).hasSize(1);
    TicketView ticket = only();
    assertThat(ticket.state()).isEqualTo(State.OPEN);
    assertThat(ticket.fault()).isEqualTo(fault.id().value());
    assertThat(ticket.snapshot()).containsKeys("machine", "place", "fault", "evidence", "tried");
    assertThat(ticket.snapshot().toString())
        .contains("R720")
        .contains("SH1 / 1 / R1 / U12")
        .contains("bmc.nic_mode")
        .contains("Not proven");
  }

  @Test
  void noTicketBeforeEscalation() {
    Fault fault = rig.fault(Manner.WORKS);
    rig.until(node, fault.id(), RECOVERED);
    tick.sweep();

    assertThat(tickets.list(false, ALL, null, 10).items()).isEmpty();
  }

  @Test
  void takenSaidFixedDisprovenThenProvenResolvedAndClosed() {
    Fault fault = escalated();
    tick.sweep();
    long id = only().id();

    tickets.take(id, PERSON);
    tickets.note(id, "换了网线", PERSON);
    tickets.saidFixed(id, PERSON);
    assertThat(only().state()).isEqualTo(State.VERIFYING);
    rig.until(node, fault.id(), ESCALATED);
    tick.sweep();
    assertThat(only().state()).isEqualTo(State.ASSIGNED);

    rig.cards.heal(fault.machine(), true);
    tickets.saidFixed(id, PERSON);
    rig.until(node, fault.id(), RECOVERED);
    tick.sweep();
    assertThat(only().state()).isEqualTo(State.RESOLVED);
    rig.faults.move(rig.now(fault.id()), Edge.E30, CLOSED, "stable");
    tick.sweep();

    assertThat(only().state()).isEqualTo(State.CLOSED);
    assertThat(only().assignee()).isEqualTo("li");
    assertThat(tickets.events(id, ALL))
        .extracting(TicketEvent::kind)
        .containsExactly(
            "born",
            "taken",
            "note",
            "said_fixed",
            "not_proven",
            "said_fixed",
            "resolved",
            "closed");
    assertThatThrownBy(() -> tickets.take(id, PERSON)).isInstanceOf(Problem.class);
    assertThat(rig.audits)
        .contains("ticket.taken ticket:" + id, "fault.said_fixed fault:" + fault.id() + " null");
  }

  @Test
  void aRelapseReopensTheSameTicket() {
    Fault fault = escalated();
    tick.sweep();
    rig.cards.heal(fault.machine(), true);
    rig.fold(fault.id());
    tick.sweep();
    assertThat(only().state()).isEqualTo(State.RESOLVED);

    rig.cards.heal(fault.machine(), false);
    rig.faults.move(rig.now(fault.id()), Edge.E31, CONFIRMED, "back");
    tick.sweep();

    assertThat(only().state()).isEqualTo(State.OPEN);
    assertThat(tickets.list(false, ALL, null, 10).items()).hasSize(1);
  }

  @Test
  void moreThanTwentyOfAClassInTenMinutesAreOneTicket() {
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      Fault fault = rig.fault("UNKNOWN-MAKE-" + i, "R" + i, Manner.WORKS);
      faults.add(fault);
    }
    node.sweep();
    tick.sweep();

    List<TicketView> top = tickets.list(true, ALL, null, 100).items();
    assertThat(top).hasSize(1);
    assertThat(top.getFirst().children()).isEqualTo(25);
    assertThat(top.getFirst().fault()).isNull();
    assertThat(tickets.open(ALL)).isOne();

    tickets.take(top.getFirst().id(), PERSON);
    for (Fault fault : faults) {
      rig.cards.heal(fault.machine(), true);
      rig.fold(fault.id());
    }
    tick.sweep();
    tick.sweep();
    assertThat(tickets.list(true, ALL, null, 100).items()).isEmpty();
    assertThat(rig.count("select count(*) from ticket.ticket where assignee = 'li'")).isEqualTo(26);
  }

  @Test
  void whatAPolicyOnlyObservesIsOneTicketPerRack() {
    observing();
    for (String rack : List.of("R1", "R1", "R1", "R2")) rig.fault(rack, Manner.WORKS);
    node.sweep();
    tick.sweep();

    assertThat(tickets.list(true, ALL, null, 100).items())
        .extracting(TicketView::children)
        .containsExactlyInAnyOrder(3, 1);
  }

  @Test
  void manyObservedAtOnceAreStillOneTicketPerRack() {
    observing();
    for (int i = 0; i < 60; i++) rig.fault("R" + i % 3, Manner.WORKS);
    node.sweep();
    tick.sweep();

    assertThat(tickets.list(true, ALL, null, 100).items())
        .extracting(TicketView::children)
        .containsExactly(20, 20, 20);
  }

  @Test
  void aSuggestedRepairStandsOnItsOwnTicketWithItsSteps() {
    observing();
    node.front.setMode("nic-mode", Remediation.Mode.SUGGEST, "a first step", PERSON);
    for (int i = 0; i < 2; i++) rig.fault("R1", Manner.WORKS);
    node.sweep();
    tick.sweep();

    List<TicketView> found = tickets.list(true, ALL, null, 10).items();
    assertThat(found).hasSize(2).allMatch(t -> t.fault() != null);
    assertThat(String.valueOf(found.getFirst().snapshot().get("suggested")))
        .contains("set-mode")
        .contains("test.set {mode=dedicated}");
  }

  @Test
  void aParentsFixedReachesEveryOpenChildHoweverMany() {
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < 520; i++) faults.add(rig.fault("UNKNOWN-MAKE-" + i, "R" + i, Manner.WORKS));
    for (int i = 0; i < 4; i++) node.sweep();
    for (int i = 0; i < 4; i++) tick.sweep();
    long parent = tickets.list(true, ALL, null, 10).items().getFirst().id();
    assertThat(tickets.find(parent, ALL).orElseThrow().children()).isEqualTo(520);

    tickets.take(parent, PERSON);
    assertThat(rig.count("select count(*) from ticket.ticket where assignee = 'li'"))
        .isEqualTo(521);
    tickets.saidFixed(parent, PERSON);
    assertThat(rig.count("select count(*) from ticket.ticket where state = 'VERIFYING'"))
        .isEqualTo(520);
    for (Fault fault : faults) assertThat(rig.state(fault.id())).isEqualTo(VERIFYING);
    assertThatThrownBy(() -> tickets.saidFixed(parent, PERSON)).isInstanceOf(Problem.class);
  }

  @Test
  void nextWeeksStormIsAnotherParent() {
    for (int i = 0; i < 25; i++) rig.fault("UNKNOWN-MAKE-A" + i, "R" + i, Manner.WORKS);
    node.sweep();
    tick.sweep();
    rig.clock.forward(Duration.ofDays(7));
    for (int i = 0; i < 30; i++) rig.fault("UNKNOWN-MAKE-B" + i, "R" + i, Manner.WORKS);
    node.sweep();
    tick.sweep();

    assertThat(tickets.list(true, ALL, null, 100).items())
        .extracting(TicketView::children)
        .containsExactly(30, 25);
  }

  @Test
  void anotherTeamsTicketIsNotThere() {
    escalated();
    tick.sweep();
    Viewer owner = new Viewer(PERSON, Set.of(Role.OWNER), Set.of("team-a"));
    Viewer stranger = new Viewer(PERSON, Set.of(Role.OWNER), Set.of("team-b"));

    assertThat(tickets.list(true, owner, null, 10).items()).hasSize(1);
    assertThat(tickets.open(owner)).isOne();
    assertThat(tickets.list(true, stranger, null, 10).items()).isEmpty();
    assertThat(tickets.open(stranger)).isZero();
    assertThat(tickets.find(only().id(), stranger)).isEmpty();
    assertThat(tickets.events(only().id(), stranger)).isEmpty();
  }
}
