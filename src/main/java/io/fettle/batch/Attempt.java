package io.fettle.batch;

import io.fettle.kernel.Label;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/** One machine being done once: knows whether anything was let out, whatever breaks after that. */
final class Attempt {
  private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

  /** How one ends of which nobody knows more. */
  static final Doing.Came DOUBT =
      new Doing.Came(
          Verdict.UNKNOWN,
          null,
          new Label(
              "命令已发出，之后 Fettle 自己出了错，不知道结果；不会自动重发",
              "The command was let out, then something broke in Fettle itself: nobody knows how it"
                  + " ended; it is never sent again by itself"));

  private static final Doing.Came BEFORE =
      new Doing.Came(
          Verdict.NOT_STARTED,
          null,
          new Label(
              "Fettle 自己出了错，命令没有发出；原因在日志里",
              "Something broke in Fettle itself before it was let out; its log says what"));

  private final Desk desk;
  private final JobId job;
  private final Item item;
  private final BooleanSupplier open;
  private final long begun = System.nanoTime();
  private final AtomicBoolean left = new AtomicBoolean();

  /**
   * @param open asked right before something leaves: false once nothing shall any more
   */
  Attempt(Desk desk, JobId job, Item item, BooleanSupplier open) {
    this.desk = desk;
    this.job = job;
    this.item = item;
    this.open = open;
  }

  /** Empty when something broke in Fettle itself, the database say, before anything was let out. */
  Optional<Doing.Came> run(Doing doing, Transcript transcript) {
    try {
      return Optional.of(doing.run(item, transcript, () -> mayLeave(doing.timeLimit())));
    } catch (Doing.Crowded e) {
      LOG.debug("machine={} waits: {}", item.name(), e.getMessage());
      return Optional.empty();
    } catch (RuntimeException e) {
      LOG.warn("machine={} left={} broke: {}", item.name(), left, e.toString());
      return left.get() ? Optional.of(DOUBT) : Optional.empty();
    } catch (LinkageError | VirtualMachineError e) {
      LOG.error("machine={} left={} broke", item.name(), left, e);
      return Optional.of(left.get() ? DOUBT : BEFORE);
    }
  }

  /**
   * The first to leave has the lease's time. What follows it, a file's renaming after its transfer
   * say, belongs to what is at work then and has the whole time limit, as long as the machine is
   * still this process's.
   */
  private boolean mayLeave(Duration limit) {
    Duration lease = desk.settings().lease();
    long past = System.nanoTime() - begun;
    boolean may =
        open.getAsBoolean()
            && (past < lease.toNanos()
                || left.get() && past < lease.plus(limit).toNanos() && isMine());
    if (may) left.set(true);
    return may;
  }

  /** Nobody has taken the job over; also false when the database does not say. */
  private boolean isMine() {
    try {
      return desk.items().isSending(job, item, desk.node());
    } catch (DataAccessException e) {
      LOG.warn("machine={} nothing more leaves: {}", item.name(), e.toString());
      return false;
    }
  }
}
