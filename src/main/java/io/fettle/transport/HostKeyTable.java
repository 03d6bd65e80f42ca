package io.fettle.transport;

import io.fettle.kernel.Endpoint;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The room's only SQL. */
@Repository
class HostKeyTable {
  private static final String COLUMNS =
      """
      host, port, key_type, public_key, fingerprint, first_seen, last_seen, state,
      offered_type, offered_key, offered_fingerprint, offered_at
      """;

  private final JdbcClient db;

  HostKeyTable(JdbcClient db) {
    this.db = db;
  }

  Optional<HostKey> of(Endpoint endpoint) {
    return db.sql(
            "select "
                + COLUMNS
                + """
                from transport.host_key where host = :host and port = :port
                """)
        .param("host", endpoint.host())
        .param("port", endpoint.port())
        .query(HostKeyTable::row)
        .optional();
  }

  Map<Endpoint, HostKey> of(Collection<Endpoint> endpoints) {
    Map<Endpoint, HostKey> found = new HashMap<>();
    db.sql(
            "select "
                + COLUMNS
                + """
                from transport.host_key k
                join unnest(:hosts::text[], :ports::int[]) s (h, p) on k.host = s.h and k.port = s.p
                """)
        .param("hosts", endpoints.stream().map(Endpoint::host).toArray(String[]::new))
        .param("ports", endpoints.stream().map(Endpoint::port).toArray(Integer[]::new))
        .query(HostKeyTable::row)
        .list()
        .forEach(key -> found.put(key.endpoint(), key));
    return found;
  }

  /** False when somebody pinned one first. */
  boolean pin(Endpoint endpoint, String type, String key, String fingerprint, Instant now) {
    return db.sql(
                """
                insert into transport.host_key
                  (host, port, key_type, public_key, fingerprint, first_seen, last_seen)
                values (:host, :port, :type, :key, :fingerprint, :now, :now)
                on conflict (host, port) do nothing
                """)
            .param("host", endpoint.host())
            .param("port", endpoint.port())
            .param("type", type)
            .param("key", key)
            .param("fingerprint", fingerprint)
            .param("now", time(now))
            .update()
        == 1;
  }

  /** The pinned key was shown again: nothing is left to decide. */
  void seen(Endpoint endpoint, String key, Instant now) {
    db.sql(
            """
            update transport.host_key set last_seen = :now, state = 'pinned'
            where host = :host and port = :port and public_key = :key
            """)
        .param("host", endpoint.host())
        .param("port", endpoint.port())
        .param("key", key)
        .param("now", time(now))
        .update();
  }

  /** Keeps another key for a decision; false when that very key was already offered. */
  boolean offered(Endpoint endpoint, String type, String key, String fingerprint, Instant now) {
    return db.sql(
                """
                update transport.host_key
                set state = 'changed', offered_type = :type, offered_key = :key,
                    offered_fingerprint = :fingerprint, offered_at = :now
                where host = :host and port = :port and public_key <> :key
                  and (state = 'pinned' or offered_key <> :key)
                """)
            .param("host", endpoint.host())
            .param("port", endpoint.port())
            .param("type", type)
            .param("key", key)
            .param("fingerprint", fingerprint)
            .param("now", time(now))
            .update()
        == 1;
  }

  /** The offered key becomes the pinned one; compare-and-set on what was offered. */
  boolean accept(Endpoint endpoint, String offered, Instant now) {
    return db.sql(
                """
                update transport.host_key
                set key_type = offered_type, public_key = offered_key, fingerprint = offered_fingerprint,
                    first_seen = :now, last_seen = :now, state = 'pinned',
                    offered_type = null, offered_key = null, offered_fingerprint = null, offered_at = null
                where host = :host and port = :port and state in ('changed', 'refused')
                  and offered_fingerprint = :offered
                """)
            .param("host", endpoint.host())
            .param("port", endpoint.port())
            .param("offered", offered)
            .param("now", time(now))
            .update()
        == 1;
  }

  boolean refuse(Endpoint endpoint, String offered) {
    return db.sql(
                """
                update transport.host_key set state = 'refused'
                where host = :host and port = :port and state = 'changed' and offered_fingerprint = :offered
                """)
            .param("host", endpoint.host())
            .param("port", endpoint.port())
            .param("offered", offered)
            .update()
        == 1;
  }

  List<HostKey> list(HostKey.@Nullable State state, @Nullable Endpoint after, int limit) {
    String where = state == null ? "" : "state = '" + word(state) + "' and ";
    return db.sql(
            "select "
                + COLUMNS
                + "from transport.host_key where "
                + where
                + """
                (host, port) > (:host, :port) order by host, port limit :limit
                """)
        .param("host", after == null ? "" : after.host())
        .param("port", after == null ? 0 : after.port())
        .param("limit", limit)
        .query(HostKeyTable::row)
        .list();
  }

  private static HostKey row(ResultSet row, int number) throws SQLException {
    String offered = row.getString("offered_key");
    return new HostKey(
        new Endpoint(row.getString("host"), row.getInt("port")),
        row.getString("key_type"),
        row.getString("public_key"),
        row.getString("fingerprint"),
        instant(row, "first_seen"),
        instant(row, "last_seen"),
        HostKey.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        offered == null
            ? null
            : new HostKey.Offered(
                row.getString("offered_type"),
                offered,
                row.getString("offered_fingerprint"),
                instant(row, "offered_at")));
  }

  private static String word(HostKey.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static OffsetDateTime time(Instant at) {
    return at.atOffset(ZoneOffset.UTC);
  }
}
