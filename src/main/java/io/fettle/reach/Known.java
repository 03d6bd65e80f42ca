package io.fettle.reach;

import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.Register;
import io.fettle.kernel.AssetId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** What leads to a machine: its addresses and the credentials assigned to it. */
interface Known {
  Optional<MachineCard> card(AssetId machine);

  /** The winner first. */
  List<Assignment> assigned(MachineCard machine);

  /** Asked whenever it is needed. */
  @Component
  record Asked(Register register, Assignments assignments) implements Known {
    @Override
    public Optional<MachineCard> card(AssetId machine) {
      return register.card(machine);
    }

    @Override
    public List<Assignment> assigned(MachineCard machine) {
      return assignments.of(machine);
    }
  }

  /** Read before. */
  record Read(Map<AssetId, MachineCard> cards, Map<AssetId, List<Assignment>> assignments)
      implements Known {
    @Override
    public Optional<MachineCard> card(AssetId machine) {
      return Optional.ofNullable(cards.get(machine));
    }

    @Override
    public List<Assignment> assigned(MachineCard machine) {
      return assignments.getOrDefault(machine.id(), List.of());
    }
  }
}
