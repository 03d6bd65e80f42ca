package io.fettle.batch;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Viewer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Starts saved jobs when their time has come. The turn, the job with its frozen list and the next
 * time are one transaction under the row's lock: whatever dies and however many nodes look, a time
 * is taken once or is still due.
 */
final class Turns {
  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);
  private static final Label LATE =
      new Label(
          "Fettle 当时没有运行，错过太久，没有补做", "Fettle was not there, and it was too late to make up for it");
  private static final Label BUSY = new Label("上一次还没有结束", "The one before had not ended");

  private final Desk desk;
  private final SavedDesk saved;
  private final SavedTable table;

  Turns(Desk desk, SavedDesk saved, SavedTable table) {
    this.desk = desk;
    this.saved = saved;
    this.table = table;
  }

  /** Takes all turns that are due now; one that breaks is still due and holds up no other. */
  void take() {
    Set<String> broken = new HashSet<>();
    while (taken(broken)) {}
  }

  private boolean taken(Set<String> broken) {
    AtomicReference<String> name = new AtomicReference<>("");
    try {
      return Boolean.TRUE.equals(desk.transactions().execute(t -> one(null, broken, name)));
    } catch (RuntimeException e) {
      if (name.get().isEmpty()) throw e;
      LOG.warn("saved job={} is tried again: {}", name, e.toString());
      return broken.add(name.get());
    }
  }

  /** Those that are due now are missed, for this reason. */
  void restored(Label why) {
    while (Boolean.TRUE.equals(
        desk.transactions().execute(t -> one(why, Set.of(), new AtomicReference<>(""))))) {}
  }

  private boolean one(@Nullable Label restored, Set<String> but, AtomicReference<String> name) {
    Instant now = desk.now();
    Saved due = table.due(now, but).orElse(null);
    if (due != null) name.set(due.name());
    if (due == null || due.next() == null || due.timetable() == null) return false;
    Timetable.Due turn = due.timetable().due(due.next(), now);
    boolean late =
        Duration.between(turn.latest(), now).compareTo(desk.settings().scheduleLate()) > 0;
    if (restored != null) missed(due, due.next(), turn.missed() + 1, restored, now);
    else if (late) missed(due, due.next(), turn.missed() + 1, LATE, now);
    else {
      if (turn.missed() > 0) missed(due, due.next(), turn.missed(), LATE, now);
      began(due, turn.latest(), now);
    }
    table.next(due.name(), turn.next().orElse(null));
    saved.changed(due.name());
    return true;
  }

  private void missed(Saved due, Instant first, int times, Label why, Instant now) {
    took(due, new Saved.Turn(first, Saved.Outcome.MISSED, times, null, why), now);
  }

  private void began(Saved due, Instant at, Instant now) {
    if (table.underWay(due.name())) {
      took(due, new Saved.Turn(at, Saved.Outcome.OVERLAPPED, 1, null, BUSY), now);
      return;
    }
    try {
      Viewer itself = Viewer.system("timetable " + due.name());
      Job job = saved.begin(due, Map.of(), null, null, itself);
      took(due, new Saved.Turn(at, Saved.Outcome.STARTED, 1, job.id(), null), now);
    } catch (DataAccessException | TransactionException e) {
      throw e;
    } catch (Problem refused) {
      took(due, refused(at, refused.title()), now);
    } catch (RuntimeException e) {
      LOG.warn("saved job={} could not start: {}", due.name(), e.toString(), e);
      String what = RemoteText.cut(e.toString(), 300);
      took(due, refused(at, new Label("没能开始：" + what, "It could not start: " + what)), now);
    }
  }

  private static Saved.Turn refused(Instant at, @Nullable Label why) {
    return new Saved.Turn(at, Saved.Outcome.REFUSED, 1, null, why);
  }

  private void took(Saved due, Saved.Turn turn, Instant now) {
    table.took(due.name(), turn, now);
    if (turn.outcome() == Saved.Outcome.STARTED) return;
    Label why = turn.why();
    saved.record(
        Actor.system("batch"),
        "saved-job." + turn.outcome().name().toLowerCase(java.util.Locale.ROOT),
        due.name(),
        why == null ? null : why.en(),
        Map.of("due", turn.due().toString(), "times", turn.times()));
  }
}
