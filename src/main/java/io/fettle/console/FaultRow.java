package io.fettle.console;

import io.fettle.cmdb.MachineCard;
import io.fettle.fault.Fault;
import io.fettle.kernel.Label;
import org.jspecify.annotations.Nullable;

/**
 * A fault in a list.
 *
 * @param card its machine; null when it left the register
 * @param name what people call its class
 */
public record FaultRow(Fault fault, @Nullable MachineCard card, Label name) {
  public Tone tone() {
    return Tone.of(fault.state());
  }

  /** The machine as a person calls it. */
  public String machine() {
    return card == null ? fault.machine().toString() : card.name();
  }
}
