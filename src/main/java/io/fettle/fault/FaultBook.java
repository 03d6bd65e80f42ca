package io.fettle.fault;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Page;
import io.fettle.kernel.Viewer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** The fault room's front door on PostgreSQL: one place where a fault takes an edge. */
@Component
class FaultBook implements Faults {
  private static final Logger LOG = LoggerFactory.getLogger(FaultBook.class);

  private final FaultTable faults;
  private final EdgeTable edges;
  private final FaultListTable lists;
  private final StoryTable stories;
  private final Suppression suppression;
  private final Standing standing;
  private final Hints hints;
  private final Deadlines deadlines;
  private final ObjectProvider<FaultChapter> chapters;
  private final TransactionOperations transactions;
  private final Clock clock;

  FaultBook(
      FaultTable faults,
      EdgeTable edges,
      FaultListTable lists,
      StoryTable stories,
      Suppression suppression,
      Standing standing,
      Hints hints,
      FaultSettings settings,
      ObjectProvider<FaultChapter> chapters,
      TransactionOperations transactions,
      Clock clock) {
    this.faults = faults;
    this.edges = edges;
    this.lists = lists;
    this.stories = stories;
    this.suppression = suppression;
    this.standing = standing;
    this.hints = hints;
    this.deadlines = new Deadlines(settings);
    this.chapters = chapters;
    this.transactions = transactions;
    this.clock = clock;
  }

  @Override
  public Optional<Fault> find(FaultId id) {
    return faults.find(id);
  }

  @Override
  public Page<Fault> list(
      FaultFilter filter, Viewer viewer, FaultSorting sorting, @Nullable String cursor, int limit) {
    if (FaultList.seesNothing(viewer)) return new Page<>(List.of(), null);
    int size = FaultList.bounded(limit);
    FaultList after = FaultList.cursor(cursor, sorting);
    return FaultList.page(lists.list(filter, viewer, sorting, after, size), sorting, size);
  }

  @Override
  public Map<FaultId, FaultState> states(Collection<FaultId> ids) {
    return faults.states(ids);
  }

  @Override
  public List<Fault> inState(FaultState state, @Nullable Fault after, int limit) {
    return faults.inState(state, after, limit);
  }

  @Override
  public Map<AssetId, Integer> machines(String faultClass, Set<FaultState> states, int most) {
    return lists.machines(faultClass, states, most);
  }

  @Override
  public Map<FaultState, Integer> counts(Viewer viewer) {
    return faults.counts(viewer.seesAll() ? null : viewer.teams());
  }

  @Override
  public Optional<Fault> advance(FaultId id, long version, Edge edge, FaultState to, Cause cause) {
    return inTransaction(() -> step(id, version, edge, to, cause));
  }

  @Override
  public void tell(FaultId id, StoryEntry entry) {
    inTransaction(() -> {
      stories.add(List.of(new StoryTable.Told(id, entry)));
      return true;
    });
  }

  @Override
  public List<StoryEntry> story(FaultId id) {
    List<StoryEntry> all = new ArrayList<>(stories.of(id));
    faults.find(id).ifPresent(fault -> chapters.forEach(chapter -> all.addAll(of(chapter, fault))));
    all.sort(Comparator.comparing(StoryEntry::at));
    return all;
  }

  @Override
  public boolean storm(Fault fault) {
    return suppression.storm(fault).isPresent();
  }

  @Override
  public Optional<String> suppressedFor(Fault fault) {
    return suppression.of(fault);
  }

  @Override
  public List<Fault> earlier(Fault fault, Duration within) {
    return faults.earlier(fault, clock.instant().minus(within));
  }

  private Optional<Fault> step(FaultId id, long version, Edge edge, FaultState to, Cause cause) {
    return faults
        .find(id)
        .filter(fault -> fault.version() == version)
        .map(fault -> take(List.of(Step.of(fault, edge, to, cause))).get(id));
  }

  /**
   * Takes edges of different faults together, as {@link #advance} takes one; those that somebody
   * was faster with are missing from the answer.
   */
  Map<FaultId, Fault> take(List<Step> steps) {
    if (steps.isEmpty()) return Map.of();
    return inTransaction(() -> {
      Instant now = clock.instant();
      List<Instant> ends =
          steps.stream()
              .map(s ->
                  Objects.requireNonNullElse(s.cause().deadlineAt(), deadlines.of(s.to(), now)))
              .toList();
      Map<FaultId, Fault> after = new LinkedHashMap<>();
      edges.take(steps, ends, now).forEach(fault -> after.put(fault.id(), fault));
      record(steps, after, now);
      return after;
    });
  }

  private void record(List<Step> steps, Map<FaultId, Fault> after, Instant now) {
    List<StoryTable.Told> told = new ArrayList<>();
    for (Step step : steps) {
      Fault fault = after.get(step.from().id());
      if (fault != null && fault.version() == step.from().version() + 1)
        told.add(new StoryTable.Told(fault.id(), entry(step, fault, now)));
    }
    stories.add(told);
    for (Fault fault : after.values()) {
      Hints.afterCommit(() -> standing.put(fault));
      hints.moved(fault);
    }
  }

  private static StoryEntry entry(Step step, Fault after, Instant now) {
    Cause cause = step.cause();
    Map<String, Object> details = new LinkedHashMap<>(cause.details());
    details.put("edge", Integer.parseInt(step.edge().name().substring(1)));
    details.put("from", step.from().state().name());
    details.put("to", after.state().name());
    details.put("actor", cause.actor().toString());
    if (after.heldFor() != null) details.put("held_for", after.heldFor());
    if (after.state() == FaultState.RECOVERED && after.fixedBy() != null)
      details.put("fixed_by", after.fixedBy());
    return new StoryEntry(now, FaultGraph.meaning(step.edge()).kind(), cause.why(), details);
  }

  private static List<StoryEntry> of(FaultChapter chapter, Fault fault) {
    try {
      return chapter.of(fault);
    } catch (RuntimeException e) {
      LOG.warn("chapter={} failed for fault={}", chapter.getClass().getName(), fault.id(), e);
      return List.of();
    }
  }

  private <T> T inTransaction(java.util.function.Supplier<T> work) {
    return Objects.requireNonNull(transactions.execute(status -> work.get()));
  }
}
