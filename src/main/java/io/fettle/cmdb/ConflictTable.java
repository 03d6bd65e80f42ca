package io.fettle.cmdb;

import io.fettle.cmdb.Identity.Held;
import io.fettle.kernel.AssetId;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** SQL of conflicts: what a person must decide because a machine would have to guess. */
@Component
class ConflictTable {
  private final JdbcClient db;
  private final RandomGenerator random = RandomGenerator.of("SecureRandom");

  ConflictTable(JdbcClient db) {
    this.db = db;
  }

  /** Two machines claim one key that only one can have. */
  void disputed(Held held, List<Held> holders, Instant now) {
    List<AssetId> candidates =
        Stream.concat(
                Stream.of(held.asset()),
                holders.stream().filter(h -> h.key().mayBe(held.key())).map(Held::asset))
            .distinct()
            .toList();
    record(
        "contradiction",
        List.of(held.key()),
        candidates,
        Docs.object(),
        List.of(held.asset() + " claims " + held.key() + ", held by another machine"),
        now);
  }

  /** Records a conflict; the same one again only counts up. */
  void record(
      String type,
      List<Key> keys,
      Collection<AssetId> candidates,
      JsonNode claim,
      List<String> explain,
      Instant now) {
    List<String> words = keys.stream().map(Key::toString).sorted().toList();
    db.sql(
            """
            insert into cmdb.conflict
              (id, type, fingerprint, keys, candidates, claim, explain, first_seen, last_seen)
            values (:id::uuid, :type, :fingerprint, :keys::jsonb, :candidates::uuid[],
              :claim::jsonb, :explain::jsonb, :now, :now)
            on conflict (fingerprint) where state = 'open'
            do update set seen = conflict.seen + 1, last_seen = excluded.last_seen,
              claim = excluded.claim, explain = excluded.explain, candidates = excluded.candidates
            """)
        .param("id", Ids.at(now, random).toString())
        .param("type", type)
        .param("fingerprint", type + " " + String.join(" ", words))
        .param("keys", Docs.JSON.writeValueAsString(words))
        .param("candidates", Sql.ids(candidates))
        .param("claim", claim.toString())
        .param("explain", Docs.JSON.writeValueAsString(explain))
        .param("now", Sql.at(now))
        .update();
  }

  List<Conflicts.Conflict> open(Instant before, UUID id, int limit) {
    return db.sql(
            """
            select id, type, keys, candidates, claim, explain, seen, first_seen, last_seen
            from cmdb.conflict
            where state = 'open' and (last_seen, id) < (:before, :id)
            order by last_seen desc, id desc limit :limit
            """)
        .param("before", Sql.at(before))
        .param("id", id)
        .param("limit", limit)
        .query((row, _) ->
            new Conflicts.Conflict(
                row.getObject("id", UUID.class),
                row.getString("type"),
                texts(row.getString("keys")),
                Arrays.stream((UUID[]) row.getArray("candidates").getArray())
                    .map(AssetId::new)
                    .toList(),
                Docs.read(row.getString("claim")),
                texts(row.getString("explain")),
                row.getInt("seen"),
                Sql.instant(row, "first_seen"),
                Sql.instant(row, "last_seen")))
        .list();
  }

  private static List<String> texts(String json) {
    return Docs.JSON.readTree(json).valueStream().map(JsonNode::asString).toList();
  }

  long count() {
    return db.sql("select count(*) from cmdb.conflict where state = 'open'")
        .query(Long.class)
        .single();
  }

  /** False when there is no such open conflict. */
  boolean close(UUID id, String by, String resolution, Instant now) {
    return db.sql(
                """
                update cmdb.conflict set state = 'rejected', resolved_by = :by,
                  resolved_at = :now, resolution = :resolution
                where id = :id and state = 'open'
                """)
            .param("id", id)
            .param("by", by)
            .param("resolution", resolution)
            .param("now", Sql.at(now))
            .update()
        == 1;
  }
}
