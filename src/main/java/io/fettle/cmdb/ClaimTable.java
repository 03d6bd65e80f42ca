package io.fettle.cmdb;

import io.fettle.cmdb.Claims.Source;
import io.fettle.cmdb.Reconciliation.Said;
import io.fettle.kernel.AssetId;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** SQL of sources, their claims, and what changed. */
@Component
class ClaimTable {
  private final JdbcClient db;
  // Sources are named by code and by intent documents: some tens.
  private final Map<Source, Integer> sources = new ConcurrentHashMap<>();

  ClaimTable(JdbcClient db) {
    this.db = db;
  }

  /** A stored claim. */
  record Row(AssetId asset, String facet, int sourceId, Said said, String hash) {
    String key() {
      return ClaimTable.key(asset, facet, sourceId);
    }
  }

  static String key(AssetId asset, String facet, int sourceId) {
    return asset + "/" + facet + "/" + sourceId;
  }

  /** A claim to be stored. */
  record Write(
      AssetId asset,
      String facet,
      int sourceId,
      ObjectNode doc,
      String hash,
      Instant observedAt,
      Instant confirmedAt) {}

  /** One leaf that changed. */
  record Change(
      AssetId asset,
      String facet,
      String path,
      @Nullable JsonNode old,
      @Nullable JsonNode now,
      int sourceId,
      Instant observedAt) {}

  static String hash(JsonNode doc) {
    return HexFormat.of().formatHex(Docs.hash(doc));
  }

  /** Id of a source whose row has been seen committed; null when it was not yet. */
  @Nullable Integer remembered(Source source) {
    return sources.get(source);
  }

  /** Id of a source; made when new. */
  int source(Source source) {
    int id =
        db.sql(
                """
                with made as (
                  insert into cmdb.source (name, type) values (:name, :type)
                  on conflict (name) do update set type = excluded.type
                  returning id)
                select id from made
                """)
            .param("name", source.name())
            .param("type", source.type().name())
            .query(Integer.class)
            .single();
    return id;
  }

  /** Id of a source that has spoken before; 0 for one that never did. Writes nothing. */
  int known(Source source) {
    return db.sql("select id from cmdb.source where name = :name")
        .param("name", source.name())
        .query(Integer.class)
        .optional()
        .orElse(0);
  }

  /** Keeps an id once its row has been seen committed. */
  void remember(Source source, int id) {
    if (sources.size() < 10_000) sources.put(source, id);
  }

  /** All sources' claims on these facets of these machines. */
  List<Row> read(Collection<AssetId> assets, Collection<String> facets) {
    return db.sql(
            """
            select c.asset_id, c.facet, c.source_id, s.name, s.type, c.doc,
              encode(c.doc_hash, 'hex') hash, c.observed_at, c.confirmed_at
            from cmdb.claim c join cmdb.source s on s.id = c.source_id
            where c.asset_id = any(:assets::uuid[]) and c.facet = any(:facets::text[])
              and s.enabled
            """)
        .param("assets", Sql.ids(assets))
        .param("facets", facets.toArray(String[]::new))
        .query((row, _) ->
            new Row(
                Sql.asset(row, "asset_id"),
                row.getString("facet"),
                row.getInt("source_id"),
                new Said(
                    new Source(row.getString("name"), Source.Type.valueOf(row.getString("type"))),
                    Docs.read(row.getString("doc")),
                    Sql.instant(row, "observed_at"),
                    Sql.instant(row, "confirmed_at")),
                row.getString("hash")))
        .list();
  }

  /** Claims of one source that say exactly this already, by {@link Row#key()}. */
  List<Same> same(List<Write> asked) {
    return db.sql(
            """
            select c.asset_id, c.facet, c.source_id, c.confirmed_at
            from unnest(:assets::uuid[], :facets::text[], :sources::int[], :hashes::text[])
              q (asset_id, facet, source_id, hash)
            join cmdb.claim c on c.asset_id = q.asset_id and c.facet = q.facet and c.inst = ''
              and c.source_id = q.source_id and c.doc_hash = decode(q.hash, 'hex')
            """)
        .param("assets", Sql.texts(asked, Write::asset))
        .param("facets", Sql.texts(asked, Write::facet))
        .param("sources", Sql.texts(asked, Write::sourceId))
        .param("hashes", Sql.texts(asked, Write::hash))
        .query((row, _) ->
            new Same(
                key(Sql.asset(row, "asset_id"), row.getString("facet"), row.getInt("source_id")),
                Sql.instant(row, "confirmed_at")))
        .list();
  }

