package io.fettle.console;

import io.fettle.cmdb.MachineCard;
import io.fettle.fault.Fault;
import io.fettle.fault.FaultState;
import io.fettle.fault.Turn;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A machine in a list, with its open faults. */
public record MachineRow(MachineCard card, List<Fault> faults) {
  public MachineRow {
    faults = List.copyOf(faults);
  }

  public Tone tone() {
    return Tone.of(Turn.worst(faults));
  }

  /** The fault that asks for most attention; empty when the machine is fine. */
  public Optional<Fault> worst() {
    return faults.stream()
        .filter(f -> f.state() != FaultState.RECOVERED)
        .min(Comparator.comparing(f -> Turn.of(f.state())));
  }
}
