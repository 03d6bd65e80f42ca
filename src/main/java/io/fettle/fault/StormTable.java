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
import org.springframework.stereotype.Component;

/** The storm rows, and counting what makes one. */
@Component
class StormTable {
  private static final String COLUMNS =
      "id, fault_class, site, rack, started_at, last_over_at, faults, threshold, ended_at, ended_by, reason";

  private final JdbcClient db;

  StormTable(JdbcClient db) {
    this.db = db;
  }

  /** A failure domain with something newly confirmed in it. */
  record Domain(String faultClass, String site, @Nullable String rack) {}

  /** Where these faults are: their sites and their racks. */
  List<Domain> domains(List<FaultId> faults) {
    if (faults.isEmpty()) return List.of();
    return db.sql(
            """
            select distinct fault_class, site, rack from fault.fault
             where id in (:ids) and site is not null and rack is not null
            union
            select distinct fault_class, site, null from fault.fault
             where id in (:ids) and site is not null
            """)
        .param("ids", faults.stream().map(FaultId::value).toList())
        .query((row, n) ->
            new Domain(row.getString("fault_class"), row.getString("site"), row.getString("rack")))
        .list();
  }

  /** Machines there with a fault of the class confirmed since then. */
  int confirmed(Domain at, Instant since) {
    String rack = at.rack() == null ? "" : " and rack = :rack";
    return db.sql(
            """
            select count(distinct machine) from fault.fault
             where fault_class = :class and site = :site and confirmed_at > :since
            """
                + rack)
        .param("class", at.faultClass())
        .param("site", at.site())
        .param("rack", at.rack())
        .param("since", FaultTable.utc(since))
        .query(Integer.class)
        .single();
  }

  /** Machines there with an open fault of the class that is confirmed and not recovered. */
  int standing(Domain at) {
    String rack = at.rack() == null ? "" : " and rack = :rack";
    return db.sql(
            """
            select count(distinct machine) from fault.fault
             where fault_class = :class and site = :site
               and state not in ('CLOSED', 'RECOVERED', 'SUSPECT')
            """
                + rack)
        .param("class", at.faultClass())
        .param("site", at.site())
        .param("rack", at.rack())
        .query(Integer.class)
        .single();
  }

  /** Starts a storm or notes that it still blows; true when it is new. */
  boolean blows(Domain at, int faults, int threshold, Instant now) {
    int known =
        db.sql(
                """
                update fault.storm set last_over_at = :now, faults = greatest(faults, :faults)
                 where fault_class = :class and site = :site
                   and rack is not distinct from :rack::text and ended_at is null
                """)
            .param("class", at.faultClass())
            .param("site", at.site())
            .param("rack", at.rack())
            .param("faults", faults)
            .param("now", FaultTable.utc(now))
            .update();
    if (known > 0) return false;
    return db.sql(
                """
                insert into fault.storm (fault_class, domain, site, rack, started_at, last_over_at,
                  faults, threshold)
                values (:class, :domain, :site, :rack, :now, :now, :faults, :threshold)
                on conflict do nothing
                """)
            .param("class", at.faultClass())
            .param("domain", at.rack() == null ? "site" : "rack")
            .param("site", at.site())
            .param("rack", at.rack())
            .param("faults", faults)
            .param("threshold", threshold)
            .param("now", FaultTable.utc(now))
            .update()
        > 0;
  }

  /** When a person last released a storm there. */
  Optional<Instant> released(Domain at) {
    return db.sql(
            """
            select ended_at from fault.storm
             where fault_class = :class and site = :site and rack is not distinct from :rack::text
               and ended_by <> 'subsided' order by ended_at desc limit 1
            """)
        .param("class", at.faultClass())
        .param("site", at.site())
        .param("rack", at.rack())
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
            select s.id, s.fault_class, s.site, s.rack, s.started_at, s.last_over_at, s.faults,
                   s.threshold, s.ended_at, s.ended_by, s.reason
              from fault.storm s
              join fault.fault f on f.fault_class = s.fault_class and f.site = s.site
                                and (s.rack is null or s.rack = f.rack)
             where f.id = :id and s.ended_at is null
             order by s.started_at limit 1
            """)
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
                   select from fault.storm s
                    where s.ended_at is null and s.fault_class = f.fault_class
                      and s.site = f.site and (s.rack is null or s.rack = f.rack))
                """)
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
                    select from fault.storm s
                     where s.ended_at is null and s.fault_class = f.fault_class
                       and s.site = f.site and (s.rack is null or s.rack = f.rack))
                  order by changed_at, id limit :limit
                """)
        .param("limit", limit)
        .query(FaultTable::fault)
        .list();
  }

  private static Storm storm(ResultSet row, int number) throws SQLException {
    return new Storm(
        row.getLong("id"),
        row.getString("fault_class"),
        row.getString("site"),
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
