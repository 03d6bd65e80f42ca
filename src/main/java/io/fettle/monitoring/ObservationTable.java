package io.fettle.monitoring;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Severity;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.Observations.Seen;
import io.fettle.monitoring.Observations.Tally;
import io.fettle.monitoring.check.Reading;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The observation rows, one partition per day (UTC). */
@Component
class ObservationTable {
  private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;
  private static final String PREFIX = "observation_";
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};
  private static final int BATCH = 1_000;

  /** Of one check of one machine: more components than most have, and the last few changes. */
  private static final int EACH = 64;

  private final JdbcTemplate db;
  private final Set<LocalDate> ready = new HashSet<>();

  ObservationTable(JdbcTemplate db) {
    this.db = db;
  }

  void add(List<Observation> observations) {
    if (observations.isEmpty()) return;
    observations.stream().map(o -> day(o.observedAt())).distinct().forEach(this::partition);
    db.batchUpdate(
        """
        insert into monitoring.observation (observed_at, machine, check_name, component, epoch,
          slot, collector, verdict, severity, summary_zh, summary_en, evidence)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb)
        """,
        observations,
        BATCH,
        ObservationTable::set);
  }

  List<Seen> of(AssetId machine, @Nullable String check, Instant since, int limit) {
    return db.query(
        """
        select observed_at, check_name, component, verdict, severity, summary_zh, summary_en,
               evidence
          from monitoring.observation
         where machine = ? and (?::text is null or check_name = ?) and observed_at > ?
         order by observed_at desc limit ?
        """,
        ObservationTable::seen,
        machine.value(),
        check,
        check,
        since.atOffset(ZoneOffset.UTC),
        Math.clamp(limit, 1, 500));
  }

  /** The newest of each of these checks since then, newest first. */
  List<Seen> lately(AssetId machine, Collection<String> checks, Instant since) {
    return db.query(
        """
        select newest.* from unnest(?::text[]) c (check_name) cross join lateral (
          select observed_at, check_name, component, verdict, severity, summary_zh, summary_en,
                 evidence
            from monitoring.observation o
           where o.machine = ? and o.check_name = c.check_name and o.observed_at > ?
           order by o.observed_at desc, o.verdict <> 'BAD' limit ?) newest
         order by newest.observed_at desc
        """,
        ObservationTable::seen,
        checks.toArray(String[]::new),
        machine.value(),
        since.atOffset(ZoneOffset.UTC),
        EACH);
  }

  /** Hears what a check said of a machine at one moment. */
  interface Hears {
    void hears(AssetId machine, String check, Instant at, List<Reading> said);
  }

  /** The newest of every check of these machines since then, without evidence. */
  void newest(Collection<AssetId> machines, Instant since, Hears hears) {
    record Last(AssetId machine, String check, Instant at, Reading reading) {}
    List<Last> rows =
        db.query(
            """
            select m.machine, o.* from unnest(?::uuid[]) m (machine) cross join lateral (
              select check_name, observed_at, component, verdict, severity, summary_zh, summary_en,
                     max(observed_at) over (partition by check_name) as newest
                from monitoring.observation
               where machine = m.machine and observed_at > ? offset 0) o
             where o.observed_at = o.newest
             order by m.machine, o.check_name
            """,
            (row, n) ->
                new Last(
                    new AssetId(row.getObject("machine", UUID.class)),
                    row.getString("check_name"),
                    row.getObject("observed_at", OffsetDateTime.class).toInstant(),
                    reading(row, Map.of())),
            machines.stream().map(AssetId::value).toArray(UUID[]::new),
            since.atOffset(ZoneOffset.UTC));
    int from = 0;
    for (int i = 1; i <= rows.size(); i++) {
      Last first = rows.get(from);
      if (i < rows.size()
          && rows.get(i).machine().equals(first.machine())
          && rows.get(i).check().equals(first.check())) continue;
      hears.hears(
          first.machine(),
          first.check(),
          first.at(),
          rows.subList(from, i).stream().map(Last::reading).toList());
      from = i;
    }
  }

  /** See {@link Observations#last}. */
  List<Tally> last(String check, Instant since) {
    return db.query(
        """
        select component, verdict, count(*) as machines from (
          select component, verdict, observed_at,
                 max(observed_at) over (partition by machine) as newest
            from monitoring.observation
           where check_name = ? and observed_at > ? and component <> '') said
         where observed_at = newest
         group by component, verdict order by component, verdict limit 10000
        """,
        (row, n) ->
            new Tally(
                row.getString("component"),
                Verdict.valueOf(row.getString("verdict")),
                row.getInt("machines")),
        check,
        since.atOffset(ZoneOffset.UTC));
  }

  /** Drops the days before this one; how many. */
  int dropBefore(LocalDate oldest) {
    List<String> days =
        db.query(
            """
            select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
             where i.inhparent = 'monitoring.observation'::regclass
            """,
            (row, n) -> row.getString("relname"));
    int dropped = 0;
    for (String name : days) {
      if (!name.matches(PREFIX + "[0-9]{8}")) continue;
      if (!LocalDate.parse(name.substring(PREFIX.length()), DAY).isBefore(oldest)) continue;
      db.execute("drop table monitoring." + name);
      dropped++;
    }
    return dropped;
  }

  private synchronized void partition(LocalDate day) {
    if (ready.contains(day)) return;
    db.execute(
        "create table if not exists monitoring.%s%s partition of monitoring.observation for values from ('%s 00:00:00+00') to ('%s 00:00:00+00')"
            .formatted(PREFIX, DAY.format(day), day, day.plusDays(1)));
    ready.add(day);
  }

  private static LocalDate day(Instant at) {
    return at.atOffset(ZoneOffset.UTC).toLocalDate();
  }

  private static void set(PreparedStatement row, Observation observation) throws SQLException {
    Reading reading = observation.reading();
    row.setObject(1, observation.observedAt().atOffset(ZoneOffset.UTC));
    row.setObject(2, observation.machine().value());
    row.setString(3, observation.check());
    row.setString(4, RemoteText.cut(reading.component(), 200));
    row.setInt(5, observation.epoch());
    row.setLong(6, observation.slot());
    row.setString(7, observation.collector());
    row.setString(8, reading.verdict().name());
    row.setString(9, reading.severity().name());
    row.setString(10, RemoteText.cut(reading.summary().zh(), 500));
    row.setString(11, RemoteText.cut(reading.summary().en(), 500));
    row.setString(12, JSON.writeValueAsString(RemoteText.safe(reading.evidence(), 4_096)));
  }

  private static Seen seen(ResultSet row, int number) throws SQLException {
    return new Seen(
        row.getObject("observed_at", OffsetDateTime.class).toInstant(),
        row.getString("check_name"),
        reading(row, JSON.readValue(row.getString("evidence"), MAP)));
  }

  private static Reading reading(ResultSet row, Map<String, Object> evidence) throws SQLException {
    return new Reading(
        row.getString("component"),
        Verdict.valueOf(row.getString("verdict")),
        Severity.valueOf(row.getString("severity")),
        new Label(row.getString("summary_zh"), row.getString("summary_en")),
        evidence);
  }
}
