package io.fettle.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class FaultBookTest {
  private static final Cause CAUSE =
      Cause.of(Actor.system("test"), new Label("试验", "a test"), Map.of("n", 1));
  private final FaultRig rig = new FaultRig();

  @Test
  void anEdgeMovesTheFaultAndWritesItsStory() {
    Fault fault = rig.confirmed("bmc.nic_mode");

    Fault planned =
        rig.book
            .advance(fault.id(), fault.version(), Edge.E12, FaultState.PLANNED, CAUSE)
            .orElseThrow();

    assertThat(planned.state()).isEqualTo(FaultState.PLANNED);
    assertThat(planned.version()).isEqualTo(fault.version() + 1);
    assertThat(planned.deadlineAt()).isAfter(rig.clock.instant());
    StoryEntry last = rig.book.story(fault.id()).getLast();
    assertThat(last.kind()).isEqualTo("decided");
    assertThat(last.details())
        .containsEntry("from", "CONFIRMED")
        .containsEntry("to", "PLANNED")
        .containsEntry("edge", 12)
        .containsEntry("n", 1);
  }

  @Test
  void ofManyAtOnceExactlyOneTakesTheEdge() throws Exception {
    Fault fault = rig.confirmed("bmc.nic_mode");
    List<Callable<Boolean>> tries = new ArrayList<>();
    for (int i = 0; i < 16; i++)
      tries.add(() ->
          rig.book
              .advance(fault.id(), fault.version(), Edge.E12, FaultState.PLANNED, CAUSE)
              .isPresent());

    int won = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> result : threads.invokeAll(tries)) if (result.get()) won++;
    }

    assertThat(won).isEqualTo(1);
    assertThat(rig.book.story(fault.id())).filteredOn(e -> e.kind().equals("decided")).hasSize(1);
  }

  @Test
  void anEdgeTheGraphDoesNotHaveIsABrokenPromise() {
    Fault fault = rig.confirmed("bmc.nic_mode");

    assertThatThrownBy(() ->
            rig.book.advance(fault.id(), fault.version(), Edge.E19, FaultState.RUNNING, CAUSE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("E19")
        .hasMessageContaining("CONFIRMED");
    assertThat(rig.book.find(fault.id())).contains(fault);
  }

  @Test
  void whatTheCallerRollsBackNeverHappened() {
    Fault fault = rig.confirmed("bmc.nic_mode");

    rig.transactions.executeWithoutResult(status -> {
      rig.book.advance(fault.id(), fault.version(), Edge.E12, FaultState.PLANNED, CAUSE);
      status.setRollbackOnly();
    });

    assertThat(rig.book.find(fault.id())).contains(fault);
    assertThat(rig.standing.of(Standing.BindingKey.of(fault)).orElseThrow().state())
        .isEqualTo(FaultState.CONFIRMED);
  }

  @Test
  void theListIsReadPageByPageAndCutToTheViewer() {
    List<FaultId> mine = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      rig.clock.forward(Duration.ofSeconds(1));
      mine.addFirst(rig.confirmed("bmc.nic_mode", "A" + i, "team-a").id());
      rig.confirmed("bmc.nic_mode", "B" + i, "team-b");
    }
    Viewer owner =
        new Viewer(new Actor(Actor.Kind.PERSON, "zhang"), Set.of(Role.OWNER), Set.of("team-a"));

    Page<Fault> first = rig.book.list(any(), owner, null, 4);
    Page<Fault> second = rig.book.list(any(), owner, first.next(), 4);

    List<FaultId> seen = new ArrayList<>(first.items().stream().map(Fault::id).toList());
    seen.addAll(second.items().stream().map(Fault::id).toList());
    assertThat(seen).isEqualTo(mine);
    assertThat(second.next()).isNull();
    assertThat(rig.book.counts(owner)).containsExactly(Map.entry(FaultState.CONFIRMED, 7));
    assertThat(rig.book.counts(Viewer.system("test")))
        .containsExactly(Map.entry(FaultState.CONFIRMED, 14));
    Viewer nobody = new Viewer(new Actor(Actor.Kind.PERSON, "li"), Set.of(Role.OWNER), Set.of());
    assertThat(rig.book.list(any(), nobody, null, 10).items()).isEmpty();
    assertThat(rig.book.counts(nobody)).isEmpty();
  }

  @Test
  void aForeignCursorIsRefusedInWords() {
    assertThatThrownBy(() -> rig.book.list(any(), Viewer.system("test"), "x'; drop", 10))
        .isInstanceOf(Problem.class);
  }

  @Test
  void hostileTextIsStoredAndComesBackHarmless() {
    Fault fault = rig.confirmed("bmc.nic_mode");

    rig.book.tell(
        fault.id(),
        new StoryEntry(
            rig.clock.instant(),
            "note",
            Label.same("<script>\0\uD800"),
            Map.of("out", "x".repeat(10_000_000), "nul", "a\0b", "half", "\uDFFF")));

    StoryEntry last = rig.book.story(fault.id()).getLast();
    assertThat(last.title().en()).isEqualTo("<script>\uFFFD");
    assertThat(last.details().get("nul")).isEqualTo("ab");
    assertThat(last.details().get("half")).isEqualTo("\uFFFD");
    assertThat(String.valueOf(last.details().get("out")).length()).isBetween(8_000, 10_000);
  }

  @Test
  void noOpenFaultCanBeWithoutADeadline() {
    Fault fault = rig.confirmed("bmc.nic_mode");

    assertThatThrownBy(() ->
            rig.db
                .sql("update fault.fault set deadline_at = null where id = :id")
                .param("id", fault.id().value())
                .update())
        .hasMessageContaining("open_has_deadline");
  }

  @Test
  void hintsComeAfterCommit() throws Exception {
    Fault fault = rig.confirmed("bmc.nic_mode");
    rig.published.clear();

    rig.book.advance(
        fault.id(),
        fault.version(),
        Edge.E10,
        FaultState.ESCALATED,
        Cause.of(Actor.system("test"), Label.same(UUID.randomUUID().toString()), Map.of()));

    rig.awaitPublished(new FaultEscalated(fault.id()));
  }

  private static FaultFilter any() {
    return new FaultFilter(Set.of(), null, null);
  }
}
