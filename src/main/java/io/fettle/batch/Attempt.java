package io.fettle.batch;

import io.fettle.kernel.Label;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  private final BooleanSupplier allowed;
  private final AtomicBoolean left = new AtomicBoolean();

  /**
   * @param allowed asked right before something leaves
   */
  Attempt(BooleanSupplier allowed) {
    this.allowed = allowed;
  }

  /** Empty when something broke in Fettle itself, the database say, before anything was let out. */
  Optional<Doing.Came> run(Item item, Doing doing, Transcript transcript) {
    try {
      return Optional.of(doing.run(item, transcript, this::mayLeave));
    } catch (RuntimeException e) {
      LOG.warn("machine={} left={} broke: {}", item.name(), left, e.toString());
      return left.get() ? Optional.of(DOUBT) : Optional.empty();
    } catch (LinkageError | VirtualMachineError e) {
      LOG.error("machine={} left={} broke", item.name(), left, e);
      return Optional.of(left.get() ? DOUBT : BEFORE);
    }
  }

  private boolean mayLeave() {
    boolean may = allowed.getAsBoolean();
    if (may) left.set(true);
    return may;
  }
}