  record Same(String key, Instant confirmedAt) {}

  /** Moves only the time of confirmation; never backwards. */
  void confirm(List<Write> claims) {
    if (claims.isEmpty()) return;
    db.sql(
            """
            update cmdb.claim c set confirmed_at = q.at
            from unnest(:assets::uuid[], :facets::text[], :sources::int[], :ats::timestamptz[])
              q (asset_id, facet, source_id, at)
            where c.asset_id = q.asset_id and c.facet = q.facet and c.inst = ''
              and c.source_id = q.source_id and c.confirmed_at < q.at
            """)
        .param("assets", Sql.texts(claims, Write::asset))
        .param("facets", Sql.texts(claims, Write::facet))
        .param("sources", Sql.texts(claims, Write::sourceId))
        .param("ats", Sql.texts(claims, Write::confirmedAt))
        .update();
  }

  void store(List<Write> claims) {
    if (claims.isEmpty()) return;
    db.sql(
            """
            insert into cmdb.claim
              (asset_id, facet, source_id, doc, doc_hash, observed_at, confirmed_at)
            select asset_id, facet, source_id, doc, decode(hash, 'hex'), observed_at, confirmed_at
            from unnest(:assets::uuid[], :facets::text[], :sources::int[], :docs::jsonb[],
              :hashes::text[], :observed::timestamptz[], :confirmed::timestamptz[])
              q (asset_id, facet, source_id, doc, hash, observed_at, confirmed_at)
            on conflict (asset_id, facet, inst, source_id) do update set
              doc = excluded.doc, doc_hash = excluded.doc_hash,
              observed_at = excluded.observed_at, confirmed_at = excluded.confirmed_at
            """)
        .param("assets", Sql.texts(claims, Write::asset))
        .param("facets", Sql.texts(claims, Write::facet))
        .param("sources", Sql.texts(claims, Write::sourceId))
        .param("docs", Sql.texts(claims, Write::doc))
        .param("hashes", Sql.texts(claims, Write::hash))
        .param("observed", Sql.texts(claims, Write::observedAt))
        .param("confirmed", Sql.texts(claims, Write::confirmedAt))
        .update();
  }

  /** Ends claims: their source no longer says anything. */
  void withdraw(List<Row> claims) {
    if (claims.isEmpty()) return;
    db.sql(
            """
            delete from cmdb.claim c
            using unnest(:assets::uuid[], :facets::text[], :sources::int[])
              q (asset_id, facet, source_id)
            where c.asset_id = q.asset_id and c.facet = q.facet and c.source_id = q.source_id
            """)
        .param("assets", Sql.texts(claims, Row::asset))
        .param("facets", Sql.texts(claims, Row::facet))
        .param("sources", Sql.texts(claims, Row::sourceId))
        .update();
  }

  void changes(List<Change> changes, String actor, @Nullable String reason, Instant now) {
    if (changes.isEmpty()) return;
    db.sql(
            """
            insert into cmdb.change
              (recorded_at, asset_id, facet, path, old, new, source_id, actor, reason, observed_at)
            select :now, asset_id, facet, path, old, new, source_id, :actor, :reason, observed_at
            from unnest(:assets::uuid[], :facets::text[], :paths::text[], :olds::jsonb[],
              :news::jsonb[], :sources::int[], :observed::timestamptz[])
              q (asset_id, facet, path, old, new, source_id, observed_at)
            """)
        .param("now", Sql.at(now))
        .param("actor", actor)
        .param("reason", reason, java.sql.Types.VARCHAR)
        .param("assets", Sql.texts(changes, Change::asset))
        .param("facets", Sql.texts(changes, Change::facet))
        .param("paths", Sql.texts(changes, Change::path))
        .param("olds", Sql.texts(changes, Change::old))
        .param("news", Sql.texts(changes, Change::now))
        .param("sources", Sql.texts(changes, Change::sourceId))
        .param("observed", Sql.texts(changes, Change::observedAt))
        .update();
  }

  /** Machines of which a source claims an intent, in id order. */
  List<AssetId> claimed(int sourceId, @Nullable AssetId after, int limit) {
    return db.sql(
            """
            select asset_id from cmdb.claim
            where source_id = :source and facet = 'intent'
              and (:after::uuid is null or asset_id > :after::uuid)
            order by asset_id limit :limit
            """)
        .param("source", sourceId)
        .param("after", after == null ? null : after.toString(), java.sql.Types.VARCHAR)
        .param("limit", limit)
        .query((row, _) -> Sql.asset(row, "asset_id"))
        .list();
  }
}
