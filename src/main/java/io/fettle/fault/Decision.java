package io.fettle.fault;

import io.fettle.kernel.Verdict;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which edge a judgement makes a fault take. Pure: no clock, no SQL. */
record Decision(Edge edge, @Nullable FaultState to) {
  /**
   * @param state of the open fault; null when there is none
   * @param before where a STALE fault came from
   */
  static Optional<Decision> next(
      @Nullable FaultState state, @Nullable FaultState before, Judgement judged) {
    if (state == null)
      return take(judged.newest() == Verdict.BAD && judged.fresh(), Edge.E1, FaultState.SUSPECT);
    return switch (state) {
      case SUSPECT -> suspect(judged);
      case CONFIRMED -> take(judged.recovered(), Edge.E11, FaultState.RECOVERED);
      case HELD -> take(judged.recovered(), Edge.E8, FaultState.RECOVERED);
      case STALE -> take(judged.newest() != Verdict.UNKNOWN && judged.fresh(), Edge.E5, before);
      case AWAITING -> take(judged.recovered(), Edge.E18, FaultState.RECOVERED);
      case ESCALATED, FIELD -> take(judged.recovered(), Edge.E36, FaultState.RECOVERED);
      case RECOVERED -> take(judged.confirmed() && judged.fresh(), Edge.E31, FaultState.CONFIRMED);
      case PLANNED, RUNNING, VERIFYING, UNCERTAIN, CLOSED -> Optional.empty();
    };
  }

  /** True when it is worth looking again soon: the newest slot speaks against the state. */
  static boolean doubtful(FaultState state, Judgement judged) {
    return switch (state) {
      case SUSPECT -> true;
      case CONFIRMED, HELD, STALE, AWAITING, ESCALATED, FIELD ->
          judged.newest() == Verdict.OK && !judged.recovered();
      case RECOVERED -> judged.newest() == Verdict.BAD;
      case PLANNED, RUNNING, VERIFYING, UNCERTAIN, CLOSED -> false;
    };
  }

  private static Optional<Decision> suspect(Judgement judged) {
    if (judged.confirmed() && judged.fresh())
      return Optional.of(new Decision(Edge.E3, FaultState.CONFIRMED));
    return take(judged.newest() == Verdict.OK, Edge.E2, null);
  }

  private static Optional<Decision> take(boolean when, Edge edge, @Nullable FaultState to) {
    return when ? Optional.of(new Decision(edge, to)) : Optional.empty();
  }
}
