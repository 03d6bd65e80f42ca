package io.fettle.batch;

import java.time.Duration;
import java.util.List;

/**
 * How a job goes through its machines.
 *
 * @param steps sizes up to which each step goes, rising; the last is all
 * @param width machines at the same time
 * @param perRack machines at the same time in one rack; 0: no such limit
 * @param perService machines at the same time of one service; 0: no such limit
 * @param ask true when a person has to say so before each further step
 * @param pause between two steps
 * @param limit for the command on one machine
 * @param total for the job; what is not begun by then is not begun
 * @param stopShare more failures than this share of the machines up to the present step, and the
 *     job waits for a person
 */
public record Order(
    List<Integer> steps,
    int width,
    int perRack,
    int perService,
    boolean ask,
    Duration pause,
    Duration limit,
    Duration total,
    double stopShare) {
  public Order {
    steps = List.copyOf(steps);
  }

  /** Machines up to the end of this step. */
  int upTo(int step) {
    return steps.get(Math.min(step, steps.size() - 1));
  }

  boolean lastStep(int step) {
    return step >= steps.size() - 1;
  }

  /** The step in which the machine with this number, from 0, has its turn. */
  int stepOf(int no) {
    for (int step = 0; step < steps.size(); step++) if (no < steps.get(step)) return step;
    return steps.size() - 1;
  }

  /** True when so many failures, beyond those a person has accepted, are too many. */
  boolean tooMany(int failures, int accepted, int step) {
    int fresh = failures - accepted;
    return fresh > 0 && fresh > stopShare * upTo(step);
  }
}
