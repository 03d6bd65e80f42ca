package io.fettle.console;

import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;

/**
 * A CMDB query that cannot be read, split where it goes wrong.
 *
 * @param good what was understood
 * @param bad what was not
 */
public record QueryMistake(String good, String bad, Label why) {
  static QueryMistake of(String query, Problem wrong) {
    Problem.Fault fault =
        wrong.faults().isEmpty()
            ? new Problem.Fault("query", "", wrong.title())
            : wrong.faults().getFirst();
    int at = fault.value().isEmpty() ? query.length() : query.lastIndexOf(fault.value());
    if (at < 0) at = query.length();
    String bad = query.substring(at);
    return new QueryMistake(query.substring(0, at), bad.isEmpty() ? "␣" : bad, fault.reason());
  }
}
