package io.fettle.reach;

import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.Register;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Endpoint;
import io.fettle.secret.Credential;
import io.fettle.secret.Secrets;
import io.fettle.transport.HostKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What leads to a machine: its addresses, the credentials assigned to it and its host key. */
interface Known {
  Optional<MachineCard> card(AssetId machine);

  /** The winner first. */
  List<Assignment> assigned(MachineCard machine);

  /** The caller's own copy, to be cleared after use. */
  Optional<Credential> open(Assignment assignment);

  /** Pinned host keys; null when each is to be read as it is needed. */
  @Nullable Map<Endpoint, HostKey> hostKeys();

  /** Asked whenever it is needed. */
  @Component
  record Asked(Register register, Assignments assignments, Secrets secrets) implements Known {
    @Override
    public Optional<MachineCard> card(AssetId machine) {
      return register.card(machine);
    }

    @Override
    public List<Assignment> assigned(MachineCard machine) {
      return assignments.of(machine);
    }

    @Override
    public Optional<Credential> open(Assignment assignment) {
      return secrets.open(assignment.credential());
    }

    @Override
    public @Nullable Map<Endpoint, HostKey> hostKeys() {
      return null;
    }
  }

  /** Read before, for machines that have their turn now; each credential is opened once. */
  final class Read implements Known {
    private final Map<AssetId, MachineCard> cards;
    private final Map<AssetId, List<Assignment>> assignments;
    private final Map<Endpoint, HostKey> hostKeys;
    private final Secrets secrets;
    private final Map<String, Optional<Credential>> opened = new HashMap<>();

    Read(
        Map<AssetId, MachineCard> cards,
        Map<AssetId, List<Assignment>> assignments,
        Map<Endpoint, HostKey> hostKeys,
        Secrets secrets) {
      this.cards = cards;
      this.assignments = assignments;
      this.hostKeys = hostKeys;
      this.secrets = secrets;
    }

    @Override
    public Optional<MachineCard> card(AssetId machine) {
      return Optional.ofNullable(cards.get(machine));
    }

    @Override
    public List<Assignment> assigned(MachineCard machine) {
      return assignments.getOrDefault(machine.id(), List.of());
    }

    @Override
    public synchronized Optional<Credential> open(Assignment assignment) {
      return opened
          .computeIfAbsent(assignment.credential(), secrets::open)
          .map(c -> new Credential(c.name(), c.kind(), c.user(), c.secret().clone()));
    }

    @Override
    public Map<Endpoint, HostKey> hostKeys() {
      return hostKeys;
    }
  }
}
