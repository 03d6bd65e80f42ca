package io.fettle.cmdb;

import io.fettle.kernel.AssetId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** SQL of assets, their merged documents and the feed. */
@Component
class AssetTable {
  private final JdbcClient db;

  AssetTable(JdbcClient db) {
    this.db = db;
  }

  /** An asset's document as stored. */
  record Row(AssetId id, long version, ObjectNode doc) {}

  /** What is stored of an asset after a change. */
  record Write(
      AssetId id, long version, ObjectNode doc, @Nullable Instant staleAt, boolean touched) {
    @Nullable String text(String pointer) {
      var node = doc.at(pointer);
      return node.isString() ? node.asString() : null;
    }

    String name() {
      String no = text("/asset_no");
      if (no != null) return no;
      String serial = text("/register/serial");
      return serial != null ? serial : id.toString();
    }
  }

  /** Reads and locks assets against other writers, always in the same order. */
  Map<AssetId, Row> lock(Collection<AssetId> ids) {
    Map<AssetId, Row> out = new HashMap<>();
    db.sql(
            """
            select a.id, a.version, d.doc
            from cmdb.asset a join cmdb.asset_doc d on d.asset_id = a.id
            where a.id = any(:ids::uuid[])
            order by a.id
            for update of a
            """)
        .param("ids", Sql.ids(ids))
        .query((row, _) ->
            new Row(Sql.asset(row, "id"), row.getLong("version"), Docs.read(row.getString("doc"))))
        .list()
        .forEach(r -> out.put(r.id(), r));
    return out;
  }

  /** As {@link #lock}, without keeping anybody waiting. */
  Map<AssetId, Row> look(Collection<AssetId> ids) {
    Map<AssetId, Row> out = new HashMap<>();
    db.sql(
            """
            select d.asset_id id, d.version, d.doc from cmdb.asset_doc d
            where d.asset_id = any(:ids::uuid[])
            """)
        .param("ids", Sql.ids(ids))
        .query(AssetTable::row)
        .list()
        .forEach(r -> out.put(r.id(), r));
    return out;
  }

  private static Row row(ResultSet row, int number) throws SQLException {
    return new Row(Sql.asset(row, "id"), row.getLong("version"), Docs.read(row.getString("doc")));
  }

  /** Adds new assets, before anything may refer to them. */
  void add(List<Write> made, Instant now) {
    if (made.isEmpty()) return;
    db.sql(
            """
            insert into cmdb.asset (id, asset_no, kind, lifecycle, version, created_at, retired_at)
            select id, asset_no, kind, lifecycle, version, :now,
              case when lifecycle = 'retired' then :now end
            from unnest(:ids::uuid[], :numbers::text[], :kinds::text[], :lifecycles::text[],
              :versions::bigint[]) q (id, asset_no, kind, lifecycle, version)
            """)
        .param("ids", Sql.texts(made, Write::id))
        .param("numbers", Sql.texts(made, w -> w.text("/asset_no")))
        .param("kinds", Sql.texts(made, w -> w.doc().path("type").asString("server")))
        .param("lifecycles", Sql.texts(made, w -> w.doc().path("lifecycle").asString("in_service")))
        .param("versions", Sql.texts(made, Write::version))
        .param("now", Sql.at(now))
        .update();
  }

  /** Stores documents and the columns that lists sort and filter by. */
  void store(List<Write> writes) {
    if (writes.isEmpty()) return;
    db.sql(
            """
            insert into cmdb.asset_doc
              (asset_id, doc, name, kind, lifecycle, site, room, rack, team, version, stale_at)
            select w.id, w.doc, w.name, w.kind, w.lifecycle,
              w.doc #>> '{placement,site}', w.doc #>> '{placement,room}',
              w.doc #>> '{placement,rack}', w.doc #>> '{ownership,team}', w.version, w.stale_at
            from (select id, doc, name, coalesce(doc ->> 'type', 'server') kind,
                coalesce(doc ->> 'lifecycle', 'in_service') lifecycle, version, stale_at
              from unnest(:ids::uuid[], :docs::jsonb[], :names::text[], :versions::bigint[],
                :stales::timestamptz[]) w (id, doc, name, version, stale_at)) w
            on conflict (asset_id) do update set
              doc = excluded.doc, name = excluded.name, kind = excluded.kind,
              lifecycle = excluded.lifecycle, site = excluded.site, room = excluded.room,
              rack = excluded.rack, team = excluded.team, version = excluded.version,
              stale_at = excluded.stale_at
            """)
        .param("ids", Sql.texts(writes, Write::id))
        .param("docs", Sql.texts(writes, Write::doc))
        .param("names", Sql.texts(writes, Write::name))
        .param("versions", Sql.texts(writes, Write::version))
        .param("stales", Sql.texts(writes, Write::staleAt))
        .update();
  }

  /** Follows with the asset's own columns. */
  void follow(List<Write> writes, Instant now) {
    if (writes.isEmpty()) return;
    db.sql(
            """
            update cmdb.asset a set version = d.version, kind = d.kind, lifecycle = d.lifecycle,
              asset_no = d.doc ->> 'asset_no',
              retired_at = case when d.lifecycle = 'retired' then coalesce(a.retired_at, :now) end
            from cmdb.asset_doc d
            where d.asset_id = a.id and a.id = any(:ids::uuid[])
            """)
        .param("ids", Sql.texts(writes, Write::id))
        .param("now", Sql.at(now))
        .update();
  }

  /** Moves only the time at which a document must be looked at again. */
  void staleAt(List<Write> writes) {
    if (writes.isEmpty()) return;
    db.sql(
            """
            update cmdb.asset_doc d set stale_at = w.stale_at
            from unnest(:ids::uuid[], :stales::timestamptz[]) w (id, stale_at)
            where d.asset_id = w.id and d.stale_at is distinct from w.stale_at
            """)
        .param("ids", Sql.texts(writes, Write::id))
        .param("stales", Sql.texts(writes, Write::staleAt))
        .update();
  }

  /** Assets whose freshness ran out. */
  List<AssetId> stale(Instant now, int limit) {
    return db.sql(
            """
            select asset_id from cmdb.asset_doc
            where stale_at <= :now order by stale_at limit :limit
            """)
        .param("now", Sql.at(now))
        .param("limit", limit)
        .query((row, _) -> Sql.asset(row, "asset_id"))
        .list();
  }

  /** Puts assets on the feed once this transaction has committed. */
  void announce(Collection<AssetId> ids) {
    if (ids.isEmpty()) return;
    db.sql("insert into cmdb.feed_pending (asset_id) select unnest(:ids::uuid[])")
        .param("ids", Sql.ids(ids))
        .update();
  }
}
