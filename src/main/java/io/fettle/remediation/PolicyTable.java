package io.fettle.remediation;

import static io.fettle.remediation.Rows.at;
import static io.fettle.remediation.Rows.instant;
import static io.fettle.remediation.Rows.maybeInstant;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of what people and the breaker decide about policies: modes, the freeze, breakers. */
@Component
class PolicyTable {
  private final JdbcClient jdbc;

  PolicyTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Who set which mode, and why. */
  record ModeRow(Remediation.Mode mode, String reason, String changedBy, Instant changedAt) {}

  /** A breaker; outcomes before {@code countedFrom} no longer count. */
  record BreakerRow(boolean open, @Nullable String why, Instant changedAt, Instant countedFrom) {}

  Optional<ModeRow> mode(String policy) {
    return jdbc.sql(
            "select mode, reason, changed_by, changed_at from remediation.policy_mode where policy = :policy")
        .param("policy", policy)
        .query((rs, n) ->
            new ModeRow(
                Remediation.Mode.valueOf(rs.getString("mode")),
                rs.getString("reason"),
                rs.getString("changed_by"),
                instant(rs, "changed_at")))
        .optional();
  }

  void setMode(String policy, Remediation.Mode mode, String reason, String by, Instant now) {
    jdbc.sql(
            """
            insert into remediation.policy_mode (policy, mode, reason, changed_by, changed_at)
            values (:policy, :mode, :reason, :by, :now)
            on conflict (policy) do update
               set mode = excluded.mode, reason = excluded.reason,
                   changed_by = excluded.changed_by, changed_at = excluded.changed_at
            """)
        .param("policy", policy)
        .param("mode", mode.name())
        .param("reason", reason)
        .param("by", by)
        .param("now", at(now))
        .update();
  }

  Remediation.Freeze freeze() {
    return freezeRow("");
  }

  /**
   * True when frozen. Shares the row's lock, so that a freeze that has been committed is seen by
   * every attempt written after it.
   */
  boolean frozenLocked() {
    return freezeRow(" for share").on();
  }

  private Remediation.Freeze freezeRow(String lock) {
    return jdbc.sql(
            "select is_on, reason, by_whom, since from remediation.global_freeze where id = 1"
                + lock)
        .query((rs, n) ->
            new Remediation.Freeze(
                rs.getBoolean("is_on"),
                rs.getString("reason"),
                rs.getString("by_whom"),
                maybeInstant(rs, "since")))
        .single();
  }

  /** True when it changed. */
  boolean setFreeze(boolean on, String reason, String by, Instant now) {
    return jdbc.sql(
                """
                update remediation.global_freeze
                   set is_on = :on, reason = :reason, by_whom = :by, since = :now
                 where id = 1 and is_on <> :on
                """)
            .param("on", on)
            .param("reason", reason)
            .param("by", by)
            .param("now", at(now))
            .update()
        == 1;
  }

  Optional<BreakerRow> breaker(String policy) {
    return jdbc.sql(
            "select open, why, changed_at, counted_from from remediation.breaker where policy = :policy")
        .param("policy", policy)
        .query((rs, n) ->
            new BreakerRow(
                rs.getBoolean("open"),
                rs.getString("why"),
                instant(rs, "changed_at"),
                instant(rs, "counted_from")))
        .optional();
  }

  void setBreaker(String policy, boolean open, @Nullable String why, Instant now, Instant from) {
    jdbc.sql(
            """
            insert into remediation.breaker (policy, open, why, changed_at, counted_from)
            values (:policy, :open, :why, :now, :from)
            on conflict (policy) do update
               set open = excluded.open, why = excluded.why,
                   changed_at = excluded.changed_at, counted_from = excluded.counted_from
            """)
        .param("policy", policy)
        .param("open", open)
        .param("why", why)
        .param("now", at(now))
        .param("from", at(from))
        .update();
  }

  /** Outcomes of this policy's latest ended runs since an instant, newest first. */
  List<Breaker.Ended> ended(String policy, Instant since, int limit) {
    return jdbc.sql(
            """
            select outcome, relapsed, trial, ended_at from remediation.run
             where policy = :policy and ended_at is not null and ended_at > :since
               and outcome in ('VERIFIED', 'FAILED', 'UNPROVEN')
             order by ended_at desc limit :limit
            """)
        .param("policy", policy)
        .param("since", at(since))
        .param("limit", limit)
        .query((rs, n) ->
            new Breaker.Ended(
                "VERIFIED".equals(rs.getString("outcome")),
                rs.getBoolean("relapsed"),
                rs.getBoolean("trial"),
                instant(rs, "ended_at")))
        .list();
  }

  /** Runs of this policy in flight. */
  int active(String policy) {
    return jdbc.sql(
            "select count(*) from remediation.run where policy = :policy and ended_at is null")
        .param("policy", policy)
        .query(Integer.class)
        .single();
  }
}
