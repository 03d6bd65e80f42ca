package io.fettle.console;

import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.Register;
import io.fettle.fault.Fault;
import io.fettle.kernel.AssetId;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Joins faults with their machines, many in one query. */
@Component
class FaultRows {
  private final Register register;
  private final ClassNames names;

  FaultRows(Register register, ClassNames names) {
    this.register = register;
    this.names = names;
  }

  List<FaultRow> of(List<Fault> faults) {
    Map<AssetId, MachineCard> cards =
        register.cards(faults.stream().map(Fault::machine).distinct().toList());
    return faults.stream()
        .map(f -> new FaultRow(f, cards.get(f.machine()), names.of(f.faultClass())))
        .toList();
  }
}
