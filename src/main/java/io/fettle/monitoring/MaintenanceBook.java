package io.fettle.monitoring;

import io.fettle.audit.Audit;
import io.fettle.cmdb.Query;
import io.fettle.cmdb.Register;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Maintenance windows. Those by query are few and kept in memory for a second. */
@Component
class MaintenanceBook implements Maintenance {
  /** More open windows by query than this are refused: each is judged for each decision. */
  static final int MOST_QUERIES = 200;

  private static final Duration KEEP = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(90);
  private static final int MOST_LISTED = 500;

  private static final Queries UNREAD = new Queries(List.of(), Instant.EPOCH);

  private final MaintenanceTable table;
  private final Register register;
  private final Audit audit;
  private final TransactionOperations transactions;
  private final Clock clock;
  private volatile Queries queries = UNREAD;

  /** Windows by query that are not over. */
  private record Queries(List<Parsed> windows, Instant at) {}

  private record Parsed(Window window, Query query) {}

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
  public Window declare(String query, Instant from, Instant until, String reason, Actor actor) {
    if (register.query(query).unbounded())
      throw Problem.badInput(
          "query",
          query,
          "条件不能为空或匹配所有机器",
          "an empty query or one that matches everything is refused");
    if (table.byQuery(clock.instant()).size() >= MOST_QUERIES)
      throw Problem.conflict(
          "按条件声明的维护窗口已有 " + MOST_QUERIES + " 个未结束：请先结束一些，合并条件，或按机器声明",
          MOST_QUERIES
              + " windows by query are open already: end some, join their queries, or declare"
              + " windows by machine");
    return declare(query, null, from, until, reason, actor);
  }

  @Override
  public Window declare(AssetId machine, Instant from, Instant until, String reason, Actor actor) {
    return declare(null, machine, from, until, reason, actor);
  }

  private Window declare(
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
              Window window = table.add(query, machine, from, until, reason, actor.toString());
              record(window, "maintenance.declared", actor);
              return window;
            }));
    queries = UNREAD;
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
    queries = UNREAD;
    return ended;
  }

  @Override
  public List<Window> open() {
    return table.open(clock.instant(), MOST_LISTED);
  }

  @Override
  public Map<AssetId, Window> covering(Collection<AssetId> machines) {
    if (machines.isEmpty()) return Map.of();
    Instant now = clock.instant();
    Map<AssetId, Window> covered = new HashMap<>();
    for (Window window : table.over(machines, now))
      covered.putIfAbsent(Objects.requireNonNull(window.machine()), window);
    List<Parsed> begun =
        queries(now).stream()
            .filter(w -> !w.window().from().isAfter(now) && w.window().until().isAfter(now))
            .toList();
    if (begun.isEmpty()) return covered;
    Set<AssetId> others = new HashSet<>(machines);
    others.removeAll(covered.keySet());
    register
        .machines(others)
        .forEach((id, doc) ->
            begun.stream()
                .filter(w -> w.query().matches(doc.doc()))
                .findFirst()
                .ifPresent(w -> covered.put(id, w.window())));
    return covered;
  }

  private List<Parsed> queries(Instant now) {
    Queries known = queries;
    if (known != UNREAD && now.isBefore(known.at().plus(KEEP))) return known.windows();
    List<Parsed> windows =
        table.byQuery(now).stream()
            .map(w -> new Parsed(w, register.query(Objects.requireNonNull(w.query()))))
            .toList();
    queries = new Queries(windows, now);
    return windows;
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
    details.put("from", window.from().toString());
    details.put("until", window.until().toString());
    if (window.query() != null) details.put("query", window.query());
    if (window.machine() != null) details.put("machine", window.machine().toString());
    audit.record(actor, action, "maintenance:" + window.id(), window.reason(), details);
  }
}
