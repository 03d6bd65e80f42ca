package io.fettle.remediation;

import static io.fettle.remediation.Rows.at;

import io.fettle.kernel.AssetId;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of the leases of many machines at a time; always in the order of their ids. */
@Component
class LeaseTable {
  private final JdbcClient jdbc;

  LeaseTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Takes those that are free; their new fences.
   *
   * @param scopes in which the lease of each machine counts
   */
  Map<AssetId, Long> take(
      Map<AssetId, List<String>> scopes, String holder, Instant now, Instant until) {
    if (scopes.isEmpty()) return Map.of();
    List<AssetId> machines = List.copyOf(scopes.keySet());
    Map<AssetId, Long> fences = new HashMap<>();
    jdbc.sql(
            """
            insert into remediation.lease as l (asset_id, fence, holder, expires_at, budget)
            select s.id, 1, :holder::text, :until::timestamptz, string_to_array(s.budget, chr(31))
              from unnest(:machines::uuid[], :budgets::text[]) s (id, budget) order by s.id
            on conflict (asset_id) do update
               set fence = l.fence + 1, holder = excluded.holder, expires_at = excluded.expires_at,
                   budget = excluded.budget
             where l.expires_at <= :now
            returning asset_id, fence
            """)
        .param("holder", holder)
        .param("until", at(until))
        .param("machines", ids(machines))
        .param(
            "budgets",
            machines.stream()
                .map(m -> String.join("\u001f", scopes.getOrDefault(m, List.of())))
                .toArray(String[]::new))
        .param("now", at(now))
        .query((rs, n) ->
            Map.entry(new AssetId(rs.getObject("asset_id", UUID.class)), rs.getLong("fence")))
        .list()
        .forEach(e -> fences.put(e.getKey(), e.getValue()));
    return fences;
  }

  /** Ends those that still have this fence. */
  void end(Map<AssetId, Long> fences, Instant now) {
    if (fences.isEmpty()) return;
    List<Map.Entry<AssetId, Long>> all =
        fences.entrySet().stream()
            .sorted(java.util.Comparator.comparing(e -> e.getKey().value()))
            .toList();
    jdbc.sql(
            """
            update remediation.lease l set expires_at = least(l.expires_at, :now)
              from unnest(:machines::uuid[], :fences::bigint[]) s (id, fence)
             where l.asset_id = s.id and l.fence = s.fence
            """)
        .param("now", at(now))
        .param("machines", all.stream().map(e -> e.getKey().value()).toArray(UUID[]::new))
        .param("fences", all.stream().map(Map.Entry::getValue).toArray(Long[]::new))
        .update();
  }

  Set<AssetId> held(Collection<AssetId> machines, Instant now) {
    return new HashSet<>(
        jdbc.sql(
                """
                select asset_id from remediation.lease
                 where asset_id = any(:machines::uuid[]) and expires_at > :now
                """)
            .param("machines", ids(machines))
            .param("now", at(now))
            .query((rs, n) -> new AssetId(rs.getObject("asset_id", UUID.class)))
            .list());
  }

  static UUID[] ids(Collection<AssetId> machines) {
    return machines.stream().map(AssetId::value).toArray(UUID[]::new);
  }
}
