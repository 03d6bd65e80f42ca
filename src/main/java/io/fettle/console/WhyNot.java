package io.fettle.console;

import io.fettle.fault.Fault;
import io.fettle.fault.FaultState;
import io.fettle.kernel.Label;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Why other things were not done: gathered from the decisions in the story. Pure. */
public final class WhyNot {
  private WhyNot() {}

  public static List<Label> of(Fault fault, List<Telling.Part> parts) {
    Set<Label> reasons = new LinkedHashSet<>();
    int acted = lastAct(parts);
    for (int i = 0; i < parts.size(); i++) {
      reasons.addAll(parts.get(i).pieces().whyNot());
      for (Telling.Tick tick : parts.get(i).pieces().ticks())
        if (!tick.ok()) reasons.add(held(tick.text(), i < acted));
    }
    boolean ticket = parts.stream().anyMatch(p -> p.to() == FaultState.ESCALATED);
    boolean over = fault.state() == FaultState.RECOVERED || fault.state() == FaultState.CLOSED;
    if (over && !ticket)
      reasons.add(new Label("没有建工单：没有需要人知道的事。", "No ticket: nothing a person had to know."));
    return new ArrayList<>(reasons);
  }

  private static int lastAct(List<Telling.Part> parts) {
    for (int i = parts.size() - 1; i >= 0; i--)
      if (parts.get(i).to() == FaultState.RUNNING) return i;
    return -1;
  }

  private static Label held(Label why, boolean actedLater) {
    return actedLater
        ? new Label("起初没有动手：" + why.zh(), "Did not act at first: " + why.en())
        : new Label("没有动手：" + why.zh(), "Did not act: " + why.en());
  }
}
