package io.fettle.fault;

import io.fettle.fault.Storms.Storm;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/** The storm rows, and counting what makes one. */
@Component
class StormTable {
  private static final String COLUMNS =
      "id, fault_class, site, room, rack, started_at, last_over_at, faults, threshold, ended_at, ended_by,"
          + " reason";

  /** Fault f stands where storm s blows. */
  private static final String UNDER =
      """
      s.fault_class = f.fault_class and s.site = coalesce(f.site, f.room, '')
                  and (s.rack is null or (s.rack = f.rack and s.room = coalesce(f.room, '')))
      """;

  private final JdbcClient db;

  StormTable(JdbcClient db) {
    this.db = db;
  }

  /**
   * A failure domain with something newly confirmed in it: a site, which is the room where no site
   * is recorded and empty where neither is, or one rack of one room there.
   */
  record Domain(String faultClass, String site, String room, @Nullable String rack) {
    static Domain of(Storm storm) {
      return new Domain(storm.faultClass(), storm.site(), storm.room(), storm.rack());
    }

    /** A condition on fault rows; its parameters are those of {@link #bind}. */
    String there() {
      String site = "fault_class = :class and coalesce(site, room, '') = :site";
      return rack == null ? site : site + " and coalesce(room, '') = :room and rack = :rack";
    }

    StatementSpec bind(StatementSpec sql) {
      return sql.param("class", faultClass)
          .param("site", site)
          .param("room", room)
          .param("rack", rack);
    }
  }

  /** Where these faults are: their sites and their racks. */
  List<Domain> domains(List<FaultId> faults) {
    if (faults.isEmpty()) return List.of();
    return db.sql(
            """
            select distinct fault_class, coalesce(site, room, '') as site,
                   coalesce(room, '') as room, rack
              from fault.fault where id in (:ids) and rack is not null
            union
            select distinct fault_class, coalesce(site, room, ''), '', null
              from fault.fault where id in (:ids)
            """)
        .param("ids", faults.stream().map(FaultId::value).toList())
        .query((row, n) ->
            new Domain(
                row.getString("fault_class"),
                row.getString("site"),
                row.getString("room"),
                row.getString("rack")))
        .list();
  }

  /** Machines there with a fault of the class confirmed since then. */
  int confirmed(Domain at, Instant since) {
    return at.bind(
            db.sql(
                "select count(distinct machine) from fault.fault where confirmed_at > :since and "
                    + at.there()))
        .param("since", FaultTable.utc(since))
        .query(Integer.class)
        .single();
  }

  /** Machines there with an open fault of the class that is confirmed and not recovered. */
  int standing(Domain at) {
    return at.bind(
            db.sql(
                "select count(distinct machine) from fault.fault"
                    + " where state not in ('CLOSED', 'RECOVERED', 'SUSPECT') and "
                    + at.there()))
        .query(Integer.class)
        .single();
  }

  /** Starts a storm or notes that it still blows; true when it is new. */
  boolean blows(Domain at, int faults, int threshold, Instant now) {
    int known =
        at.bind(
                db.sql(
                    """
                    update fault.storm set last_over_at = :now, faults = greatest(faults, :faults)
                     where fault_class = :class and site = :site and room = :room
                       and rack is not distinct from :rack::text and ended_at is null
                    """))
            .param("faults", faults)
            .param("now", FaultTable.utc(now))
            .update();
    if (known > 0) return false;
    return at.bind(
                db.sql(
                    """
                    insert into fault.storm (fault_class, domain, site, room, rack, started_at,
                      last_over_at, faults, threshold)
                    values (:class, :domain, :site, :room, :rack, :now, :now, :faults, :threshold)
                    on conflict do nothing
                    """))
            .param("domain", at.rack() == null ? "site" : "rack")
            .param("faults", faults)
            .param("threshold", threshold)
            .param("now", FaultTable.utc(now))
            .update()
        > 0;
  }

  /** When a person last released a storm there. */
  Optional<Instant> released(Domain at) {
    return at.bind(
            db.sql(
                """
                select ended_at from fault.storm
                 where fault_class = :class and site = :site and room = :room
                   and rack is not distinct from :rack::text
                   and ended_by <> 'subsided' order by ended_at desc limit 1
                """))
        .query((row, n) -> FaultTable.requiredInstant(row, "ended_at"))
        .optional();
  }

  List<Storm> blowing() {
    return db.sql(
            "select "
                + COLUMNS
                + " from fault.storm where ended_at is null order by started_at desc, id desc")
        .query(StormTable::storm)
        .list();
  }

  List<Storm> recent(int limit) {
    return db.sql(
            "select "
                + COLUMNS
                + " from fault.storm order by started_at desc, id desc limit :limit")
        .param("limit", Math.clamp(limit, 1, 500))
        .query(StormTable::storm)
        .list();
  }

  Optional<Storm> end(long id, String by, @Nullable String reason, Instant now) {
    return db.sql(
            """
            update fault.storm set ended_at = :now, ended_by = :by, reason = :reason
             where id = :id and ended_at is null
            returning
            """
                + COLUMNS)
        .param("id", id)
        .param("by", by)
        .param("reason", reason)
        .param("now", FaultTable.utc(now))
        .query(StormTable::storm)
        .optional();
  }

  /** The storm that holds this fault, if one blows in its rack or site. */
  Optional<Storm> over(FaultId fault) {
    return db.sql(
            """
            select s.* from fault.storm s
              join fault.fault f on
            """
                + UNDER
                + " where f.id = :id and s.ended_at is null order by s.started_at limit 1")
        .param("id", fault.value())
        .query(StormTable::storm)
        .optional();
  }

  /** Which of these faults a storm in their rack or site holds. */
  Set<FaultId> over(Collection<FaultId> faults) {
    return Set.copyOf(
        db.sql(
                """
                select f.id from fault.fault f
                 where f.id = any(:ids::bigint[]) and exists (
                   select from fault.storm s where s.ended_at is null and
                """
                    + UNDER
                    + ")")
            .param("ids", Columns.of(faults, FaultId::value))
            .query((row, n) -> new FaultId(row.getLong(1)))
            .list());
  }

  /** CONFIRMED faults under a storm that blows: these are to be held. */
  List<Fault> confirmedUnder(int limit) {
    return db.sql(
            "select "
                + FaultTable.COLUMNS
                + """
                   from fault.fault f
                  where state = 'CONFIRMED' and exists (
                    select from fault.storm s where s.ended_at is null and
                """
                + UNDER
                + ") order by changed_at, id limit :limit")
        .param("limit", limit)
        .query(FaultTable::fault)
        .list();
  }

  private static Storm storm(ResultSet row, int number) throws SQLException {
    return new Storm(
        row.getLong("id"),
        row.getString("fault_class"),
        row.getString("site"),
        row.getString("room"),
        row.getString("rack"),
        FaultTable.requiredInstant(row, "started_at"),
        FaultTable.requiredInstant(row, "last_over_at"),
        row.getInt("faults"),
        row.getInt("threshold"),
        FaultTable.instant(row, "ended_at"),
        row.getString("ended_by"),
        row.getString("reason"));
  }
}
