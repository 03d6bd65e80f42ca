package io.fettle.batch;

/** Where a job stands. */
public enum JobState {
  /** A second person has to agree first; nothing was sent. */
  AWAITING,
  RUNNING,
  /** A person has to say whether it goes on: between two steps, or after too many failures. */
  PAUSED,
  /** Nothing more is begun; what was begun comes to its end. */
  STOPPING,
  ENDED;

  /** True for the moves that are allowed. */
  public boolean canBecome(JobState to) {
    return switch (this) {
      case AWAITING -> to == RUNNING || to == ENDED;
      case RUNNING -> to == PAUSED || to == STOPPING || to == ENDED;
      case PAUSED -> to == RUNNING || to == STOPPING;
      case STOPPING -> to == ENDED;
      case ENDED -> false;
    };
  }
}
