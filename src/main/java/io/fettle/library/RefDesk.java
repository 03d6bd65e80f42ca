package io.fettle.library;

import io.fettle.audit.Audit;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Changed;
import io.fettle.kernel.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The one place where a branch or tag moves. The record is written first and commits last: a move
 * that could not be written down does not happen, and one that happened while the database went
 * away is found by {@link #reconcile} and recorded then.
 */
@Component
class RefDesk {
  private final Store store;
  private final RefTable table;
  private final Audit audit;
  private final Clock clock;
  private final TransactionTemplate transactions;
  private final ApplicationEventPublisher events;
  private final ReentrantLock lock = new ReentrantLock();

  RefDesk(
      Store store,
      RefTable table,
      Audit audit,
      Clock clock,
      PlatformTransactionManager transactions,
      ApplicationEventPublisher events) {
    this.store = store;
    this.table = table;
    this.audit = audit;
    this.clock = clock;
    this.transactions = new TransactionTemplate(transactions);
    this.events = events;
  }

  /** By what a branch moved. */
  enum How {
    PUSH,
    MERGE,
    FOUND;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One branch or tag to another commit.
   *
   * @param from the zero id: it is created
   * @param to the zero id: it is deleted
   */
  record Move(
      String ref, ObjectId from, ObjectId to, Actor actor, How how, @Nullable String reason) {}

  /** A branch stood elsewhere than its mover believed: nothing was moved. */
  static final class Elsewhere extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Elsewhere(String ref) {
      super(ref);
    }
  }

  /** A name cannot be, since another one begins or goes on with it: nothing was moved. */
  static final class NamesClash extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String other;

    NamesClash(String ref, String other) {
      super(ref);
      this.other = other;
    }

    /** The other branch or tag. */
    String other() {
      return other;
    }
  }

  /**
   * Moves them, durably, all or (when one stands elsewhere) none.
   *
   * @throws Elsewhere when a branch does not stand where its move begins
   * @throws NamesClash when Git cannot have both names
   * @throws Problem 409 when main would go on without commits that are on the record of it
   */
  void move(List<Move> moves) {
    lock.lock();
    try {
      Map<String, ObjectId> now = refs();
      for (Move move : moves)
        if (!now.getOrDefault(move.ref(), ObjectId.zeroId()).equals(move.from()))
          throw new Elsewhere(move.ref());
      requireNames(moves, now);
      for (Move move : moves) requireRecorded(move);
      transactions.executeWithoutResult(status -> {
        moves.forEach(this::write);
        updateAll(moves);
      });
    } finally {
      lock.unlock();
    }
    moves.forEach(move -> events.publishEvent(new Changed("library", move.ref())));
  }

  /** As in a file system: what is a branch is no folder of branches. */
  private static void requireNames(List<Move> moves, Map<String, ObjectId> now) {
    TreeSet<String> names = new TreeSet<>(now.keySet());
    for (Move move : moves)
      if (zero(move.to())) names.remove(move.ref());
      else names.add(move.ref());
    for (Move move : moves) {
      if (!zero(move.from()) || zero(move.to())) continue;
      String ref = move.ref();
      String below = names.higher(ref + "/");
      if (below != null && below.startsWith(ref + "/")) throw new NamesClash(ref, below);
      for (int i = ref.lastIndexOf('/'); i > 0; i = ref.lastIndexOf('/', i - 1))
        if (names.contains(ref.substring(0, i))) throw new NamesClash(ref, ref.substring(0, i));
    }
  }

  /** A main that lost commits is not made to look right by the next merge; see {@link #lost}. */
  private void requireRecorded(Move move) {
    if (!move.ref().equals(Store.MAIN)) return;
    String recorded = table.recorded().get(Store.MAIN);
    if (recorded == null) return;
    ObjectId then = ObjectId.fromString(recorded);
    if (!damaged(new Move(Store.MAIN, then, move.to(), move.actor(), move.how(), null))) return;
    throw Problem.conflict(
        "main 缺少已记录的提交 " + recorded + "：请先从镜像或克隆把它推回来，再继续",
        "main lacks the commit "
            + recorded
            + " that is on its record: push it back from a mirror or a clone first");
  }

  /** All, or those that were moved go back. */
  private void updateAll(List<Move> moves) {
    List<Move> moved = new ArrayList<>();
    try {
      for (Move move : moves) {
        update(move);
        moved.add(move);
      }
    } catch (RuntimeException e) {
      for (Move each : moved.reversed())
        try {
          update(new Move(each.ref(), each.to(), each.from(), each.actor(), each.how(), null));
        } catch (RuntimeException again) {
          e.addSuppressed(again);
        }
      throw e;
    }
  }

  /** Every branch and tag with its commit, by name. */
  Map<String, ObjectId> refs() {
    try {
      Map<String, ObjectId> refs = new TreeMap<>();
      for (Ref ref : store.repository().getRefDatabase().getRefsByPrefix(Constants.R_REFS))
        if (ref.getObjectId() != null) refs.put(ref.getName(), ref.getObjectId());
      return refs;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Records what moved without Fettle, or in an outage. Answers true when something did.
   *
   * <p>A main that has lost the commit recorded of it is left alone: that is damage, see {@link
   * LibraryHealth}, and recording it would make it look right.
   */
  boolean reconcile() {
    lock.lock();
    try {
      Map<String, ObjectId> now = refs();
      Map<String, String> recorded = table.recorded();
      Map<String, Move> found = new TreeMap<>();
      now.forEach((ref, id) -> found.put(ref, found(ref, recorded.get(ref), id)));
      recorded.forEach((ref, id) -> found.putIfAbsent(ref, found(ref, id, ObjectId.zeroId())));
      found.values().removeIf(m -> m.from().equals(m.to()) || damaged(m));
      if (found.isEmpty()) return false;
      transactions.executeWithoutResult(status -> found.values().forEach(this::write));
      found.keySet().forEach(ref -> events.publishEvent(new Changed("library", ref)));
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The commit recorded of main that the repository no longer has in main's history. */
  Optional<String> lost() {
    String recorded = table.recorded().get(Store.MAIN);
    if (recorded == null) return Optional.empty();
    ObjectId now = refs().getOrDefault(Store.MAIN, ObjectId.zeroId());
    ObjectId then = ObjectId.fromString(recorded);
    return damaged(new Move(Store.MAIN, then, now, Actor.system("library"), How.FOUND, null))
        ? Optional.of(recorded)
        : Optional.empty();
  }

  private boolean damaged(Move move) {
    if (!move.ref().equals(Store.MAIN) || zero(move.from())) return false;
    return zero(move.to()) || !Ancestry.holds(store.repository(), move.to(), move.from());
  }

  private static Move found(String ref, @Nullable String recorded, ObjectId now) {
    ObjectId then = recorded == null ? ObjectId.zeroId() : ObjectId.fromString(recorded);
    return new Move(ref, then, now, Actor.system("library"), How.FOUND, null);
  }

  private void write(Move move) {
    String from = zero(move.from()) ? null : move.from().name();
    String to = zero(move.to()) ? null : move.to().name();
    table.moved(
        move.ref(), from, to, move.actor().toString(), move.how(), move.reason(), clock.instant());
    Map<String, String> details = new HashMap<>();
    details.put("how", move.how().word());
    if (from != null) details.put("from", from);
    if (to != null) details.put("to", to);
    String deed = to == null ? "deleted" : from == null ? "created" : "moved";
    audit.record(move.actor(), "library.ref_" + deed, move.ref(), move.reason(), details);
  }

  private void update(Move move) {
    Repository repository = store.repository();
    try {
      RefUpdate update = repository.updateRef(move.ref());
      update.setExpectedOldObjectId(move.from());
      update.setNewObjectId(move.to());
      update.setForceUpdate(true);
      update.setRefLogIdent(store.person(move.actor().name(), move.actor().toString()));
      update.setRefLogMessage(move.how().word(), false);
      RefUpdate.Result result = zero(move.to()) ? update.delete() : update.update();
      switch (result) {
        case NEW, FAST_FORWARD, FORCED, NO_CHANGE -> {}
        case LOCK_FAILURE -> throw new Elsewhere(move.ref());
        default -> throw new IOException(move.ref() + ": " + result);
      }
      Path git = repository.getDirectory().toPath();
      Disk.sync(Objects.requireNonNull(git.resolve(move.ref()).getParent()), git);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean zero(AnyObjectId id) {
    return id.equals(ObjectId.zeroId());
  }
}
