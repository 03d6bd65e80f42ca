package io.fettle.fault;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Viewer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/** Counts over the fault rows. */
@Component
class FaultFigureTable implements FaultFigures {
  private static final String TURN =
      Arrays.stream(FaultState.values())
          .map(state -> "when '" + state + "' then " + Turn.of(state).ordinal())
          .collect(Collectors.joining(" ", "case state ", " end"));

  private final JdbcClient db;
  private final FaultTable faults;

  FaultFigureTable(JdbcClient db, FaultTable faults) {
    this.db = db;
    this.faults = faults;
  }

  @Override
  public Map<Turn, Integer> machines(Viewer viewer) {
    Map<Turn, Integer> found = new EnumMap<>(Turn.class);
    ask(
            viewer,
            "select turn, count(*) as n from (select machine, min("
                + TURN
                + ") as turn from fault.fault where state <> 'CLOSED' and %s group by machine) m"
                + " group by turn")
        .query(
            (RowCallbackHandler)
                row -> found.put(Turn.values()[row.getInt("turn")], row.getInt("n")));
    return found;
  }

  @Override
  public List<Rack> racks(Viewer viewer, int limit) {
    return ask(
            viewer,
            "select site, room, rack, min("
                + TURN
                + ") as turn, count(distinct machine) as n from fault.fault"
                + " where state not in ('CLOSED', 'RECOVERED') and %s"
                + " group by site, room, rack order by turn, n desc, site, room, rack"
                + " limit :limit")
        .param("limit", limit)
        .query((row, n) ->
            new Rack(
                row.getString("site"),
                row.getString("room"),
                row.getString("rack"),
                Turn.values()[row.getInt("turn")],
                row.getInt("n")))
        .list();
  }

  @Override
  public List<Recovered> recovered(Instant since, Viewer viewer) {
    return ask(
            viewer,
            """
            select fault_class,
                   count(*) filter (where fixed_by = 'run') as run,
                   count(*) filter (where fixed_by = 'self') as self,
                   count(*) filter (where fixed_by in ('human', 'field')) as person
              from fault.fault where recovered_at >= :since and %s
             group by fault_class order by count(*) desc, fault_class limit 200
            """)
        .param("since", FaultTable.utc(since))
        .query((row, n) ->
            new Recovered(
                row.getString("fault_class"),
                row.getInt("run"),
                row.getInt("self"),
                row.getInt("person")))
        .list();
  }

  @Override
  public List<Integer> confirmedPerHour(Instant from, int hours, Viewer viewer) {
    Integer[] counts = new Integer[hours];
    Arrays.fill(counts, 0);
    ask(
            viewer,
            """
            select floor(extract(epoch from confirmed_at - :from) / 3600)::int as hour,
                   count(*) as n
              from fault.fault
             where confirmed_at >= :from and confirmed_at < :from + :hours * interval '1 hour'
               and %s
             group by hour
            """)
        .param("from", FaultTable.utc(from))
        .param("hours", hours)
        .query((RowCallbackHandler) row -> counts[row.getInt("hour")] = row.getInt("n"));
    return List.of(counts);
  }

  @Override
  public Map<String, Integer> openByClass(Viewer viewer) {
    Map<String, Integer> found = new LinkedHashMap<>();
    ask(
            viewer,
            """
            select fault_class, count(*) as n from fault.fault where state <> 'CLOSED' and %s
             group by fault_class order by n desc, fault_class limit 200
            """)
        .query(
            (RowCallbackHandler) row -> found.put(row.getString("fault_class"), row.getInt("n")));
    return found;
  }

  @Override
  public Map<AssetId, List<Fault>> open(Collection<AssetId> machines) {
    return faults.openOn(machines).stream().collect(Collectors.groupingBy(Fault::machine));
  }

  @Override
  public List<Fault> ofMachine(AssetId machine, int limit) {
    return db.sql(
            "select "
                + FaultTable.COLUMNS
                + " from fault.fault where machine = :machine"
                + " order by changed_at desc, id desc limit :limit")
        .param("machine", machine.value())
        .param("limit", limit)
        .query(FaultTable::fault)
        .list();
  }

  /** The query with {@code %s} replaced by what this viewer may see. */
  private StatementSpec ask(Viewer viewer, String sql) {
    if (viewer.seesAll()) return db.sql(sql.replace("%s", "true"));
    if (viewer.teams().isEmpty()) return db.sql(sql.replace("%s", "false"));
    return db.sql(sql.replace("%s", "team in (:teams)")).param("teams", Set.copyOf(viewer.teams()));
  }
}
