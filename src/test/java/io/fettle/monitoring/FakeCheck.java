package io.fettle.monitoring;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Label;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.monitoring.check.Visit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A check made of a section and a function. */
record FakeCheck(
    String name, String appliesTo, String script, Function<Visit, List<Reading>> judges)
    implements Check {
  FakeCheck(String name) {
    this(name, "type == 'server'", "", visit -> List.of());
  }

  @Override
  public Label label() {
    return Label.same(name);
  }

  @Override
  public Optional<String> section(MachineDoc machine) {
    return Optional.of(script);
  }

  @Override
  public List<Reading> judge(Visit visit) {
    return judges.apply(visit);
  }
}
