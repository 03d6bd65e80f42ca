package io.fettle.remediation;

import io.fettle.cmdb.MachineDoc;
import io.fettle.fault.FaultId;
import io.fettle.kernel.Label;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Leave to act: every scope that a run falls under, its limits and how much of them is used. */
final class Permits {
  private final PermitTable table;
  private final JobPermitTable jobs;
  private final RemediationSettings settings;

  Permits(PermitTable table, JobPermitTable jobs, RemediationSettings settings) {
    this.table = table;
    this.jobs = jobs;
    this.settings = settings;
  }

  /** A limit over one scope. */
  record Limit(String scope, String name, int concurrent, Optional<Policy.Rate> per) {}

  /** How much of a limit is used. */
  record Use(String scope, String name, String kind, int used, int of) {
    boolean full() {
      return used >= of;
    }

    /** What the limit is over, and how it counts. */
    Label words() {
      String over =
          switch (name) {
            case "policy" -> "本策略";
            case "rack" -> "同机柜";
            case "all repairs" -> "全部修复";
            default -> "全部";
          };
      String how = kind.startsWith("per ") ? "每 " + kind.substring(4) : "同时";
      return new Label(over + how, name + " " + kind);
    }

    Map<String, Object> facts() {
      return Map.of("scope", name, "kind", kind, "used", used, "of", of, "ok", !full());
    }
  }

  /**
   * All limits that a run of this policy on this machine falls under. A machine whose rack is not
   * known counts in one rack of all such machines: ignorance narrows, it does not widen.
   */
  List<Limit> limits(Policy policy, MachineDoc machine) {
    Map<String, Limit> limits = new LinkedHashMap<>();
    var rate = new Policy.Rate(settings.globalCount(), settings.globalWindow());
    limits.put(
        "global", new Limit("global", "global", settings.globalConcurrent(), Optional.of(rate)));
    for (Policy.Budget budget : policy.budgets()) {
      switch (budget.scope()) {
        case POLICY -> put(limits, "policy:" + policy.name(), "policy", budget);
        case RACK -> put(limits, "rack:" + rack(machine), "rack", budget);
        case GLOBAL ->
            limits.put(
                "narrowed", new Limit("global", "all repairs", budget.concurrent(), budget.per()));
      }
    }
    return List.copyOf(limits.values());
  }

  private static void put(
      Map<String, Limit> limits, String scope, String name, Policy.Budget budget) {
    limits.put(scope, new Limit(scope, name, budget.concurrent(), budget.per()));
  }

  static String rack(MachineDoc machine) {
    return Stream.of("site", "room", "rack")
        .map(part -> machine.text("placement." + part).orElse("?"))
        .collect(Collectors.joining("/"));
  }

  /** How much is used now, by others than this fault; takes no lock and promises nothing. */
  List<Use> uses(List<Limit> limits, FaultId fault, Instant now) {
    List<Use> uses = new ArrayList<>();
    for (Limit limit : limits) {
      int held = table.held(limit.scope(), fault) + byJobs(limit, now);
      uses.add(new Use(limit.scope(), limit.name(), "concurrent", held, limit.concurrent()));
      limit
          .per()
          .ifPresent(per ->
              uses.add(
                  new Use(
                      limit.scope(),
                      limit.name(),
                      "per " + text(per.window()),
                      table.debited(limit.scope(), now.minus(per.window()))
                          + byJobs(limit, per, now),
                      per.count())));
    }
    return uses;
  }

  /** A limit over repairs alone knows no jobs; one over machines does. */
  private static boolean countsJobs(Limit limit) {
    return limit.name().equals("global") || limit.name().equals("rack");
  }

  /** Places of jobs; while jobs find none, their whole share counts as theirs. */
  private int byJobs(Limit limit, Instant now) {
    if (!countsJobs(limit)) return 0;
    int held = jobs.held(limit.scope(), now);
    return jobs.waiting(limit.scope(), now)
        ? Math.max(held, JobPermits.share(limit.concurrent(), settings))
        : held;
  }

  private int byJobs(Limit limit, Policy.Rate per, Instant now) {
    if (!countsJobs(limit)) return 0;
    int begun = jobs.debited(limit.scope(), now.minus(per.window()));
    return jobs.waiting(limit.scope(), now)
        ? Math.max(begun, JobPermits.share(per.count(), settings))
        : begun;
  }

  /**
   * Locks the scopes in sorted order and looks; in the caller's transaction, which then takes the
   * places with {@link #take} or lets go.
   */
  List<Use> lockAndLook(List<Limit> limits, FaultId fault, Instant now) {
    table.lock(limits.stream().map(Limit::scope).toList());
    return uses(limits, fault, now);
  }

  void take(List<Limit> limits, FaultId fault, long run, Instant now) {
    for (String scope : limits.stream().map(Limit::scope).distinct().toList()) {
      table.hold(scope, fault, now);
      table.debit(scope, run, now);
    }
  }

  /** Forgets what jobs began so long ago that no window reaches it. */
  void forget(Instant before) {
    jobs.forget(before);
  }

  static Optional<Use> refusal(List<Use> uses) {
    return uses.stream().filter(Use::full).findFirst();
  }

  static String text(Duration window) {
    return window.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
  }
}
