package io.fettle.fault;

import io.fettle.cmdb.MachineCard;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.Observation;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The fault rows. */
@Component
class FaultTable {
  static final String COLUMNS =
      """
      id, machine, fault_class, component, check_name, state, severity, version, summary_zh, \
      summary_en, evidence, held_for, state_before, rung, not_before, deadline_at, opened_at, \
      confirmed_at, recovered_at, closed_at, fixed_by, relapses, changed_at\
      """;

  private final JdbcClient db;

  FaultTable(JdbcClient db) {
    this.db = db;
  }

  Optional<Fault> find(FaultId id) {
    return db.sql("select " + COLUMNS + " from fault.fault where id = :id")
        .param("id", id.value())
        .query(FaultTable::fault)
        .optional();
  }

  /** Open faults, locked in the order of their ids against others who would move them. */
  List<Fault> lockOpen(Collection<FaultId> ids) {
    if (ids.isEmpty()) return List.of();
    return db.sql(
            "select "
                + COLUMNS
                + """
                   from fault.fault
                  where id = any(:ids::bigint[]) and state <> 'CLOSED' order by id for update
                """)
        .param("ids", Columns.of(ids, FaultId::value))
        .query(FaultTable::fault)
        .list();
  }

  /** The open fault of a key. */
  Optional<Fault> open(AssetId machine, String faultClass, String component) {
    return db.sql(
            "select "
                + COLUMNS
                + """
                   from fault.fault
                  where machine = :machine and fault_class = :class and component = :component
                    and state <> 'CLOSED'
                """)
        .param("machine", machine.value())
        .param("class", faultClass)
        .param("component", component)
        .query(FaultTable::fault)
        .optional();
  }

  /** What the newest BAD reading says; not an edge, so the version stays. */
  Optional<Fault> saw(FaultId id, Observation newest) {
    return db.sql(
            """
            update fault.fault set severity = :severity, summary_zh = :zh, summary_en = :en,
                   evidence = :evidence::jsonb
             where id = :id and state <> 'CLOSED'
            returning
            """
                + COLUMNS)
        .param("id", id.value())
        .param("severity", newest.reading().severity().name())
        .param("zh", RemoteText.cut(newest.reading().summary().zh(), 1_000))
        .param("en", RemoteText.cut(newest.reading().summary().en(), 1_000))
        .param("evidence", Json.write(newest.reading().evidence()))
        .query(FaultTable::fault)
        .optional();
  }

  /** Puts a deadline off without an edge; the version stays, so nobody's edge is refused by it. */
  boolean postpone(Fault at, Instant deadline) {
    return db.sql(
                """
                update fault.fault set deadline_at = :deadline
                 where id = :id and version = :version and state = :state
                """)
            .param("id", at.id().value())
            .param("version", at.version())
            .param("state", at.state().name())
            .param("deadline", utc(deadline))
            .update()
        == 1;
  }

  Map<FaultId, FaultState> states(Collection<FaultId> ids) {
    if (ids.isEmpty()) return Map.of();
    Map<FaultId, FaultState> states = new HashMap<>();
    db.sql("select id, state from fault.fault where id = any(:ids::bigint[])")
        .param("ids", Columns.of(ids, FaultId::value))
        .query(
            (RowCallbackHandler)
                row ->
                    states.put(
                        new FaultId(row.getLong("id")),
                        FaultState.valueOf(row.getString("state"))));
    return states;
  }

  /** Those changed longest ago first. */
  List<Fault> inState(FaultState state, @Nullable Fault after, int limit) {
    String beyond = after == null ? "" : " and (changed_at, id) > (:at, :id)";
    var sql =
        db.sql(
                "select "
                    + COLUMNS
                    + " from fault.fault where state = :state and state <> 'CLOSED'"
                    + beyond
                    + " order by changed_at, id limit :limit")
            .param("state", state.name())
            .param("limit", limit);
    if (after != null)
      sql = sql.param("at", utc(after.changedAt())).param("id", after.id().value());
    return sql.query(FaultTable::fault).list();
  }

  /** Faults of these states whose deadline is over, longest over first. */
  List<Fault> overdue(Collection<FaultState> states, Instant now, int limit) {
    return db.sql(
            "select "
                + COLUMNS
                + """
                   from fault.fault
                  where state <> 'CLOSED' and state in (:states) and deadline_at <= :now
                  order by deadline_at limit :limit
                """)
        .param("states", states.stream().map(Enum::name).toList())
        .param("now", utc(now))
        .param("limit", limit)
        .query(FaultTable::fault)
        .list();
  }

  /** Changed at or after this time, oldest change first: for a memory that may lag behind. */
  List<Fault> changedSince(Instant since, int limit) {
    return db.sql(
            "select "
                + COLUMNS
                + " from fault.fault where changed_at >= :since order by changed_at, id limit :limit")
        .param("since", utc(since))
        .param("limit", limit)
        .query(FaultTable::fault)
        .list();
  }

