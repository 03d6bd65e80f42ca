package io.fettle.fault;

import io.fettle.cmdb.MachineCard;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.RemoteText;
import io.fettle.monitoring.Observation;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Writes to fault rows along edges. A storm brings a thousand in one batch, so each takes any
 * number of faults in one statement.
 */
@Component
class EdgeTable {
  private final JdbcClient db;

  EdgeTable(JdbcClient db) {
    this.db = db;
  }

  /**
   * Opens SUSPECTs; the relapses of each carry over from a fault of the same key repaired since
   * {@code since}. Those of which one is open already are missing from the answer.
   */
  List<Fault> open(
      List<Observation> first,
      Map<AssetId, MachineCard> cards,
      Instant now,
      Instant deadline,
      Instant since) {
    if (first.isEmpty()) return List.of();
    return db.sql(
            """
            insert into fault.fault (machine, fault_class, component, check_name, state, severity,
              summary_zh, summary_en, evidence, deadline_at, opened_at, changed_at, previous,
              relapses, asset_no, site, room, rack, team)
            select s.machine, s.class, s.component, s.check_name, 'SUSPECT', s.severity, s.zh, s.en,
              s.evidence, :deadline, :now, :now, before.id,
              coalesce(before.relapses
                + case when before.fixed_by in ('run', 'human', 'field') then 1 else 0 end, 0),
              s.asset_no, s.site, s.room, s.rack, s.team
            from unnest(:machines::uuid[], :classes::text[], :components::text[], :checks::text[],
                :severities::text[], :zhs::text[], :ens::text[], :evidences::jsonb[],
                :asset_nos::text[], :sites::text[], :rooms::text[], :racks::text[],
                :teams::text[])
              with ordinality s (machine, class, component, check_name, severity, zh, en, evidence,
                asset_no, site, room, rack, team, n)
            left join lateral (
              select o.id, o.relapses, o.fixed_by from fault.fault o
               where o.machine = s.machine and o.fault_class = s.class
                 and o.component = s.component and o.state = 'CLOSED' and o.closed_at > :since
               order by o.closed_at desc limit 1) before on true
            order by s.n
            on conflict do nothing
            returning
            """
                + FaultTable.COLUMNS)
        .param("deadline", FaultTable.utc(deadline))
        .param("now", FaultTable.utc(now))
        .param("since", FaultTable.utc(since))
        .param("machines", Columns.of(first, Observation::machine))
        .param("classes", Columns.of(first, Observation::faultClass))
        .param("components", Columns.of(first, FaultTable::component))
        .param("checks", Columns.of(first, Observation::check))
        .param("severities", Columns.of(first, o -> o.reading().severity()))
        .param("zhs", Columns.of(first, o -> RemoteText.cut(o.reading().summary().zh(), 1_000)))
        .param("ens", Columns.of(first, o -> RemoteText.cut(o.reading().summary().en(), 1_000)))
        .param("evidences", Columns.of(first, o -> Json.write(o.reading().evidence())))
        .param("asset_nos", known(first, cards, MachineCard::assetNo))
        .param("sites", known(first, cards, MachineCard::site))
        .param("rooms", known(first, cards, MachineCard::room))
        .param("racks", known(first, cards, MachineCard::rack))
        .param("teams", known(first, cards, MachineCard::team))
        .query(FaultTable::fault)
        .list();
  }

  private static @Nullable String[] known(
      List<Observation> of,
      Map<AssetId, MachineCard> cards,
      Function<MachineCard, @Nullable String> value) {
    return Columns.of(
        of,
        observation -> {
          MachineCard card = cards.get(observation.machine());
          return card == null ? null : value.apply(card);
        });
  }

  /**
   * Compare-and-set along edges; those whose version is another by now are missing from the answer.
   * Rows are locked in the order of their ids, so that two batches never wait for each other in a
   * circle.
   *
   * @param deadlines of the new states, in the order of the steps
   */
  List<Fault> take(List<Step> steps, List<Instant> deadlines, Instant now) {
    return db.sql(
            """
            with mine as materialized (
              select id as fault_id from fault.fault where id = any(:ids::bigint[])
               order by id for update)
            update fault.fault f set state = s.target, version = f.version + 1,
                held_for = case when s.target = 'HELD' then coalesce(s.held, f.held_for)
                                when s.target = 'STALE' then f.held_for end,
                state_before = case when s.target = 'STALE' then f.state end,
                rung = coalesce(s.next_rung, f.rung), not_before = s.wait_until,
                deadline_at = case when s.target <> 'CLOSED' then s.due end,
                confirmed_at = case when s.confirms then :now else f.confirmed_at end,
                recovered_at = case when s.target = 'RECOVERED' then :now
                                    when s.relapse then null else f.recovered_at end,
                closed_at = case when s.target = 'CLOSED' then :now end,
                fixed_by = case when s.relapse then null else coalesce(s.fixed, f.fixed_by) end,
                relapses = f.relapses + case when s.relapse then 1 else 0 end,
                changed_at = :now
              from unnest(:ids::bigint[], :versions::bigint[], :targets::text[], :helds::text[],
                  :rungs::int[], :waits::timestamptz[], :dues::timestamptz[],
                  :confirms::boolean[], :relapse::boolean[], :fixed::text[])
                s (fault_id, at_version, target, held, next_rung, wait_until, due, confirms,
                  relapse, fixed)
              join mine using (fault_id)
             where f.id = fault_id and f.version = s.at_version
            returning
            """
                + FaultTable.COLUMNS)
        .param("now", FaultTable.utc(now))
        .param("ids", Columns.of(steps, s -> s.from().id().value()))
        .param("versions", Columns.of(steps, s -> s.from().version()))
        .param("targets", Columns.of(steps, Step::to))
        .param("helds", Columns.of(steps, s -> s.cause().heldFor()))
        .param("rungs", Columns.of(steps, s -> s.cause().rung()))
        .param("waits", Columns.of(steps, s -> s.cause().notBefore()))
        .param("dues", Columns.of(deadlines, due -> due))
        .param("confirms", Columns.of(steps, Step::confirms))
        .param("relapse", Columns.of(steps, Step::relapses))
        .param("fixed", Columns.of(steps, s -> s.cause().fixedBy()))
        .query(FaultTable::fault)
        .list();
  }

  /** Edge 2: these suspects were nothing; their rows go. The ids of those that went. */
  Set<FaultId> forget(Collection<Fault> suspects) {
    if (suspects.isEmpty()) return Set.of();
    return new HashSet<>(
        db.sql(
                """
                delete from fault.fault f
                 using unnest(:ids::bigint[], :versions::bigint[]) s (fault_id, at_version)
                 where f.id = s.fault_id and f.version = s.at_version and f.state = 'SUSPECT'
                returning f.id
                """)
            .param("ids", Columns.of(suspects, fault -> fault.id().value()))
            .param("versions", Columns.of(suspects, Fault::version))
            .query((row, n) -> new FaultId(row.getLong(1)))
            .list());
  }
}
