package io.fettle.cmdb;

import static java.util.stream.Collectors.toSet;

import io.fettle.cmdb.Identity.Held;
import io.fettle.cmdb.facet.KeyKind;
import io.fettle.kernel.AssetId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of keys. The unique index is the judge of who holds a strong key. */
@Component
class KeyTable {
  private static final int STRIPES = 64;
  private final JdbcClient db;

  KeyTable(JdbcClient db) {
    this.db = db;
  }

  /**
   * Lets writers of the same new keys wait for each other, by at most 64 locks taken in order: one
   * lock per key would exhaust the server's lock table.
   */
  void lock(Collection<Key> keys) {
    String[] stripes =
        keys.stream()
            .map(k -> Math.floorMod((k.kind().word() + k.norm()).hashCode(), STRIPES))
            .distinct()
            .sorted()
            .map(String::valueOf)
            .toArray(String[]::new);
    if (stripes.length == 0) return;
    db.sql(
            """
            select pg_advisory_xact_lock(hashtext('cmdb.key'), s)
            from (select unnest(:stripes::int[]) s order by 1) o
            """)
        .param("stripes", stripes)
        .query((_, _) -> 0)
        .list();
  }

  /**
   * All live keys of every machine that holds one of these. In two steps and without a join: right
   * after a table has grown its statistics are wrong, and a join planned by them read every key for
   * each machine.
   */
  List<Held> holders(Collection<Key> keys) {
    Set<String> asked = keys.stream().map(KeyTable::word).collect(toSet());
    Set<AssetId> machines =
        db
            .sql(
                """
                select k.asset_id, k.kind, k.scope, k.norm, k.raw from cmdb.asset_key k
                where k.norm = any(:norms::text[]) and k.ended_at is null
                """)
            .param("norms", keys.stream().map(Key::norm).distinct().toArray(String[]::new))
            .query(KeyTable::held)
            .list()
            .stream()
            .filter(held -> asked.contains(word(held.key())))
            .map(Held::asset)
            .collect(toSet());
    if (machines.isEmpty()) return List.of();
    return db.sql(
            """
            select k.asset_id, k.kind, k.scope, k.norm, k.raw from cmdb.asset_key k
            where k.asset_id = any(:machines::uuid[]) and k.ended_at is null
            """)
        .param("machines", Sql.ids(machines))
        .query(KeyTable::held)
        .list();
  }

  private static String word(Key key) {
    return key.kind().word() + " " + key.norm();
  }

  private static Held held(ResultSet row, int number) throws SQLException {
    return new Held(Sql.asset(row, "asset_id"), key(row));
  }

  private static Key key(ResultSet row) throws SQLException {
    return new Key(
        KeyKind.of(row.getString("kind")),
        row.getString("scope"),
        row.getString("norm"),
        row.getString("raw"));
  }

  void end(List<Held> keys, Instant now) {
    if (keys.isEmpty()) return;
    db.sql(
            """
            update cmdb.asset_key k set ended_at = :now
            from unnest(:assets::uuid[], :kinds::text[], :scopes::text[], :norms::text[])
              q (asset_id, kind, scope, norm)
            where k.asset_id = q.asset_id and k.kind = q.kind and k.scope = q.scope
              and k.norm = q.norm and k.ended_at is null
            """)
        .param("now", Sql.at(now))
        .param("assets", Sql.texts(keys, Held::asset))
        .param("kinds", Sql.texts(keys, h -> h.key().kind().word()))
        .param("scopes", Sql.texts(keys, h -> h.key().scope()))
        .param("norms", Sql.texts(keys, h -> h.key().norm()))
        .update();
    settle(keys);
  }

  /** A key that its holder gave up goes to the first that claimed it too. */
  private void settle(List<Held> freed) {
    List<Held> strong = freed.stream().filter(h -> h.key().kind().unique()).toList();
    if (strong.isEmpty()) return;
    db.sql(
            """
            update cmdb.asset_key k set disputed = false
            from (select distinct on (k.kind, k.scope, k.norm) k.ctid
              from unnest(:kinds::text[], :scopes::text[], :norms::text[]) q (kind, scope, norm)
              join cmdb.asset_key k
                on k.norm = q.norm and k.kind = q.kind and k.scope = q.scope and k.ended_at is null
              where k.disputed and not exists (
                select from cmdb.asset_key h where h.norm = k.norm and h.kind = k.kind
                  and h.scope = k.scope and h.ended_at is null and not h.disputed)
              order by k.kind, k.scope, k.norm, k.first_seen) pick
            where k.ctid = pick.ctid
            """)
        .param("kinds", Sql.texts(strong, h -> h.key().kind().word()))
        .param("scopes", Sql.texts(strong, h -> h.key().scope()))
        .param("norms", Sql.texts(strong, h -> h.key().norm()))
        .update();
  }

  /**
   * Adds keys, in one order for all writers.
   *
   * @return those that another machine holds already and that were therefore not added
   */
  List<Held> add(List<Held> keys, Instant now) {
    if (keys.isEmpty()) return List.of();
    List<Held> sorted =
        keys.stream().sorted(Comparator.comparing((Held h) -> h.key().order())).toList();
    List<Held> strong = sorted.stream().filter(h -> h.key().kind().unique()).toList();
    insert(sorted.stream().filter(h -> !h.key().kind().unique()).toList(), false, now);
    if (insert(strong, false, now) == strong.size()) return List.of();
    Set<String> have = new HashSet<>();
    holders(strong.stream().map(Held::key).toList()).forEach(h -> have.add(entry(h)));
    return strong.stream().filter(h -> !have.contains(entry(h))).toList();
  }

  private static String entry(Held held) {
    return held.asset() + held.key().order();
  }

  /** Keeps keys that another machine holds, so that a search shows both. */
  void dispute(List<Held> keys, Instant now) {
    insert(keys, true, now);
  }

  private int insert(List<Held> keys, boolean disputed, Instant now) {
    if (keys.isEmpty()) return 0;
    return db.sql(
            """
            insert into cmdb.asset_key
              (kind, scope, norm, asset_id, strength, raw, disputed, first_seen)
            select kind, scope, norm, asset_id, strength, raw, :disputed, :now
            from unnest(:kinds::text[], :scopes::text[], :norms::text[], :assets::uuid[],
              :strengths::smallint[], :raws::text[]) with ordinality
              q (kind, scope, norm, asset_id, strength, raw, n)
            order by n
            on conflict do nothing
            """)
        .param("disputed", disputed)
        .param("now", Sql.at(now))
        .param("kinds", Sql.texts(keys, h -> h.key().kind().word()))
        .param("scopes", Sql.texts(keys, h -> h.key().scope()))
        .param("norms", Sql.texts(keys, h -> h.key().norm()))
        .param("assets", Sql.texts(keys, Held::asset))
        .param("strengths", Sql.texts(keys, h -> h.key().kind().strength()))
        .param("raws", Sql.texts(keys, h -> h.key().raw()))
        .update();
  }

  /** Live keys of one machine. */
  List<Key> of(AssetId asset) {
    return db.sql(
            """
            select kind, scope, norm, raw from cmdb.asset_key
            where asset_id = :id::uuid and ended_at is null order by strength, kind, norm
            """)
        .param("id", asset.toString())
        .query((row, _) -> key(row))
        .list();
  }
}
