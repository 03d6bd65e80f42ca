package io.fettle.fault;

import static io.fettle.fault.Edge.*;
import static io.fettle.fault.FaultState.*;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The graph of a fault as data: every move there is, with the edge's number, its guard and the kind
 * of its story entry. A null state is 'no fault'.
 */
final class FaultGraph {
  /** One move along an edge; some edges have several. */
  record Move(Edge edge, @Nullable FaultState from, @Nullable FaultState to) {}

  /** What an edge means: the kind of its story entry and the name of its guard. */
  record Meaning(String kind, String guard) {}

  static final List<Move> MOVES =
      Stream.of(
              moves(E1, null, SUSPECT),
              moves(E2, SUSPECT, (FaultState) null),
              moves(E3, SUSPECT, CONFIRMED),
              from(E4, STALE, SUSPECT, CONFIRMED, HELD),
              moves(E5, STALE, SUSPECT, CONFIRMED, HELD, ESCALATED),
              moves(E6, CONFIRMED, HELD),
              moves(E7, HELD, CONFIRMED),
              moves(E8, HELD, RECOVERED),
              moves(E9, HELD, ESCALATED),
              moves(E10, CONFIRMED, ESCALATED),
              moves(E11, CONFIRMED, RECOVERED),
              moves(E12, CONFIRMED, PLANNED),
              moves(E13, PLANNED, RECOVERED),
              moves(E14, PLANNED, HELD),
              moves(E15, PLANNED, AWAITING),
              moves(E16, AWAITING, PLANNED),
              moves(E17, AWAITING, ESCALATED),
              moves(E18, AWAITING, RECOVERED),
              moves(E19, PLANNED, RUNNING),
              moves(E20, RUNNING, RUNNING),
              moves(E21, RUNNING, VERIFYING),
              moves(E22, RUNNING, UNCERTAIN),
              moves(E23, UNCERTAIN, RUNNING),
              moves(E24, UNCERTAIN, VERIFYING),
              moves(E25, UNCERTAIN, ESCALATED),
              moves(E26, RUNNING, ESCALATED),
              moves(E27, VERIFYING, RECOVERED),
              moves(E28, VERIFYING, PLANNED),
              moves(E29, VERIFYING, ESCALATED),
              moves(E30, RECOVERED, CLOSED),
              moves(E31, RECOVERED, CONFIRMED),
              moves(E32, ESCALATED, PLANNED),
              moves(E33, ESCALATED, FIELD),
              moves(E34, FIELD, VERIFYING),
              moves(E35, ESCALATED, VERIFYING),
              from(E36, RECOVERED, ESCALATED, FIELD),
              from(
                  E37, CLOSED, SUSPECT, CONFIRMED, HELD, STALE, PLANNED, AWAITING, VERIFYING,
                  ESCALATED, FIELD, RECOVERED))
          .flatMap(List::stream)
          .toList();

  private static final Map<Edge, Meaning> MEANINGS = meanings();

  private FaultGraph() {}

  static boolean allows(Edge edge, @Nullable FaultState from, @Nullable FaultState to) {
    return MOVES.contains(new Move(edge, from, to));
  }

  static Meaning meaning(Edge edge) {
    return MEANINGS.getOrDefault(edge, new Meaning("note", ""));
  }

  private static List<Move> moves(
      Edge edge, @Nullable FaultState from, @Nullable FaultState... to) {
    return Arrays.stream(to).map(t -> new Move(edge, from, t)).toList();
  }

  private static List<Move> from(Edge edge, FaultState to, FaultState... from) {
    return Arrays.stream(from).map(f -> new Move(edge, f, to)).toList();
  }

  private static Map<Edge, Meaning> meanings() {
    Map<Edge, Meaning> all = new EnumMap<>(Edge.class);
    all.put(E1, new Meaning("observed", "first_bad"));
    all.put(E2, new Meaning("observed", "ok_before_confirmation"));
    all.put(E3, new Meaning("confirmed", "k_of_n_bad"));
    all.put(E4, new Meaning("stale", "no_observation"));
    all.put(E5, new Meaning("observed", "seen_again_or_deadline"));
    all.put(E6, new Meaning("held", "suppressed"));
    all.put(E7, new Meaning("released", "reason_gone_and_fresh_bad"));
    all.put(E8, new Meaning("recovered", "ok_rule"));
    all.put(E9, new Meaning("escalated", "hold_deadline"));
    all.put(E10, new Meaning("escalated", "no_automatic_repair"));
    all.put(E11, new Meaning("recovered", "ok_rule"));
    all.put(E12, new Meaning("decided", "policy_matched"));
    all.put(E13, new Meaning("recovered", "pre_flight_healthy"));
    all.put(E14, new Meaning("held", "permit_refused_or_lease_busy"));
    all.put(E15, new Meaning("decided", "approval_needed"));
    all.put(E16, new Meaning("decided", "approved"));
    all.put(E17, new Meaning("escalated", "rejected_or_timed_out"));
    all.put(E18, new Meaning("recovered", "ok_rule"));
    all.put(E19, new Meaning("running", "permit_lease_fence_committed"));
    all.put(E20, new Meaning("running", "next_step"));
    all.put(E21, new Meaning("verifying", "last_step_returned"));
    all.put(E22, new Meaning("uncertain", "effect_unknown"));
    all.put(E23, new Meaning("running", "effect_proven_absent"));
    all.put(E24, new Meaning("verifying", "effect_proven_present"));
    all.put(E25, new Meaning("escalated", "cannot_tell"));
    all.put(E26, new Meaning("escalated", "step_failed_or_stopped"));
    all.put(E27, new Meaning("verified", "verification_ok"));
    all.put(E28, new Meaning("decided", "verification_failed_next_rung"));
    all.put(E29, new Meaning("escalated", "ladder_used_up_or_no_verdict"));
    all.put(E30, new Meaning("closed", "stable"));
    all.put(E31, new Meaning("relapsed", "k_of_n_bad"));
    all.put(E32, new Meaning("decided", "person_chose_runbook"));
    all.put(E33, new Meaning("field", "work_order_opened"));
    all.put(E34, new Meaning("verifying", "vendor_reports_done"));
    all.put(E35, new Meaning("verifying", "person_says_fixed"));
    all.put(E36, new Meaning("recovered", "ok_rule"));
    all.put(E37, new Meaning("closed", "withdrawn"));
    return all;
  }
}
