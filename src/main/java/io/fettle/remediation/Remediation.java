package io.fettle.remediation;

import io.fettle.fault.FaultId;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Front door of remediation. */
public interface Remediation {
  List<PolicyView> policies();

  Optional<PolicyView> policy(String name);

  /**
   * Changes a policy's mode; audited.
   *
   * @param reason a person's words, required
   * @throws io.fettle.kernel.Problem when raising without a reason or the policy or mode is unknown
   */
  PolicyView setMode(String name, Mode mode, String reason, Actor actor);

  /**
   * Machines and faults the policy would touch if its mode were this, now; at most {@code limit}
   * shown, all counted.
   */
  WouldTouch wouldTouch(String name, Mode mode, int limit);

  /** The one switch that stops every new action. */
  Freeze freeze();

  void setFreeze(boolean on, String reason, Actor actor);

  /** Runs of a fault, oldest first. */
  List<RunView> runs(FaultId fault);

  /** Runs in flight, for home and the machine page. */
  List<RunView> active(int limit);

  RepairCounts counts();

  /** A person says it is fixed: verification starts (edge 35). */
  void saidFixed(FaultId fault, Actor actor);

  /**
   * What the policy in mode suggest would do about a fault that waits for a person; empty when it
   * suggests nothing now.
   */
  Optional<Suggestion> suggestion(FaultId fault);

  /**
   * A person lets the suggested runbook run (edge 32); audited. Freeze, breaker, budgets and leases
   * hold it back as they hold back an automatic run.
   *
   * @param plan {@link Suggestion#plan} of what the person saw
   * @throws io.fettle.kernel.Problem 409 when something else, or nothing, is suggested by now
   */
  void runSuggested(FaultId fault, String plan, Actor actor);

  /**
   * Why the last decision handed this fault to a person: {@code NO_POLICY, OVERLAP, SEVERITY,
   * LEMON, LADDER, REFUSED, SUGGESTED} (a person may let a runbook run) or {@code MODE} (the policy
   * only observes); empty when it did not.
   */
  Optional<String> handedOver(FaultId fault);

  /** Each step of a runbook in force that does this action. */
  List<StepUse> uses(String action);

  /**
   * A step of a runbook.
   *
   * @param policies that have the runbook on their ladder
   * @param params as the file has them
   */
  record StepUse(String runbook, List<String> policies, Map<String, Object> params) {
    public StepUse {
      policies = List.copyOf(policies);
      params = Map.copyOf(params);
    }
  }

  /** How far a policy acts. */
  enum Mode {
    OBSERVE,
    SUGGEST,
    AUTO
  }

  /** A policy as shown to people. */
  record PolicyView(
      String name,
      Label label,
      String faultClass,
      String where,
      Mode mode,
      @Nullable String reason,
      @Nullable String changedBy,
      @Nullable Instant changedAt,
      List<String> ladder,
      Map<String, BudgetUse> budgets,
      boolean breakerOpen,
      int openFaults) {}

  /** How much of a budget is used. */
  record BudgetUse(int used, int of) {}

  /**
   * What would be done if a person said so.
   *
   * @param steps the actions with their parameters, in order
   * @param plan digest of exactly this: the word is given on it
   */
  record Suggestion(
      String policy, String runbook, Label label, List<String> steps, Label why, String plan) {
    public Suggestion {
      steps = List.copyOf(steps);
    }
  }

  /** What a change of mode would set in motion. */
  record WouldTouch(int machines, List<String> assetNos) {}

  /** The global freeze. */
  record Freeze(
      boolean on, @Nullable String reason, @Nullable String by, @Nullable Instant since) {}

  /** Repairs ever: verified, failed, in doubt. */
  record RepairCounts(long done, long failed, long uncertain) {}

  /** A run as shown to people. */
  record RunView(
      long id,
      FaultId fault,
      String assetNo,
      String policy,
      String runbook,
      String state,
      Instant startedAt,
      @Nullable Instant endedAt,
      int stepsDone,
      int steps) {}
}
