package io.fettle.console;

import io.fettle.kernel.Label;
import io.fettle.monitoring.Monitoring;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** What people call a fault class: the label of the check that finds it. */
@Component
public class ClassNames {
  private final Monitoring monitoring;

  ClassNames(Monitoring monitoring) {
    this.monitoring = monitoring;
  }

  /** The name of a class; the class itself when no check speaks of it any more. */
  public Label of(String faultClass) {
    return all().getOrDefault(faultClass, Label.same(faultClass));
  }

  /** Every class there is, by class. */
  public Map<String, Label> all() {
    Map<String, Label> names = new TreeMap<>();
    for (Monitoring.CheckInfo check : monitoring.checks()) {
      boolean own = check.name().equals(check.faultClass());
      if (own) names.put(check.faultClass(), check.label());
      else names.putIfAbsent(check.faultClass(), check.label());
    }
    return names;
  }
}
