package io.fettle.remediation;

import io.fettle.cmdb.MachineDoc;
import io.fettle.cmdb.Register;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.remediation.action.BulkLeases.Budget;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.springframework.stereotype.Component;

/**
 * Leave for jobs. What changes machines draws on the global budget of repairs and never has more
 * than a share of it; while it finds no place, repairs leave that share free. A place is a lease
 * that counts, so it ends when the lease does.
 */
@Component
class JobPermits {
  /** A job asks again well within this. */
  private static final Duration REMEMBERED = Duration.ofSeconds(10);

  private static final String COMMANDS = "commands";
  static final String GLOBAL = "global";

  private final PermitTable permits;
  private final JobPermitTable jobs;
  private final Register register;
  private final RemediationSettings settings;
  private final Clock clock;

  JobPermits(
      PermitTable permits,
      JobPermitTable jobs,
      Register register,
      RemediationSettings settings,
      Clock clock) {
    this.permits = permits;
    this.jobs = jobs;
    this.register = register;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Who may begin.
   *
   * @param scopes in which the lease of each counts
   */
  record Leave(Map<AssetId, List<String>> scopes, Optional<Label> waits) {}

  /** So many more, and what to say when these are not enough. */
  private record Room(int left, Label words) {}

  /** Locks the scopes in the caller's transaction; the first of these machines have their turn. */
  Leave of(List<AssetId> machines, Budget budget) {
    return switch (budget) {
      case NONE -> new Leave(first(machines, machines.size(), List.of()), Optional.empty());
      case COMMANDS -> commands(machines);
      case CHANGES -> changes(machines);
    };
  }

  private static Map<AssetId, List<String>> first(
      List<AssetId> machines, int room, List<String> scopes) {
    Map<AssetId, List<String>> first = new LinkedHashMap<>();
    machines.stream().limit(Math.max(0, room)).forEach(m -> first.put(m, scopes));
    return first;
  }

  private Leave commands(List<AssetId> machines) {
    permits.lock(List.of(COMMANDS));
    int most = settings.jobsCommands();
    int room = most - jobs.held(COMMANDS, clock.instant());
    Label words =
        waits(
            "所有作业的命令同时最多在 " + most + " 台上",
            "commands run on at most " + most + " machines at a time");
    return new Leave(
        first(machines, room, List.of(COMMANDS)),
        machines.size() > room ? Optional.of(words) : Optional.empty());
  }

  private Leave changes(List<AssetId> machines) {
    Map<AssetId, MachineDoc> docs = register.machines(machines);
    Map<AssetId, String> racks = new HashMap<>();
    for (AssetId m : machines) racks.put(m, rack(docs.get(m)));
    TreeSet<String> scopes = new TreeSet<>(racks.values());
    scopes.add(GLOBAL);
    permits.lock(scopes);
    Instant now = clock.instant();
    Room room = room(now, machines.size());
    Map<AssetId, List<String>> may = new LinkedHashMap<>();
    Map<String, Integer> used = new HashMap<>();
    Optional<Label> waits = Optional.empty();
    for (AssetId machine : machines) {
      String rack = racks.getOrDefault(machine, "");
      int inRack = used.computeIfAbsent(rack, r -> permits.held(r) + jobs.held(r, now));
      if (may.size() >= room.left()) waits = Optional.of(room.words());
      else if (inRack >= settings.jobsPerRack()) waits = waits.or(() -> Optional.of(inRack()));
      else {
        used.put(rack, inRack + 1);
        may.put(machine, List.of(GLOBAL, rack));
      }
    }
    return new Leave(may, waits);
  }

  private static String rack(@org.jspecify.annotations.Nullable MachineDoc machine) {
    return "rack:" + (machine == null ? "?/?/?" : Permits.rack(machine));
  }

  private Label inRack() {
    int most = settings.jobsPerRack();
    return waits(
        "同一机柜同时最多改动 " + most + " 台", "at most " + most + " machines of one rack at a time");
  }

  /** The least of what is left: at the same time and in the window, of the share and of it all. */
  private Room room(Instant now, int wanted) {
    Instant since = now.minus(settings.globalWindow());
    int held = jobs.held(GLOBAL, now);
    int begun = jobs.debited(GLOBAL, since);
    int atOnce = share(settings.globalConcurrent());
    int inAll = share(settings.globalCount());
    String window = Permits.text(settings.globalWindow());
    Room mine = new Room(atOnce - held, jobsChange(atOnce, "同时", "at a time"));
    Room mineSince =
        new Room(inAll - begun, jobsChange(inAll, "每 " + window + " ", "in " + window));
    Room all = new Room(settings.globalConcurrent() - permits.held(GLOBAL) - held, repairs());
    Room allSince =
        new Room(settings.globalCount() - permits.debited(GLOBAL, since) - begun, repairs());
    Room own = mineSince.left() < mine.left() ? mineSince : mine;
    Room shared = allSince.left() < all.left() ? allSince : all;
    if (own.left() <= shared.left()) return own;
    if (shared.left() < wanted) jobs.waits(GLOBAL, now.plus(REMEMBERED));
    return shared;
  }

  private static Label jobsChange(int most, String zh, String en) {
    return waits(
        "作业" + zh + "最多改动 " + most + " 台", "jobs change at most " + most + " machines " + en);
  }

  private static Label repairs() {
    return waits("修复正占用预算", "repairs have the budget now");
  }

  private static Label waits(String zh, String en) {
    return new Label("等许可：" + zh, "waits for a permit: " + en);
  }

  private int share(int budget) {
    return share(budget, settings);
  }

  /** What jobs may have of a budget; never nothing. */
  static int share(int budget, RemediationSettings settings) {
    return Math.max(1, (int) (budget * settings.jobsShare()));
  }

  /** What was begun under leave to change machines. */
  void begun(Map<AssetId, Long> fences, Budget budget) {
    if (budget == Budget.CHANGES) jobs.debit(GLOBAL, fences, clock.instant());
  }
}