  /** Open faults after this id, in id order: for loading the fold and for sweeps. */
  List<Fault> allOpen(long after, int limit) {
    return db.sql(
            "select "
                + COLUMNS
                + " from fault.fault where state <> 'CLOSED' and id > :after order by id limit :limit")
        .param("after", after)
        .param("limit", limit)
        .query(FaultTable::fault)
        .list();
  }

  /** Open faults on these machines. */
  List<Fault> openOn(Collection<AssetId> machines) {
    if (machines.isEmpty()) return List.of();
    return db.sql(
            "select "
                + COLUMNS
                + " from fault.fault where state <> 'CLOSED' and machine in (:machines)")
        .param("machines", machines.stream().map(AssetId::value).toList())
        .query(FaultTable::fault)
        .list();
  }

  List<Fault> earlier(Fault fault, Instant since) {
    return db.sql(
            "select "
                + COLUMNS
                + """
                   from fault.fault
                  where machine = :machine and fault_class = :class and component = :component
                    and state = 'CLOSED' and closed_at > :since and id <> :id
                  order by closed_at desc limit 100
                """)
        .param("machine", fault.machine().value())
        .param("class", fault.faultClass())
        .param("component", fault.component())
        .param("since", utc(since))
        .param("id", fault.id().value())
        .query(FaultTable::fault)
        .list();
  }

  /** How many stand in each state; teams null means all machines. */
  Map<FaultState, Integer> counts(@Nullable Set<String> teams) {
    Map<FaultState, Integer> counts = new EnumMap<>(FaultState.class);
    String cut = teams == null ? "" : " and team in (:teams)";
    db.sql(
            "select state, count(*) as n from fault.fault where state <> 'CLOSED'"
                + cut
                + " group by state")
        .param("teams", teams == null || teams.isEmpty() ? Set.of("") : teams)
        .query(
            (RowCallbackHandler)
                row -> counts.put(FaultState.valueOf(row.getString("state")), row.getInt("n")));
    return counts;
  }

  /** Copies what the register says of these machines now onto all their faults. */
  void place(Collection<MachineCard> cards) {
    if (cards.isEmpty()) return;
    db.sql(
            """
            update fault.fault f
               set asset_no = c.asset_no, site = c.site, room = c.room, rack = c.rack,
                   team = c.team
              from unnest(:machines::uuid[], :asset_nos::text[], :sites::text[], :rooms::text[],
                  :racks::text[], :teams::text[]) c (machine, asset_no, site, room, rack, team)
             where f.machine = c.machine
               and (f.asset_no, f.site, f.room, f.rack, f.team)
                   is distinct from (c.asset_no, c.site, c.room, c.rack, c.team)
            """)
        .param("machines", Columns.of(cards, MachineCard::id))
        .param("asset_nos", Columns.of(cards, MachineCard::assetNo))
        .param("sites", Columns.of(cards, MachineCard::site))
        .param("rooms", Columns.of(cards, MachineCard::room))
        .param("racks", Columns.of(cards, MachineCard::rack))
        .param("teams", Columns.of(cards, MachineCard::team))
        .update();
  }

  /** Of these machines those that ever had a fault. */
  Set<AssetId> known(Collection<AssetId> machines) {
    if (machines.isEmpty()) return Set.of();
    return db.sql("select distinct machine from fault.fault where machine in (:machines)")
        .param("machines", machines.stream().map(AssetId::value).toList())
        .query((row, n) -> new AssetId(row.getObject("machine", UUID.class)))
        .set();
  }

  /** The component as stored: bounded, without characters a database cannot hold. */
  static String component(Observation observation) {
    return RemoteText.cut(observation.reading().component(), 200);
  }

  static @Nullable OffsetDateTime utc(@Nullable Instant at) {
    return at == null ? null : at.atOffset(ZoneOffset.UTC);
  }

  static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }

  static Instant requiredInstant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  static Fault fault(ResultSet row, int number) throws SQLException {
    String before = row.getString("state_before");
    return new Fault(
        new FaultId(row.getLong("id")),
        new AssetId(row.getObject("machine", UUID.class)),
        row.getString("fault_class"),
        row.getString("component"),
        row.getString("check_name"),
        FaultState.valueOf(row.getString("state")),
        Severity.valueOf(row.getString("severity")),
        row.getLong("version"),
        new Label(row.getString("summary_zh"), row.getString("summary_en")),
        Json.read(row.getString("evidence")),
        row.getString("held_for"),
        before == null ? null : FaultState.valueOf(before),
        row.getInt("rung"),
        instant(row, "not_before"),
        instant(row, "deadline_at"),
        requiredInstant(row, "opened_at"),
        instant(row, "confirmed_at"),
        instant(row, "recovered_at"),
        instant(row, "closed_at"),
        row.getString("fixed_by"),
        row.getInt("relapses"),
        requiredInstant(row, "changed_at"));
  }
}
