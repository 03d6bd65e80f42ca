package io.fettle.monitoring;

import io.fettle.audit.Audit;
import io.fettle.cmdb.MachineDoc;
import io.fettle.cmdb.Query;
import io.fettle.cmdb.Register;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Maintenance windows and silences; the open ones are kept in memory for a second. */
@Component
class MaintenanceBook implements Maintenance {
  private static final Duration KEEP = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(90);
  private static final int MOST = 500;

  private static final Open UNREAD = new Open(List.of(), Map.of(), Instant.EPOCH);

  private final MaintenanceTable table;
  private final Register register;
  private final Audit audit;
  private final TransactionOperations transactions;
  private final Clock clock;
  private volatile Open open = UNREAD;

  /** Windows not over, with their queries parsed. */
  private record Open(List<Window> windows, Map<Long, Query> queries, Instant at) {}

  MaintenanceBook(
      MaintenanceTable table,
      Register register,
      Audit audit,
      TransactionOperations transactions,
      Clock clock) {
    this.table = table;
    this.register = register;
    this.audit = audit;
    this.transactions = transactions;
    this.clock = clock;
  }

  @Override
  public Window declare(
      Kind kind, String query, Instant from, Instant until, String reason, Actor actor) {
    if (register.query(query).unbounded())
      throw Problem.badInput(
          "query",
          query,
          "条件不能为空或匹配所有机器",
          "an empty query or one that matches everything is refused");
    return declare(kind, query, null, from, until, reason, actor);
  }

  @Override
  public Window declare(
      Kind kind, AssetId machine, Instant from, Instant until, String reason, Actor actor) {
    return declare(kind, null, machine, from, until, reason, actor);
  }

  private Window declare(
      Kind kind,
      @Nullable String query,
      @Nullable AssetId machine,
      Instant from,
      Instant until,
      String reason,
      Actor actor) {
    check(from, until, reason);
    Window declared =
        Objects.requireNonNull(
            transactions.execute(status -> {
              Window window =
                  table.add(kind, query, machine, from, until, reason, actor.toString());
              record(window, "maintenance.declared", actor);
              return window;
            }));
    open = UNREAD;
    return declared;
  }

  @Override
  public Optional<Window> end(long id, Actor actor) {
    Optional<Window> ended =
        Objects.requireNonNull(
            transactions.execute(status -> {
              Optional<Window> window = table.end(id, clock.instant());
              window.ifPresent(w -> record(w, "maintenance.ended", actor));
              return window;
            }));
    open = UNREAD;
    return ended;
  }

  @Override
  public List<Window> open() {
    return current().windows();
  }

  @Override
  public Optional<Window> covering(Kind kind, AssetId machine) {
    Instant now = clock.instant();
    Open current = current();
    List<Window> begun =
        current.windows().stream()
            .filter(window -> window.kind() == kind && !window.from().isAfter(now))
            .filter(window -> window.until().isAfter(now))
            .toList();
    if (begun.isEmpty()) return Optional.empty();
    Optional<Window> direct =
        begun.stream().filter(window -> machine.equals(window.machine())).findFirst();
    return direct.isPresent() ? direct : byQuery(begun, current, machine);
  }

  private Optional<Window> byQuery(List<Window> begun, Open current, AssetId machine) {
    if (begun.stream().allMatch(window -> window.query() == null)) return Optional.empty();
    Optional<MachineDoc> doc = register.machine(machine);
    return doc.flatMap(d ->
        begun.stream()
            .filter(window -> {
              Query query = current.queries().get(window.id());
              return query != null && query.matches(d.doc());
            })
            .findFirst());
  }

  private Open current() {
    Open known = open;
    Instant now = clock.instant();
    boolean young = known != UNREAD && now.isBefore(known.at().plus(KEEP));
    if (young) return known;
    List<Window> windows = table.open(now, MOST);
    Map<Long, Query> queries = new HashMap<>();
    for (Window window : windows)
      if (window.query() != null) queries.put(window.id(), register.query(window.query()));
    return open = new Open(windows, Map.copyOf(queries), now);
  }

  private void check(Instant from, Instant until, String reason) {
    if (reason.isBlank()) throw Problem.badInput("reason", "", "请写明原因", "say why");
    if (!until.isAfter(from) || !until.isAfter(clock.instant()))
      throw Problem.badInput(
          "until", until.toString(), "结束时间必须晚于开始时间和现在", "must be after the start and after now");
    if (Duration.between(from, until).compareTo(LONGEST) > 0)
      throw Problem.badInput("until", until.toString(), "最长 90 天", "at most 90 days");
  }

  private void record(Window window, String action, Actor actor) {
    Map<String, Object> details = new HashMap<>();
    details.put("kind", window.kind().name());
    details.put("from", window.from().toString());
    details.put("until", window.until().toString());
    if (window.query() != null) details.put("query", window.query());
    if (window.machine() != null) details.put("machine", window.machine().toString());
    audit.record(actor, action, "maintenance:" + window.id(), window.reason(), details);
  }
}
