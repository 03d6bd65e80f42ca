package io.fettle.remediation;

import static io.fettle.remediation.Rows.at;

import io.fettle.kernel.AssetId;
import java.time.Instant;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of what jobs use of budgets: their leases that count, and what they have begun. */
@Component
class JobPermitTable {
  private final JdbcClient jdbc;

  JobPermitTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Machines that jobs have now and that count in the scope. */
  int held(String scope, Instant now) {
    return jdbc.sql(
            """
            select count(*) from remediation.lease
             where budget <> '{}' and expires_at > :now and :scope = any(budget)
            """)
        .param("now", at(now))
        .param("scope", scope)
        .query(Integer.class)
        .single();
  }

  int debited(String scope, Instant since) {
    return jdbc.sql(
            "select count(*) from remediation.job_debit where scope = :scope and taken_at > :since")
        .param("scope", scope)
        .param("since", at(since))
        .query(Integer.class)
        .single();
  }

  void debit(String scope, Map<AssetId, Long> fences, Instant now) {
    if (fences.isEmpty()) return;
    var all = fences.entrySet().stream().toList();
    jdbc.sql(
            """
            insert into remediation.job_debit (scope, asset_id, fence, taken_at)
            select :scope, s.id, s.fence, :now from unnest(:machines::uuid[], :fences::bigint[]) s (id, fence)
            """)
        .param("scope", scope)
        .param("now", at(now))
        .param("machines", LeaseTable.ids(all.stream().map(Map.Entry::getKey).toList()))
        .param("fences", all.stream().map(Map.Entry::getValue).toArray(Long[]::new))
        .update();
  }

  /** Some job found no place; known for a while. */
  void waits(String scope, Instant until) {
    jdbc.sql("update remediation.budget_scope set jobs_wait_until = :until where scope = :scope")
        .param("until", at(until))
        .param("scope", scope)
        .update();
  }

  boolean waiting(String scope, Instant now) {
    return jdbc.sql(
            """
            select exists (select 1 from remediation.budget_scope
             where scope = :scope and jobs_wait_until > :now)
            """)
        .param("scope", scope)
        .param("now", at(now))
        .query(Boolean.class)
        .single();
  }

  /** Forgets what no window reaches any more; a bounded bite. */
  void forget(Instant before) {
    jdbc.sql(
            """
            delete from remediation.job_debit where (scope, asset_id, fence) in
              (select scope, asset_id, fence from remediation.job_debit
                where taken_at < :before limit 1000)
            """)
        .param("before", at(before))
        .update();
  }
}
