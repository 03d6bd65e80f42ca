package io.fettle.remediation;

import io.fettle.kernel.Label;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What follows from the ground: act, hold or hand over; a pure function. */
sealed interface Decision {
  /** Every condition that was looked at, in order. */
  List<Guard> guards();

  /** Rungs that are not used, and why. */
  List<Map<String, Object>> notUsed();

  /** Edge 12: this rung, these steps. */
  record Go(
      Policy policy, Ground.Offer offer, List<Guard> guards, List<Map<String, Object>> notUsed)
      implements Decision {}

  /** Edge 6: nothing may be done now, for this reason. */
  record Hold(String reason, Label why, List<Guard> guards, List<Map<String, Object>> notUsed)
      implements Decision {}

  /**
   * Edge 10: a person gets it.
   *
   * @param reason what kept Fettle from acting
   * @param suggests what a person may let run; empty unless the reason is {@code SUGGESTED}
   */
  record HandOver(
      Reason reason,
      Label why,
      List<Guard> guards,
      List<Map<String, Object>> notUsed,
      Optional<Ground.Offer> suggests)
      implements Decision {}

  /** Why a person gets it. */
  enum Reason {
    NO_POLICY,
    OVERLAP,
    SEVERITY,
    LEMON,
    LADDER,
    REFUSED,
    SUGGESTED,
    MODE;

    /** True when this is the name of a reason. */
    static boolean named(String text) {
      return java.util.Arrays.stream(values()).anyMatch(reason -> reason.name().equals(text));
    }
  }

  /** Decides. */
  static Decision on(Ground g) {
    List<Guard> guards = new ArrayList<>();
    List<Map<String, Object>> notUsed = notUsed(g);
    Optional<Decision> hold = suppressed(g, guards, notUsed);
    if (hold.isPresent()) return hold.get();
    if (g.policy().isEmpty()) return noPolicy(g, guards, notUsed);
    Policy policy = g.policy().get();
    guards.add(new Guard("policy", true, Label.same(policy.name() + " @ " + policy.revision())));
    Optional<Ground.Offer> offer =
        g.offers().stream().filter(o -> o.refused().isEmpty()).findFirst();
    Optional<Decision> over = handOver(g, policy, offer, guards, notUsed);
    if (over.isPresent()) return over.get();
    Optional<Decision> stop = stopped(g, guards, notUsed);
    if (stop.isPresent()) return stop.get();
    return new Go(policy, offer.orElseThrow(), guards, notUsed);
  }

  private static Optional<Decision> suppressed(
      Ground g, List<Guard> guards, List<Map<String, Object>> notUsed) {
    if (g.suppressed().isEmpty()) {
      guards.add(new Guard("suppression", true, new Label("未被抑制", "not suppressed")));
      return Optional.empty();
    }
    String why = g.suppressed().get();
    guards.add(new Guard("suppression", false, Label.same(why)));
    Label text = new Label("动作被抑制：" + why, "Actions are suppressed: " + why);
    return Optional.of(new Hold(why, text, guards, notUsed));
  }

  private static Decision noPolicy(
      Ground g, List<Guard> guards, List<Map<String, Object>> notUsed) {
    String fault = g.fault().faultClass();
    if (g.owners().isEmpty()) {
      Label why =
          new Label("没有策略管这台机器的 " + fault, "No policy covers " + fault + " on this machine");
      guards.add(new Guard("policy", false, why));
      return new HandOver(Reason.NO_POLICY, why, guards, notUsed, Optional.empty());
    }
    String names = String.join(", ", g.owners().stream().map(Policy::name).toList());
    Label why =
        new Label(
            "多条策略同时管这台机器的 " + fault + "（" + names + "），都不执行",
            "Several policies own " + fault + " on this machine (" + names + "); none acts");
    guards.add(new Guard("policy", false, why));
    return new HandOver(Reason.OVERLAP, why, guards, notUsed, Optional.empty());
  }

