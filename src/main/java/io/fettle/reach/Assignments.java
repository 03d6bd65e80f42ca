package io.fettle.reach;

import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.MachineDoc;
import io.fettle.cmdb.Query;
import io.fettle.cmdb.Register;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import io.fettle.secret.Credential;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Which assignments hold for a machine. The queries are kept parsed, and what they said of a
 * machine is kept until the machine or an assignment changes, so that a visit reads one small row.
 */
@Component
class Assignments {
  private static final Logger log = LoggerFactory.getLogger(Assignments.class);
  private static final int REMEMBERED = 50_000;

  private record Parsed(Assignment assignment, Query query) {}

  private record All(long version, List<Parsed> inOrder) {}

  private record Answer(long machineVersion, long version, List<Assignment> inOrder) {}

  private final AssignmentTable table;
  private final Register register;
  private final Map<AssetId, Answer> answers = new Remembered();
  private volatile All all = new All(-1, List.of());

  Assignments(AssignmentTable table, Register register) {
    this.table = table;
    this.register = register;
  }

  /** All that match, the winner first. */
  List<Assignment> of(MachineCard card) {
    return of(List.of(card)).getOrDefault(card.id(), List.of());
  }

  /** The same for many machines; what is not remembered is read in one query. */
  Map<AssetId, List<Assignment>> of(Collection<MachineCard> cards) {
    All now = current();
    Map<AssetId, List<Assignment>> found = new HashMap<>();
    List<AssetId> unknown = new ArrayList<>();
    for (MachineCard card : cards) {
      Answer known = remembered(card.id());
      if (known != null
          && known.machineVersion() == card.version()
          && known.version() == now.version()) found.put(card.id(), known.inOrder());
      else unknown.add(card.id());
    }
    if (unknown.isEmpty()) return found;
    for (MachineDoc doc : register.machines(unknown).values()) {
      List<Assignment> matching =
          now.inOrder().stream()
              .filter(p -> p.query().matches(doc.doc()))
              .map(Parsed::assignment)
              .toList();
      remember(doc.id(), new Answer(doc.version(), now.version(), matching));
      found.put(doc.id(), matching);
    }
    return found;
  }

  /** The first of these kinds. */
  static Optional<Assignment> first(List<Assignment> inOrder, Credential.Kind... kinds) {
    List<Credential.Kind> wanted = List.of(kinds);
    return inOrder.stream().filter(a -> wanted.contains(a.kind())).findFirst();
  }

  private All current() {
    All known = all;
    long version = table.version();
    if (known.version() == version) return known;
    All read = new All(version, table.inOrder().stream().flatMap(a -> parse(a).stream()).toList());
    all = read;
    return read;
  }

  /** A query that no longer parses (a field was renamed) opens nothing; the others still hold. */
  private Optional<Parsed> parse(Assignment assignment) {
    try {
      return Optional.of(new Parsed(assignment, register.query(assignment.query())));
    } catch (Problem e) {
      log.warn(
          "credential={} query cannot be parsed and opens nothing: {}",
          assignment.credential(),
          e.getMessage());
      return Optional.empty();
    }
  }

  private @Nullable Answer remembered(AssetId machine) {
    synchronized (answers) {
      return answers.get(machine);
    }
  }

  private void remember(AssetId machine, Answer answer) {
    synchronized (answers) {
      answers.put(machine, answer);
    }
  }

  private static final class Remembered extends LinkedHashMap<AssetId, Answer> {
    private static final long serialVersionUID = 1L;

    private Remembered() {
      super(1024, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<AssetId, Answer> eldest) {
      return size() > REMEMBERED;
    }
  }
}
