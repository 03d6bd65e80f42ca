package io.fettle.batch;

import io.fettle.kernel.Label;
import io.fettle.remediation.action.BulkLeases.Budget;
import java.time.Duration;
import java.util.Collection;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What a job does to one machine, over one way. Never throws for what a machine does. */
interface Doing {
  /** Upper bound of what is at work once it has been let out. */
  Duration timeLimit();

  /** The budget that each machine counts in meanwhile. */
  Budget budget();

  /** The same for machines that are all next: what leads to them is read at once. */
  default Doing near(Collection<Item> items) {
    return this;
  }

  /**
   * Does it.
   *
   * @param mayLeave asked right before anything that changes something leaves
   * @throws Crowded when no place was free for it: nothing was let out
   */
  Came run(Item item, Transcript transcript, BooleanSupplier mayLeave);

  /** Its turn comes a little later. */
  final class Crowded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Crowded(String why) {
      super(why, null, false, false);
    }
  }

  /** What came of it. */
  record Came(Verdict verdict, @Nullable Integer exit, @Nullable Label why) {}
}
