package io.fettle.batch;

import io.fettle.batch.ItemTable.End;
import io.fettle.batch.ItemTable.Key;
import io.fettle.kernel.Label;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Takes one job through its steps as long as this process holds it: what is written as SENDING is
 * sent, what is not is never sent.
 */
final class Driver {
  private static final Logger LOG = LoggerFactory.getLogger(Driver.class);
  private static final Duration AGAIN = Duration.ofSeconds(2);
  private static final Duration RAMP = Duration.ofMillis(150);

  /** So long an ended machine's place stays empty at most, until others are free as well. */
  private static final Duration TOGETHER = Duration.ofMillis(50);

  private static final int FIRST = 8;
  private static final Label CRASHED =
      new Label(
          "发出前后 Fettle 停了，不知道有没有执行；不会自动重发",
          "Fettle stopped while it was being sent: nobody knows whether it ran; it is never sent"
              + " again by itself");
  private static final Label STOPPED = new Label("作业已被停止", "The job was stopped");
  private static final Label OUT_OF_TIME = new Label("作业总时限已到", "The job's time was over");

  private final Desk desk;
  private final Recorder recorder;
  private final JobId id;
  private final Start start;
  private final Finish finish;
  private final Semaphore news = new Semaphore(0);

  /** Written as being sent here, until its end is stored. */
  private final Map<Integer, Item> sending = new ConcurrentHashMap<>();

  /** Those of them that are not over yet. */
  private final AtomicInteger atWork = new AtomicInteger();

  private final AtomicInteger failures = new AtomicInteger();
  private final long begun = System.nanoTime();
  private volatile boolean closed;
  private volatile boolean stopping;
  private volatile int wide = 1;
  private boolean unsure;

  Driver(Desk desk, Recorder recorder, JobId id) {
    this.desk = desk;
    this.recorder = recorder;
    this.id = id;
    this.start = new Start(desk, recorder);
    this.finish = new Finish(desk);
  }

  /** There may be something to do. */
  void look() {
    news.release();
  }

  /** Begins nothing more. */
  void close() {
    closed = true;
    news.release();
  }

  void drive() {
    recorder.alone(id, () -> desk.items().doubt(id, desk.node(), CRASHED, desk.now()));
    failures.set(desk.views().failures(id));
    while (!closed && more()) pause();
  }

  /**
   * What is being sent here must not lose its driver, whatever breaks: another one would not know
   * what is on its way.
   */
  private boolean more() {
    try {
      if (unsure) takeBack();
      unsure = false;
      return turn();
    } catch (DataAccessException | TransactionException e) {
      LOG.warn("job={} waits for the database: {}", id, e.toString());
    } catch (RuntimeException | LinkageError | VirtualMachineError e) {
      LOG.error("job={} goes on after what broke", id, e);
    }
    unsure = true;
    return true;
  }

  /** What was written as being sent while something broke, and was not: it is queued. */
  private void takeBack() {
    for (Item item : desk.items().sending(id, desk.node()))
      if (!sending.containsKey(item.no()))
        desk.transactions().executeWithoutResult(t -> unsent(item));
  }

  /** Back to the queue, and its machine is free. */
  private void unsent(Item item) {
    if (item.fence() != null) desk.leases().end(Map.of(item.machine(), item.fence()));
    desk.items().back(id, item, desk.node());
  }

  /** False when the job has ended, or is another's and nothing is at work here any more. */
  private boolean turn() {
    Optional<Job> found = desk.jobs().of(id, desk.node());
    if (found.isEmpty()) return !sending.isEmpty();
    Job job = found.get();
    return switch (job.state()) {
      case AWAITING -> false;
      case ENDED -> false;
      case PAUSED -> !sending.isEmpty();
      case STOPPING -> stop(job, JobState.STOPPING, STOPPED, "STOPPED");
      case RUNNING -> run(job);
    };
  }

  private boolean run(Job job) {
    Instant deadline = job.deadline();
    if (deadline != null && !desk.now().isBefore(deadline))
      return stop(job, JobState.RUNNING, OUT_OF_TIME, "OUT_OF_TIME");
    if (failed(job)) return true;
    if (job.goOnAt() != null && desk.now().isBefore(job.goOnAt())) return true;
    wide = Math.min(job.order().width(), ramp());
    int room = Math.min(wide - atWork.get(), 2 * wide - sending.size());
    if (room <= 0) return true;
    Start.Begun begun = start.begin(job, room, sending.values());
    begun.items().forEach(item -> send(job, item, begun.doing()));
    waits(job, begun.waits().orElse(null));
    if (start.waiting(job) || !sending.isEmpty()) return true;
    desk.crash().at(Crash.Point.BETWEEN_STEPS);
    // The last end may have come since the look above: a canary that failed is not passed.
    if (!job.order().lastStep(job.step()) && failed(job)) return true;
    return !finish.step(job, failures.get());
  }

