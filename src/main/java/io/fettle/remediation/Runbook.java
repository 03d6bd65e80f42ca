package io.fettle.remediation;

import io.fettle.cmdb.Query;
import io.fettle.kernel.Label;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What to do, step by step; read from one YAML file.
 *
 * @param undo done when a later step failed for good after an earlier one had been done
 */
record Runbook(
    String name, Label label, List<Step> steps, List<Step> undo, String revision, String file) {
  Runbook {
    steps = List.copyOf(steps);
    undo = List.copyOf(undo);
  }

  /**
   * One step.
   *
   * @param params texts that start with {@code $} are looked up in the machine's document
   * @param when left out when this query does not match the machine
   */
  record Step(String action, Map<String, Object> params, Optional<Query> when) {
    Step {
      params = Map.copyOf(params);
    }
  }

  /** A step with its parameters looked up; this is what a plan and a run carry. */
  record Order(String action, Map<String, Object> params) {
    Order {
      params = Map.copyOf(params);
    }

    /** On one line, the parameters in the order of their names. */
    String words() {
      return params.isEmpty() ? action : action + " " + new TreeMap<>(params);
    }

    /** For people: a text of several lines stands below the others, as it is. */
    String told() {
      TreeMap<String, Object> small = new TreeMap<>(params);
      StringBuilder below = new StringBuilder();
      new TreeMap<>(params)
          .forEach((name, value) -> {
            String text = String.valueOf(value);
            if (text.indexOf('\n') < 0) return;
            small.remove(name);
            below.append("\n  ").append(name).append(":\n").append(text.indent(4).stripTrailing());
          });
      return (small.isEmpty() ? action : action + " " + small) + below;
    }
  }
}
