package io.fettle.batch;

import io.fettle.batch.HeardTable.Piece;
import io.fettle.batch.ItemTable.End;
import io.fettle.batch.ItemTable.Key;
import io.fettle.kernel.AssetId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.TransactionException;

/**
 * Writes what was heard: one thread, so that pieces have rising ids in the order in which they are
 * committed, and one transaction for all that has come since the last. An end and its output are
 * one; it is tried until the database takes it, for an end that is lost is a doubt.
 */
final class Recorder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);
  private static final int MOST_ENDS = 400;
  private static final long MOST_CHARACTERS = 8_000_000;
  private static final Duration LINES = Duration.ofMillis(150);

  /** Ends that come close to each other are one transaction, not one each; the last waits not. */
  private static final Duration GATHERED = Duration.ofMillis(40);

  private static final Duration HINTS = Duration.ofMillis(500);
  private static final long AGAIN = 250;

  private record Ended(End end, List<Transcript.Part> rest, Runnable stored) {}

  private final Desk desk;
  private final LinkedBlockingQueue<Ended> queue = new LinkedBlockingQueue<>();

  /** Of the queue, not known to be stored yet; the recorder's thread alone has it. */
  private final List<Ended> taken = new ArrayList<>();

  private final Map<Key, Transcript> speaking = new ConcurrentHashMap<>();
  private final Map<JobId, Long> hinted = new HashMap<>();
  private final Set<JobId> changed = new HashSet<>();

  /** Held by whoever writes to the feed until it is committed. */
  private final ReentrantLock feed = new ReentrantLock();

  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean dead;
  private long lastLines = System.nanoTime();

  Recorder(Desk desk) {
    this.desk = desk;
    thread = Thread.ofVirtual().name("batch-recorder").start(this::loop);
  }

  /** From now on the machine's lines are stored as they come. */
  void speaks(Key key, Transcript transcript) {
    speaking.put(key, transcript);
  }

  /** Stores an end with the rest of its output, then tells. */
  void ends(End end, Transcript transcript, Runnable stored) {
    speaking.remove(new Key(end.job(), end.no()));
    queue.add(new Ended(end, transcript.rest(), stored));
  }

  /** Ends of items that were never sent, written by the caller's own statement. */
  void alone(JobId job, Supplier<List<Integer>> write) {
    feed.lock();
    try {
      Integer ended =
          desk.transactions()
              .execute(t -> {
                List<Integer> numbers = write.get();
                desk.feed().add(numbers.stream().map(no -> Piece.end(job, no)).toList());
                return numbers.size();
              });
      if (ended == null || ended == 0) return;
    } finally {
      feed.unlock();
    }
    desk.changed(job);
  }

  /** It was not let out and goes back to the queue; nothing is heard of it. */
  void back(JobId job, Item item, Runnable write) {
    speaking.remove(new Key(job, item.no()));
    write.run();
  }

  private void loop() {
    try {
      while (!dead && !(closed && queue.isEmpty() && taken.isEmpty() && speaking.isEmpty())) turn();
    } catch (InterruptedException e) {
      LOG.info("batch recorder ends");
    }
  }

  /** Whatever breaks: what was taken stays taken until it is stored, twice does no harm. */
  private void turn() throws InterruptedException {
    try {
      if (taken.isEmpty()) gather(taken);
      write(taken);
      taken.clear();
    } catch (RuntimeException | LinkageError | VirtualMachineError e) {
      LOG.error("batch recorder goes on after what broke", e);
      TimeUnit.MILLISECONDS.sleep(AGAIN);
    }
  }

  private void gather(List<Ended> ends) throws InterruptedException {
    Ended first = queue.poll(LINES.toMillis(), TimeUnit.MILLISECONDS);
    long characters = 0;
    long until = System.nanoTime() + GATHERED.toNanos();
    while (first != null) {
      ends.add(first);
      for (Transcript.Part part : first.rest()) characters += part.text().length();
      if (ends.size() >= MOST_ENDS || characters >= MOST_CHARACTERS) break;
      if (speaking.isEmpty() && queue.isEmpty()) break;
      first = queue.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
  }

  private void write(List<Ended> ends) throws InterruptedException {
    List<Piece> lines = lines();
    if (!ends.isEmpty() || !lines.isEmpty()) {
      store(lines, ends);
      ends.forEach(e -> e.stored().run());
      Set<JobId> heard = new HashSet<>();
      ends.forEach(e -> heard.add(e.end().job()));
      lines.forEach(p -> heard.add(p.job()));
      heard.forEach(desk.bell()::heard);
      changed.addAll(heard);
    }
    hint();
  }

  private List<Piece> lines() {
    long now = System.nanoTime();
    if (now - lastLines < LINES.toNanos()) return List.of();
    lastLines = now;
    List<Piece> pieces = new ArrayList<>();
    long characters = 0;
    for (Map.Entry<Key, Transcript> one : speaking.entrySet()) {
      if (characters >= MOST_CHARACTERS) break;
      for (Transcript.Part part : one.getValue().lines()) {
        pieces.add(piece(one.getKey().job(), one.getKey().no(), part));
        characters += part.text().length();
      }
    }
    return pieces;
  }

  private static Piece piece(JobId job, int no, Transcript.Part part) {
    return new Piece(job, no, part.error() ? "ERR" : "OUT", part.text());
  }

  /** As much of it as the database takes: all, or the verdicts, or that they are not known. */
  private void store(List<Piece> lines, List<Ended> ends) throws InterruptedException {
    int given = 0;
    feed.lock();
    try {
      while (!dead) {
        int less = given;
        try {
          desk.transactions()
              .executeWithoutResult(t -> {
                if (less == 0) inside(lines, ends);
                else bare(less == 1 ? ends : ends.stream().map(Recorder::inDoubt).toList());
              });
          desk.crash().at(Crash.Point.AFTER_END);
          return;
        } catch (DataIntegrityViolationException e) {
          LOG.error("batch output was not taken, ends={}: {}", ends.size(), e.toString());
          if (given++ >= 2) TimeUnit.MILLISECONDS.sleep(AGAIN);
        } catch (DataAccessException | TransactionException e) {
          LOG.warn("batch ends wait for the database, ends={}: {}", ends.size(), e.toString());
          TimeUnit.MILLISECONDS.sleep(AGAIN);
        }
      }
    } finally {
      feed.unlock();
    }
  }

  private static Ended inDoubt(Ended one) {
    End end = one.end();
    Doing.Came doubt = Attempt.DOUBT;
    return new Ended(
        new End(
            end.job(),
            end.no(),
            end.machine(),
            end.fence(),
            doubt.verdict(),
            null,
            doubt.why(),
            Transcript.Sum.NOTHING),
        List.of(),
        one.stored());
  }

  private void inside(List<Piece> lines, List<Ended> ends) {
    List<Piece> pieces = new ArrayList<>(lines);
    Set<Key> mine = end(ends);
    for (Ended ended : ends) {
      End end = ended.end();
      if (!mine.contains(new Key(end.job(), end.no()))) continue;
      for (Transcript.Part part : ended.rest()) pieces.add(piece(end.job(), end.no(), part));
      pieces.add(Piece.end(end.job(), end.no()));
    }
    desk.feed().add(pieces);
    desk.crash().at(Crash.Point.INSIDE_END);
  }

  /** The verdicts at least, where the output is something that the database does not hold. */
  private void bare(List<Ended> ends) {
    desk.feed().add(end(ends).stream().map(key -> Piece.end(key.job(), key.no())).toList());
  }

  private Set<Key> end(List<Ended> ends) {
    if (ends.isEmpty()) return Set.of();
    Map<AssetId, Long> fences = new HashMap<>();
    for (Ended ended : ends) fences.put(ended.end().machine(), ended.end().fence());
    Set<Key> mine =
        desk.items().end(ends.stream().map(Ended::end).toList(), desk.node(), desk.now());
    desk.leases().end(fences);
    return mine;
  }

  /** Open pages are told, each job's at most every half second. */
  private void hint() {
    long now = System.nanoTime();
    changed.removeIf(job -> {
      Long last = hinted.get(job);
      if (last != null && now - last < HINTS.toNanos()) return false;
      hinted.put(job, now);
      desk.told(job);
      return true;
    });
    if (hinted.size() > 1_000) hinted.clear();
  }

  /** Ends as a killed process does; only tests do so. */
  void die() {
    dead = true;
    thread.interrupt();
  }

  /** Writes what is there and ends; what is still speaking then is left to the next start. */
  @Override
  public void close() {
    closed = true;
    try {
      if (!thread.join(Duration.ofSeconds(8))) die();
    } catch (InterruptedException e) {
      die();
      Thread.currentThread().interrupt();
    }
  }
}
