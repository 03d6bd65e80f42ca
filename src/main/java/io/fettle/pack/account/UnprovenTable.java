package io.fettle.pack.account;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of the accounts whose declared log-in proof is due or was refused. */
@Component
class UnprovenTable {
  private final JdbcClient jdbc;

  UnprovenTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * One such account.
   *
   * @param refused why the last log-in was refused; null while one is only due
   * @param next before this, no scheduled check tries again; null when it may at once
   */
  record Unproven(@Nullable Label refused, @Nullable Instant next) {}

  Optional<Unproven> of(AssetId machine, String account) {
    return jdbc.sql(
            """
            select refused_zh, refused_en, next_try from account.unproven
             where machine = :machine and account = :account
            """)
        .param("machine", machine.value())
        .param("account", account)
        .query((rs, n) -> {
          String zh = rs.getString("refused_zh");
          String en = rs.getString("refused_en");
          OffsetDateTime next = rs.getObject("next_try", OffsetDateTime.class);
          return new Unproven(
              zh == null || en == null ? null : new Label(zh, en),
              next == null ? null : next.toInstant());
        })
        .optional();
  }

  /** A proof is due at once; what is known of a refusal stays. */
  void due(AssetId machine, String account, Instant now) {
    jdbc.sql(
            """
            insert into account.unproven (machine, account, since) values (:machine, :account, :now)
            on conflict (machine, account) do update set next_try = null
            """)
        .param("machine", machine.value())
        .param("account", account)
        .param("now", now.atOffset(ZoneOffset.UTC))
        .update();
  }

  /** It was refused: each time in a row, scheduled checks wait twice as long, up to an hour. */
  void refused(AssetId machine, String account, Label why, Instant now) {
    jdbc.sql(
            """
            insert into account.unproven as u
                   (machine, account, since, refused_zh, refused_en, refusals, next_try)
            values (:machine, :account, :now, :zh, :en, 1, :now::timestamptz + interval '1 minute')
            on conflict (machine, account) do update
               set refused_zh = excluded.refused_zh, refused_en = excluded.refused_en,
                   refusals = u.refusals + 1,
                   next_try = :now::timestamptz
                     + least(interval '1 hour', interval '1 minute' * 2 ^ least(u.refusals, 6))
            """)
        .param("machine", machine.value())
        .param("account", account)
        .param("now", now.atOffset(ZoneOffset.UTC))
        .param("zh", why.zh())
        .param("en", why.en())
        .update();
  }

  void proven(AssetId machine, String account) {
    jdbc.sql("delete from account.unproven where machine = :machine and account = :account")
        .param("machine", machine.value())
        .param("account", account)
        .update();
  }

  /** The proof cannot be made there: nothing is due any more, but a refusal stays one. */
  void impossible(AssetId machine, String account) {
    jdbc.sql(
            """
            delete from account.unproven
             where machine = :machine and account = :account and refused_en is null
            """)
        .param("machine", machine.value())
        .param("account", account)
        .update();
  }
}
