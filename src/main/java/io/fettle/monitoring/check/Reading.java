package io.fettle.monitoring.check;

import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.kernel.Verdict;
import java.util.Map;

/**
 * What a check says of one component.
 *
 * @param component stable name within the machine (a mount point, an account); {@code ""} for the
 *     whole machine
 * @param summary one sentence with the facts, e.g. 'NIC mode is shared, should be dedicated'
 * @param evidence raw facts for the story: bytes, lines, values; small; remote text is hostile and
 *     shown escaped
 */
public record Reading(
    String component,
    Verdict verdict,
    Severity severity,
    Label summary,
    Map<String, Object> evidence) {
  public Reading {
    evidence = Map.copyOf(evidence);
  }

  public static Reading ok(String component, Label summary, Map<String, Object> evidence) {
    return new Reading(component, Verdict.OK, Severity.INFO, summary, evidence);
  }

  public static Reading bad(
      String component, Severity severity, Label summary, Map<String, Object> evidence) {
    return new Reading(component, Verdict.BAD, severity, summary, evidence);
  }

  public static Reading unknown(String component, Label summary, Map<String, Object> evidence) {
    return new Reading(component, Verdict.UNKNOWN, Severity.INFO, summary, evidence);
  }
}
