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
  private final RemediationSettings settings;

  Permits(PermitTable table, RemediationSettings settings) {
    this.table = table;
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
            limits.merge(
                "global",
                new Limit("global", "global", budget.concurrent(), budget.per()),
                Permits::tighter);
      }
    }
    return List.copyOf(limits.values());
  }

  private static void put(
      Map<String, Limit> limits, String scope, String name, Policy.Budget budget) {
    limits.put(scope, new Limit(scope, name, budget.concurrent(), budget.per()));
  }

  /** The site's own global budget stays; a policy may only narrow it. */
  private static Limit tighter(Limit site, Limit policy) {
    Optional<Policy.Rate> per =
        policy.per().filter(p -> site.per().map(s -> perHour(p) < perHour(s)).orElse(true));
    return new Limit(
        site.scope(),
        site.name(),
        Math.min(site.concurrent(), policy.concurrent()),
        per.isPresent() ? per : site.per());
  }

  private static double perHour(Policy.Rate rate) {
    return rate.count() * (double) Duration.ofHours(1).toMillis() / rate.window().toMillis();
  }

  private static String rack(MachineDoc machine) {
    return Stream.of("site", "room", "rack")
        .map(part -> machine.text("placement." + part).orElse("?"))
        .collect(Collectors.joining("/"));
  }

  /** How much is used now, by others than this fault; takes no lock and promises nothing. */
  List<Use> uses(List<Limit> limits, FaultId fault, Instant now) {
    List<Use> uses = new ArrayList<>();
    for (Limit limit : limits) {
      int held = table.held(limit.scope(), fault);
      uses.add(new Use(limit.scope(), limit.name(), "concurrent", held, limit.concurrent()));
      limit
          .per()
          .ifPresent(per ->
              uses.add(
                  new Use(
                      limit.scope(),
                      limit.name(),
                      "per " + text(per.window()),
                      table.debited(limit.scope(), now.minus(per.window())),
                      per.count())));
    }
    return uses;
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
    for (Limit limit : limits) {
      table.hold(limit.scope(), fault, now);
      table.debit(limit.scope(), run, now);
    }
  }

  static Optional<Use> refusal(List<Use> uses) {
    return uses.stream().filter(Use::full).findFirst();
  }

  private static String text(Duration window) {
    return window.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
  }
}
