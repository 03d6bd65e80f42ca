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
    for (Telling.Part part : parts) {
      reasons.addAll(part.pieces().whyNot());
      for (Telling.Tick tick : part.pieces().ticks())
        if (!tick.ok())
          reasons.add(new Label("没有动手：" + tick.text().zh(), "Did not act: " + tick.text().en()));
    }
    boolean ticket = parts.stream().anyMatch(p -> p.to() == FaultState.ESCALATED);
    boolean over = fault.state() == FaultState.RECOVERED || fault.state() == FaultState.CLOSED;
    if (over && !ticket)
      reasons.add(new Label("没有建工单：没有需要人知道的事。", "No ticket: nothing a person had to know."));
    return new ArrayList<>(reasons);
  }
}
