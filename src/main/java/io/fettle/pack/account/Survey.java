package io.fettle.pack.account;

import io.fettle.kernel.Label;
import io.fettle.pack.account.WhyNot.Because;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What evidence and answers show of a judged account. */
final class Survey {
  private Survey() {}

  /** For the story: causes with the machine's own words, and how it was proven. */
  static Map<String, Object> evidence(Declared declared, List<Because> causes, Facts facts) {
    Map<String, Object> evidence = new LinkedHashMap<>();
    evidence.put("causes", causes.stream().map(b -> b.cause().word()).toList());
    evidence.put(
        "repairable",
        causes.stream()
            .filter(b -> Repair.of(declared, b, facts).isPresent())
            .map(b -> b.cause().word())
            .toList());
    evidence.put(
        "details", causes.stream().map(b -> b.cause().word() + ": " + b.detail().en()).toList());
    evidence.put("proof", proof(facts));
    return evidence;
  }

  /** Without any secret: what was asked of the machine. */
  static Map<String, Object> proof(Facts facts) {
    Map<String, Object> proof = new LinkedHashMap<>();
    proof.put("kind", "without_secrets");
    proof.put("sshd", "sshd -T -C user=…: " + String.join("; ", facts.all("sshd")));
    proof.put("account_phase", facts.one("pam").orElse("PAM's account phase was not run"));
    proof.put("shadow", shadow(facts));
    proof.put(
        "modes",
        String.join(
            "; ",
            facts.one("home").orElse("-"),
            facts.one("folder").orElse("-"),
            facts.one("file").orElse("-")));
    proof.put("as_user", facts.one("as_user").orElse("not tried"));
    return proof;
  }

  /** With a real log-in: what came of it. */
  static Map<String, Object> proof(Facts facts, LoginProof.Outcome outcome) {
    Map<String, Object> proof = proof(facts);
    switch (outcome) {
      case LoginProof.Outcome.Proven(String id) -> proof.put("log_in", Label.same(id));
      case LoginProof.Outcome.Refused(Label why) -> proof.put("log_in", why);
      case LoginProof.Outcome.NotTried(Label why) -> proof.put("log_in", notTried(why));
      case LoginProof.Outcome.Later(Label why) -> proof.put("log_in", notTried(why));
    }
    boolean tried =
        outcome instanceof LoginProof.Outcome.Proven
            || outcome instanceof LoginProof.Outcome.Refused;
    if (tried) proof.put("kind", "login");
    return proof;
  }

  private static Label notTried(Label why) {
    return new Label("没有尝试：" + why.zh(), "not tried: " + why.en());
  }

  private static String shadow(Facts facts) {
    String kind = facts.one("shadow").orElse("").split("\\|", -1)[0];
    return "password: %s; last changed on day %s, valid for %s, grace %s, account ends on day %s"
        .formatted(
            kind.isEmpty() ? "not known" : kind,
            day(facts, 1),
            day(facts, 2),
            day(facts, 3),
            day(facts, 4));
  }

  private static String day(Facts facts, int field) {
    int value = facts.shadow(field);
    return value < 0 ? "-" : "" + value;
  }
}
