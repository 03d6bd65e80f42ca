package io.fettle.remediation;

import static io.fettle.remediation.Rows.at;
import static io.fettle.remediation.Rows.instant;

import io.fettle.fault.FaultId;
import io.fettle.kernel.AssetId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of permits (holds and debits per scope) and of the leases of machines. */
@Component
class PermitTable {
  private final JdbcClient jdbc;

  PermitTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A machine's lease. */
  record Lease(long fence, String holder, Instant expiresAt) {}

  /** Locks the scopes in the order of their names, so that two nodes never wait for each other. */
  void lock(Collection<String> scopes) {
    for (String scope : scopes.stream().sorted().toList()) {
      jdbc.sql(
              "insert into remediation.budget_scope (scope) values (:scope) on conflict do nothing")
          .param("scope", scope)
          .update();
      jdbc.sql("select scope from remediation.budget_scope where scope = :scope for update")
          .param("scope", scope)
          .query(String.class)
          .single();
    }
  }

  /** Faults other than this one that hold a place in the scope. */
  int held(String scope, FaultId but) {
    return jdbc.sql(
            "select count(*) from remediation.hold where scope = :scope and fault_id <> :fault")
        .param("scope", scope)
        .param("fault", but.value())
        .query(Integer.class)
        .single();
  }

  /** All who hold a place in the scope. */
  int held(String scope) {
    return held(scope, new FaultId(-1));
  }

  int debited(String scope, Instant since) {
    return jdbc.sql(
            "select count(*) from remediation.debit where scope = :scope and taken_at > :since")
        .param("scope", scope)
        .param("since", at(since))
        .query(Integer.class)
        .single();
  }

  void hold(String scope, FaultId fault, Instant now) {
    jdbc.sql(
            """
            insert into remediation.hold (scope, fault_id, taken_at) values (:scope, :fault, :now)
            on conflict do nothing
            """)
        .param("scope", scope)
        .param("fault", fault.value())
        .param("now", at(now))
        .update();
  }

  void debit(String scope, long run, Instant now) {
    jdbc.sql("insert into remediation.debit (scope, taken_at, run_id) values (:scope, :now, :run)")
        .param("scope", scope)
        .param("now", at(now))
        .param("run", run)
        .update();
  }

  void release(FaultId fault) {
    jdbc.sql("delete from remediation.hold where fault_id = :fault")
        .param("fault", fault.value())
        .update();
  }

  /** Faults after this number that hold places, for the sweep that gives back what was left. */
  List<FaultId> holders(long after, int limit) {
    return jdbc.sql(
            """
            select distinct fault_id from remediation.hold
             where fault_id > :after order by fault_id limit :limit
            """)
        .param("after", after)
        .param("limit", limit)
        .query((rs, n) -> new FaultId(rs.getLong(1)))
        .list();
  }

  /** Forgets debits that no window reaches any more; a bounded bite. */
  void forget(Instant before) {
    jdbc.sql(
            """
            delete from remediation.debit where (scope, run_id) in
              (select scope, run_id from remediation.debit where taken_at < :before limit 1000)
            """)
        .param("before", at(before))
        .update();
  }

  /** Takes the machine's lease when it is free; the new fence, or empty when somebody has it. */
  Optional<Long> take(AssetId machine, String holder, Instant now, Instant until) {
    return jdbc.sql(
            """
            insert into remediation.lease as l (asset_id, fence, holder, expires_at)
            values (:machine, 1, :holder, :until)
            on conflict (asset_id) do update
               set fence = l.fence + 1, holder = excluded.holder, expires_at = excluded.expires_at,
                   budget = '{}'
             where l.expires_at <= :now
            returning fence
            """)
        .param("machine", machine.value())
        .param("holder", holder)
        .param("now", at(now))
        .param("until", at(until))
        .query(Long.class)
        .optional();
  }

  /** Moves the lease's end; false when it is no longer this holder's with this fence. */
  boolean renew(AssetId machine, String holder, long fence, Instant until) {
    return jdbc.sql(
                """
                update remediation.lease set expires_at = :until
                 where asset_id = :machine and holder = :holder and fence = :fence
                """)
            .param("machine", machine.value())
            .param("holder", holder)
            .param("fence", fence)
            .param("until", at(until))
            .update()
        == 1;
  }

  /** Ends the lease now if it still has this fence. */
  void end(AssetId machine, long fence, Instant now) {
    jdbc.sql(
            """
            update remediation.lease set expires_at = least(expires_at, :now)
             where asset_id = :machine and fence = :fence
            """)
        .param("machine", machine.value())
        .param("fence", fence)
        .param("now", at(now))
        .update();
  }

  Optional<Lease> lease(AssetId machine) {
    return jdbc.sql(
            "select fence, holder, expires_at from remediation.lease where asset_id = :machine")
        .param("machine", machine.value())
        .query((rs, n) ->
            new Lease(rs.getLong("fence"), rs.getString("holder"), instant(rs, "expires_at")))
        .optional();
  }
}