  private static Optional<Decision> handOver(
      Ground g,
      Policy policy,
      Optional<Ground.Offer> offer,
      List<Guard> guards,
      List<Map<String, Object>> notUsed) {
    boolean severe = g.fault().severity().compareTo(policy.minSeverity()) >= 0;
    String severity = g.fault().severity() + " / " + policy.minSeverity();
    guards.add(
        new Guard("severity", severe, Label.same(severity.toLowerCase(java.util.Locale.ROOT))));
    boolean lemon = g.lemonAt() > 0 && g.proven() >= g.lemonAt();
    guards.add(
        new Guard(
            "recurrence",
            !lemon,
            new Label(
                "30 天内已修好 " + g.proven() + " 次", g.proven() + " proven repairs within 30 days")));
    boolean rung = policy.rungAt(g.position()).isPresent();
    guards.add(
        new Guard(
            "ladder",
            rung,
            new Label(
                "预案阶梯：已执行 " + g.position() + " 次", g.position() + " runs of the ladder used")));
    Label capable = offer.map(o -> Label.same(o.runbook())).orElseGet(() -> refusal(g));
    if (rung) guards.add(new Guard("capability", offer.isPresent(), capable));
    boolean may = mode(g, policy, offer, guards);
    if (!severe)
      return over(
          Reason.SEVERITY, "严重度低于策略下限", "Less severe than the policy acts on", guards, notUsed);
    if (lemon)
      return over(
          Reason.LEMON,
          "同一故障反复修好又复发，应由人查根因",
          "It keeps coming back after proven repairs; a person should look for the cause",
          guards,
          notUsed);
    if (!rung) return over(Reason.LADDER, "预案已用尽", "The ladder is used up", guards, notUsed);
    if (offer.isEmpty())
      return Optional.of(new HandOver(Reason.REFUSED, capable, guards, notUsed, Optional.empty()));
    if (may) return Optional.empty();
    if (g.mode() == Remediation.Mode.SUGGEST)
      return Optional.of(suggested(offer.get(), guards, notUsed));
    return over(
        Reason.MODE,
        "策略处于观察模式，不自动执行",
        "The policy is in mode observe and does not act by itself",
        guards,
        notUsed);
  }

  /** In mode suggest a person's word on exactly this plan is as good as auto. */
  private static boolean mode(
      Ground g, Policy policy, Optional<Ground.Offer> offer, List<Guard> guards) {
    boolean approved =
        g.mode() == Remediation.Mode.SUGGEST
            && offer.isPresent()
            && g.approved().filter(offer.get().digest(policy)::equals).isPresent();
    boolean may = approved || g.mode() == Remediation.Mode.AUTO;
    String mode = g.mode().name().toLowerCase(java.util.Locale.ROOT);
    guards.add(
        new Guard(
            "mode",
            may,
            approved
                ? new Label(mode + "，已由人批准", mode + ", approved by a person")
                : Label.same(mode)));
    return may;
  }

  private static Decision suggested(
      Ground.Offer offer, List<Guard> guards, List<Map<String, Object>> notUsed) {
    Label why =
        new Label(
            "建议执行预案 " + offer.runbook() + "；策略处于建议模式，等人批准",
            "Suggests runbook "
                + offer.runbook()
                + "; the policy is in mode suggest and waits for a person's word");
    return new HandOver(Reason.SUGGESTED, why, guards, notUsed, Optional.of(offer));
  }

  private static Optional<Decision> stopped(
      Ground g, List<Guard> guards, List<Map<String, Object>> notUsed) {
    guards.add(
        new Guard(
            "freeze",
            !g.frozen(),
            g.frozen()
                ? new Label("全局冻结中", "global freeze is on")
                : new Label("未冻结", "not frozen")));
    guards.add(
        new Guard(
            "breaker",
            g.breaker().isEmpty(),
            g.breaker().map(Label::same).orElse(new Label("闭合", "closed"))));
    if (g.frozen())
      return Optional.of(
          new Hold(
              "freeze",
              new Label("全局冻结中，不执行任何新动作", "Global freeze: no new action"),
              guards,
              notUsed));
    if (g.breaker().isPresent())
      return Optional.of(
          new Hold(
              "breaker",
              new Label("熔断已断开：" + g.breaker().get(), "Breaker open: " + g.breaker().get()),
              guards,
              notUsed));
    return Optional.empty();
  }

  private static Label refusal(Ground g) {
    return g.offers().stream()
        .flatMap(o -> o.refused().stream())
        .findFirst()
        .orElse(new Label("没有可用的预案", "no runbook is left"));
  }

  private static Optional<Decision> over(
      Reason reason, String zh, String en, List<Guard> guards, List<Map<String, Object>> notUsed) {
    return Optional.of(new HandOver(reason, new Label(zh, en), guards, notUsed, Optional.empty()));
  }

  /** Rungs refused here, and those that come later on the ladder. */
  private static List<Map<String, Object>> notUsed(Ground g) {
    List<Map<String, Object>> lines = new ArrayList<>();
    boolean chosen = false;
    for (Ground.Offer offer : g.offers()) {
      Label why = offer.refused().orElse(null);
      if (why == null && !chosen) {
        chosen = true;
        continue;
      }
      if (why == null) why = new Label("只有前一级失败后才用", "used only after the rung before it failed");
      lines.add(Map.of("runbook", offer.runbook(), "zh", why.zh(), "en", why.en()));
    }
    return List.copyOf(lines);
  }
}
