package io.fettle.pack.account;

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
        "details", causes.stream().map(b -> b.cause().word() + ": " + b.detail()).toList());
    evidence.put("proof", proof(facts));
    return evidence;
  }

  /** Without any secret: what was asked of the machine. */
  static Map<String, Object> proof(Facts facts) {
    Map<String, Object> proof = new LinkedHashMap<>();
    proof.put("kind", "without_secrets");
    proof.put("sshd", "sshd -T -C user=…: " + String.join("; ", facts.all("sshd")));
    proof.put("account_phase", "shadow " + facts.one("shadow").orElse("-"));
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
}