  /** True when too many failed and more would be begun: it waits for a person now. */
  private boolean failed(Job job) {
    if (!job.order().tooMany(failures.get(), job.acceptedFailures(), job.step())) return false;
    if (job.order().lastStep(job.step()) && !desk.views().queued(id, job.step())) return false;
    finish.pause(job, "FAILURES", failures.get());
    return true;
  }

  /**
   * Machines at the same time just now: all handshakes at once would end at once, and the first
   * line would come with the last.
   */
  private int ramp() {
    long past = (System.nanoTime() - begun) / RAMP.toNanos();
    return past > 6 ? BatchSettings.MOST_WIDTH : FIRST << past;
  }

  private void waits(Job job, @Nullable Label why) {
    if (Objects.equals(job.waits(), why)) return;
    desk.jobs().waits(id, why);
    desk.changed(id);
  }

  private boolean stop(Job job, JobState from, Label why, String outcome) {
    stopping = true;
    recorder.alone(id, () -> desk.items().giveUp(id, null, Verdict.NOT_STARTED, why, desk.now()));
    return !sending.isEmpty() || !finish.end(job, from, outcome);
  }

  private void send(Job job, Item item, Doing doing) {
    Thread carrier =
        Thread.ofVirtual()
            .name("batch-" + id + "-" + item.no())
            .unstarted(() -> {
              try {
                carry(job, item, doing);
              } catch (RuntimeException | LinkageError | VirtualMachineError e) {
                LOG.error("job={} item={} is in doubt", id, item.no(), e);
                ends(item, Attempt.DOUBT, new Transcript(0));
              }
            });
    sending.put(item.no(), item);
    atWork.incrementAndGet();
    carrier.start();
  }

  private void carry(Job job, Item item, Doing doing) {
    var attempt = new Attempt(desk, id, item, () -> !stopping && !closed);
    Optional<Doing.Came> done;
    var transcript = new Transcript((int) desk.settings().output().toBytes());
    try {
      desk.crash().at(Crash.Point.BEFORE_SEND);
      recorder.speaks(new Key(id, item.no()), transcript);
      done = attempt.run(doing, transcript);
      if (done.filter(came -> came.verdict().failure()).isPresent()) failures.incrementAndGet();
    } finally {
      atWork.decrementAndGet();
      news.release();
    }
    if (done.isEmpty()) {
      requeue(item);
      return;
    }
    Doing.Came came = done.get();
    desk.crash().at(Crash.Point.AFTER_SEND);
    boolean held = came.verdict() == Verdict.NOT_STARTED;
    if (held && closed && !stopping) {
      recorder.back(id, item, () -> desk.transactions().executeWithoutResult(t -> unsent(item)));
      return;
    }
    ends(
        item,
        held && stopping ? new Doing.Came(came.verdict(), came.exit(), STOPPED) : came,
        transcript);
  }

  private void ends(Item item, Doing.Came came, Transcript transcript) {
    long fence = item.fence() == null ? 0 : item.fence();
    recorder.ends(
        new End(
            id,
            item.no(),
            item.machine(),
            fence,
            came.verdict(),
            came.exit(),
            came.why(),
            transcript.sum()),
        transcript,
        () -> {
          sending.remove(item.no(), item);
          news.release();
        });
  }

  /** Surely not let out: back to the queue for a little later, as soon as the database takes it. */
  private void requeue(Item item) {
    while (!closed) {
      try {
        recorder.back(id, item, () -> desk.transactions().executeWithoutResult(t -> back(item)));
        break;
      } catch (DataAccessException | TransactionException e) {
        LOG.info("job={} item={} waits for the database: {}", id, item.no(), e.toString());
        sleep(500);
      }
    }
    sending.remove(item.no(), item);
    news.release();
  }

  private void back(Item item) {
    unsent(item);
    desk.items().later(id, List.of(item), desk.now().plus(AGAIN));
  }

  private void sleep(long milliseconds) {
    try {
      TimeUnit.MILLISECONDS.sleep(milliseconds);
    } catch (InterruptedException e) {
      closed = true;
      Thread.currentThread().interrupt();
    }
  }

  private void pause() {
    try {
      boolean whole = ramp() == BatchSettings.MOST_WIDTH;
      if (!news.tryAcquire(whole ? 1_000 : RAMP.toMillis(), TimeUnit.MILLISECONDS)) return;
      long until = System.nanoTime() + TOGETHER.toNanos();
      while (atWork.get() > wide - Math.ceilDiv(wide, 8)
          && news.tryAcquire(until - System.nanoTime(), TimeUnit.NANOSECONDS)) {}
      news.drainPermits();
    } catch (InterruptedException e) {
      closed = true;
      Thread.currentThread().interrupt();
    }
  }
}
