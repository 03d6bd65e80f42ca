package io.fettle.monitoring;

import io.fettle.kernel.AssetId;
import io.fettle.monitoring.Maintenance.Window;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The windows. */
@Component
class MaintenanceTable {
  private static final String COLUMNS = "id, query, machine, from_at, until_at, reason, by_whom";

  private final JdbcClient db;

  MaintenanceTable(JdbcClient db) {
    this.db = db;
  }

  Window add(
      @Nullable String query,
      @Nullable AssetId machine,
      Instant from,
      Instant until,
      String reason,
      String by) {
    return db.sql(
            """
            insert into monitoring.maintenance
              (kind, query, machine, from_at, until_at, reason, by_whom)
            values ('MAINTENANCE', :query, :machine, :from, :until, :reason, :by)
            returning
            """
                + COLUMNS)
        .param("query", query)
        .param("machine", machine == null ? null : machine.value(), java.sql.Types.OTHER)
        .param("from", from.atOffset(ZoneOffset.UTC))
        .param("until", until.atOffset(ZoneOffset.UTC))
        .param("reason", reason)
        .param("by", by)
        .query(MaintenanceTable::window)
        .single();
  }

  /** Ends it now, also one that has not begun; empty when it is over or unknown. */
  Optional<Window> end(long id, Instant now) {
    return db.sql(
            """
            update monitoring.maintenance
               set until_at = :now, from_at = least(from_at, :now)
             where id = :id and until_at > :now
            returning
            """
                + COLUMNS)
        .param("id", id)
        .param("now", now.atOffset(ZoneOffset.UTC))
        .query(MaintenanceTable::window)
        .optional();
  }

  /** Not over at this time, the next to end first. */
  List<Window> open(Instant now, int limit) {
    return db.sql(
            "select "
                + COLUMNS
                + " from monitoring.maintenance where until_at > :now and kind = 'MAINTENANCE'"
                + " order by until_at, id limit :limit")
        .param("now", now.atOffset(ZoneOffset.UTC))
        .param("limit", limit)
        .query(MaintenanceTable::window)
        .list();
  }

  /** All by query that are not over at this time. */
  List<Window> byQuery(Instant now) {
    return db.sql(
            "select "
                + COLUMNS
                + " from monitoring.maintenance where until_at > :now and kind = 'MAINTENANCE'"
                + " and query is not null order by id")
        .param("now", now.atOffset(ZoneOffset.UTC))
        .query(MaintenanceTable::window)
        .list();
  }

  /** Windows over one of these machines that have begun and are not over. */
  List<Window> over(Collection<AssetId> machines, Instant now) {
    return db.sql(
            "select "
                + COLUMNS
                + " from monitoring.maintenance where machine = any(:machines::uuid[])"
                + " and kind = 'MAINTENANCE' and from_at <= :now and until_at > :now"
                + " order by until_at, id")
        .param("machines", machines.stream().map(AssetId::toString).toArray(String[]::new))
        .param("now", now.atOffset(ZoneOffset.UTC))
        .query(MaintenanceTable::window)
        .list();
  }

  private static Window window(ResultSet row, int number) throws SQLException {
    UUID machine = row.getObject("machine", UUID.class);
    return new Window(
        row.getLong("id"),
        row.getString("query"),
        machine == null ? null : new AssetId(machine),
        row.getObject("from_at", OffsetDateTime.class).toInstant(),
        row.getObject("until_at", OffsetDateTime.class).toInstant(),
        row.getString("reason"),
        row.getString("by_whom"));
  }
}
