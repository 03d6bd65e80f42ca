package io.fettle.remediation;

import static io.fettle.remediation.Rows.at;
import static io.fettle.remediation.Rows.instant;
import static io.fettle.remediation.Rows.json;

import io.fettle.fault.FaultId;
import io.fettle.kernel.Label;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of attempts and verifications. */
@Component
class AttemptTable {
  private static final String ATTEMPT =
      """
      select id, run_id, step, n, undo, action, params::text, status, send_before, time_limit_ms,
             sent_at, ended_at, zh, en, transcript
        from remediation.attempt
      """;
  private final JdbcClient jdbc;

  AttemptTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Writes an attempt that is about to be sent; its number within the step. */
  long begin(
      Rows.Run run,
      int step,
      boolean undo,
      Runbook.Order order,
      int n,
      Instant now,
      Instant sendBefore,
      Duration limit) {
    return jdbc.sql(
            """
            insert into remediation.attempt
              (run_id, step, n, undo, action, params, key, fence, status, send_before,
               time_limit_ms, sent_at)
            values (:run, :step, :n, :undo, :action, :params::jsonb, :key, :fence, 'SENDING',
                    :before, :limit, :now)
            returning id
            """)
        .param("run", run.id())
        .param("step", step)
        .param("n", n)
        .param("undo", undo)
        .param("action", order.action())
        .param("params", json(order.params()))
        .param("key", run.id() + (undo ? "/undo/" : "/") + step + "/" + n)
        .param("fence", run.fence())
        .param("before", at(sendBefore))
        .param("limit", limit.toMillis())
        .param("now", at(now))
        .query(Long.class)
        .single();
  }

  /** Sets what became of it, if it still has the status it had; false when somebody was faster. */
  boolean settle(long id, Rows.Sent from, Rows.Sent to, @Nullable Label words, Instant now) {
    return jdbc.sql(
                """
                update remediation.attempt
                   set status = :to, zh = coalesce(:zh, zh), en = coalesce(:en, en),
                       ended_at = coalesce(ended_at, :now)
                 where id = :id and status = :from
                """)
            .param("id", id)
            .param("from", from.name())
            .param("to", to.name())
            .param("zh", words == null ? null : cut(words.zh()))
            .param("en", words == null ? null : cut(words.en()))
            .param("now", at(now))
            .update()
        == 1;
  }

  /** Adds lines to an attempt's transcript. */
  void transcript(long id, String text) {
    jdbc.sql("update remediation.attempt set transcript = transcript || :text where id = :id")
        .param("id", id)
        .param("text", text.replace("\u0000", "\\0"))
        .update();
  }

  Optional<Rows.Attempt> last(long run, int step, boolean undo) {
    return jdbc.sql(
            ATTEMPT
                + " where run_id = :run and step = :step and undo = :undo order by n desc limit 1")
        .param("run", run)
        .param("step", step)
        .param("undo", undo)
        .query((rs, n) -> row(rs))
        .optional();
  }

  /** Attempts of a run, in the order of their sending. */
  List<Rows.Attempt> of(long run) {
    return jdbc.sql(ATTEMPT + " where run_id = :run order by id limit 200")
        .param("run", run)
        .query((rs, n) -> row(rs))
        .list();
  }

  void verify(Rows.Verification v) {
    jdbc.sql(
            """
            insert into remediation.verification
              (fault_id, run_id, fixed_by, due_at, ok_needed, gap_ms, deadline_at)
            values (:fault, :run, :by, :due, :ok, :gap, :deadline)
            on conflict (fault_id) do update
               set run_id = excluded.run_id, fixed_by = excluded.fixed_by,
                   due_at = excluded.due_at, ok_needed = excluded.ok_needed, ok_seen = 0,
                   gap_ms = excluded.gap_ms, deadline_at = excluded.deadline_at
            """)
        .param("fault", v.fault().value())
        .param("run", v.run())
        .param("by", v.fixedBy())
        .param("due", at(v.dueAt()))
        .param("ok", v.okNeeded())
        .param("gap", v.gap().toMillis())
        .param("deadline", at(v.deadlineAt()))
        .update();
  }

  /** Which of these faults have a verification written down. */
  Set<FaultId> underProof(List<FaultId> faults) {
    if (faults.isEmpty()) return Set.of();
    return Set.copyOf(
        jdbc.sql("select fault_id from remediation.verification where fault_id in (:faults)")
            .param("faults", faults.stream().map(FaultId::value).toList())
            .query((rs, n) -> new FaultId(rs.getLong(1)))
            .list());
  }

  Optional<Rows.Verification> verification(FaultId fault) {
    return jdbc.sql(
            """
            select fault_id, run_id, fixed_by, due_at, ok_needed, ok_seen, gap_ms, deadline_at
              from remediation.verification where fault_id = :fault
            """)
        .param("fault", fault.value())
        .query((rs, n) ->
            new Rows.Verification(
                fault,
                rs.getObject("run_id", Long.class),
                rs.getString("fixed_by"),
                instant(rs, "due_at"),
                rs.getInt("ok_needed"),
                rs.getInt("ok_seen"),
                Duration.ofMillis(rs.getLong("gap_ms")),
                instant(rs, "deadline_at")))
        .optional();
  }

  /** Verifications that are due, longest due first. */
  List<FaultId> due(Instant now, int limit) {
    return jdbc.sql(
            """
            select fault_id from remediation.verification
             where due_at <= :now order by due_at limit :limit
            """)
        .param("now", at(now))
        .param("limit", limit)
        .query((rs, n) -> new FaultId(rs.getLong(1)))
        .list();
  }

  void looked(FaultId fault, int okSeen, Instant dueAt) {
    jdbc.sql(
            """
            update remediation.verification set ok_seen = :ok, due_at = :due
             where fault_id = :fault
            """)
        .param("fault", fault.value())
        .param("ok", okSeen)
        .param("due", at(dueAt))
        .update();
  }

  void verified(FaultId fault) {
    jdbc.sql("delete from remediation.verification where fault_id = :fault")
        .param("fault", fault.value())
        .update();
  }

  private static String cut(String text) {
    String clean = text.replace("\u0000", "\\0");
    return clean.length() <= 2_000 ? clean : clean.substring(0, 2_000) + "…";
  }

  private static Rows.Attempt row(ResultSet rs) throws SQLException {
    return new Rows.Attempt(
        rs.getLong("id"),
        rs.getLong("run_id"),
        rs.getInt("step"),
        rs.getInt("n"),
        rs.getBoolean("undo"),
        rs.getString("action"),
        Rows.object(rs.getString("params")),
        Rows.Sent.valueOf(rs.getString("status")),
        instant(rs, "send_before"),
        Duration.ofMillis(rs.getLong("time_limit_ms")),
        instant(rs, "sent_at"),
        Rows.maybeInstant(rs, "ended_at"),
        Rows.label(rs.getString("zh"), rs.getString("en")).orElse(null),
        rs.getString("transcript"));
  }
}
