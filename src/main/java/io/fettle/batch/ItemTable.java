package io.fettle.batch;

import static io.fettle.batch.Columns.at;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of the way an item takes: written, queued, sent, ended. */
@Component
class ItemTable {
  static final String COLUMNS =
      """
      no, asset_id, name, rack, service, team, step, state, verdict, exit_code, zh, en, digest, lines,
      bytes, cut, fence, started_at, ended_at
      """;

  private final JdbcClient jdbc;

  ItemTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** How an item ended. */
  record End(
      JobId job,
      int no,
      AssetId machine,
      long fence,
      Verdict verdict,
      @Nullable Integer exit,
      @Nullable Label why,
      Transcript.Sum said) {}

  /** Writes the frozen list. */
  void add(JobId job, List<Item> items, Instant now) {
    jdbc.sql(
            """
            insert into batch.item (job_id, no, asset_id, name, rack, service, team, step, state,
              verdict, zh, en, ended_at)
            select :job, s.no, s.asset, s.name, s.rack, s.service, s.team, s.step,
                   case when s.verdict is null then 'QUEUED' else 'ENDED' end, s.verdict, s.zh, s.en,
                   case when s.verdict is not null then :now::timestamptz end
              from unnest(:nos::int[], :assets::uuid[], :names::text[], :racks::text[],
                :services::text[], :teams::text[], :steps::int[], :verdicts::text[], :zhs::text[],
                :ens::text[])
                s (no, asset, name, rack, service, team, step, verdict, zh, en)
            """)
        .param("job", job.value())
        .param("now", at(now))
        .param("nos", Columns.of(items, Item::no))
        .param("assets", Columns.of(items, Item::machine))
        .param("names", Columns.of(items, Item::name))
        .param("racks", Columns.of(items, Item::rack))
        .param("services", Columns.of(items, Item::service))
        .param("teams", Columns.of(items, Item::team))
        .param("steps", Columns.of(items, Item::step))
        .param("verdicts", Columns.of(items, Item::verdict))
        .param("zhs", Columns.of(items, i -> i.why() == null ? null : i.why().zh()))
        .param("ens", Columns.of(items, i -> i.why() == null ? null : i.why().en()))
        .update();
  }

  /** Queued ones of a step whose turn it may be, in their order. */
  List<Item> queued(JobId job, int step, Instant now, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + """
                 from batch.item where job_id = :job and step = :step and state = 'QUEUED'
                   and (not_before is null or not_before <= :now)
                 order by no limit :limit
                """)
        .param("job", job.value())
        .param("step", step)
        .param("now", at(now))
        .param("limit", limit)
        .query((rs, n) -> item(rs))
        .list();
  }

  /** Compare-and-set QUEUED to SENDING, under the fence of the lease just taken. */
  int send(JobId job, List<Item> items, Map<AssetId, Long> fences, String holder, Instant now) {
    return jdbc.sql(
            """
            update batch.item i set state = 'SENDING', holder = :holder, fence = s.fence,
                started_at = :now, not_before = null
              from unnest(:nos::int[], :fences::bigint[]) s (no, fence)
             where i.job_id = :job and i.no = s.no and i.state = 'QUEUED'
            """)
        .param("holder", holder)
        .param("now", at(now))
        .param("nos", Columns.of(items, Item::no))
        .param("fences", Columns.of(items, i -> fences.get(i.machine())))
        .param("job", job.value())
        .update();
  }

  /** Their turn comes later: another run has the machine. */
  void later(JobId job, List<Item> items, Instant notBefore) {
    jdbc.sql(
            """
            update batch.item set not_before = :at
             where job_id = :job and no = any(:nos::int[]) and state = 'QUEUED'
            """)
        .param("at", at(notBefore))
        .param("job", job.value())
        .param("nos", Columns.of(items, Item::no))
        .update();
  }

  /** One item of one job. */
  record Key(JobId job, int no) {}

  /** Ends those that this holder still has under this fence; says which these are. */
  Set<Key> end(List<End> ends, String holder, Instant now) {
    return jdbc.sql(
            """
            update batch.item i set state = 'ENDED', verdict = s.verdict, exit_code = s.exit,
                zh = s.zh, en = s.en, digest = s.digest, lines = s.lines, bytes = s.bytes, cut = s.cut,
                ended_at = :now
              from unnest(:jobs::bigint[], :nos::int[], :fences::bigint[], :verdicts::text[],
                :exits::int[], :zhs::text[], :ens::text[], :digests::text[], :lines::int[],
                :bytes::bigint[], :cuts::boolean[])
                s (job, no, fence, verdict, exit, zh, en, digest, lines, bytes, cut)
             where i.job_id = s.job and i.no = s.no and i.state = 'SENDING' and i.holder = :holder
               and i.fence = s.fence
            returning i.job_id, i.no
            """)
        .param("now", at(now))
        .param("holder", holder)
        .param("jobs", Columns.of(ends, e -> e.job().value()))
        .param("nos", Columns.of(ends, End::no))
        .param("fences", Columns.of(ends, End::fence))
        .param("verdicts", Columns.of(ends, End::verdict))
        .param("exits", Columns.of(ends, End::exit))
        .param("zhs", Columns.of(ends, e -> e.why() == null ? null : e.why().zh()))
        .param("ens", Columns.of(ends, e -> e.why() == null ? null : e.why().en()))
        .param("digests", Columns.of(ends, e -> e.said().digest()))
        .param("lines", Columns.of(ends, e -> e.said().lines()))
        .param("bytes", Columns.of(ends, e -> e.said().bytes()))
        .param("cuts", Columns.of(ends, e -> e.said().cut()))
        .query((rs, n) -> new Key(new JobId(rs.getLong(1)), rs.getInt(2)))
        .set();
  }

  /** What stands as being sent by this holder. */
  List<Item> sending(JobId job, String holder) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from batch.item where job_id = :job and state = 'SENDING' and holder = :holder")
        .param("job", job.value())
        .param("holder", holder)
        .query((rs, n) -> item(rs))
        .list();
  }

  /** Whether it stands as being sent by this holder, under the fence that it was begun with. */
  boolean isSending(JobId job, Item item, String holder) {
    return jdbc.sql(
            """
            select exists (select 1 from batch.item
             where job_id = :job and no = :no and state = 'SENDING' and holder = :holder
               and fence = :fence)
            """)
        .param("job", job.value())
        .param("no", item.no())
        .param("holder", holder)
        .param("fence", item.fence())
        .query(Boolean.class)
        .single();
  }

  /** Back to the queue: it was surely not let out, and this process begins nothing more. */
  void back(JobId job, Item item, String holder) {
    jdbc.sql(
            """
            update batch.item set state = 'QUEUED', holder = null, fence = null, started_at = null
             where job_id = :job and no = :no and state = 'SENDING' and holder = :holder
               and fence = :fence
            """)
        .param("job", job.value())
        .param("no", item.no())
        .param("holder", holder)
        .param("fence", item.fence())
        .update();
  }

  /** Ends queued items, all of them or only these numbers, without anything having been sent. */
  List<Integer> giveUp(
      JobId job, @Nullable List<Item> only, Verdict verdict, Label why, Instant now) {
    return jdbc.sql(
            """
            update batch.item set state = 'ENDED', verdict = :verdict, zh = :zh, en = :en,
                ended_at = :now
             where job_id = :job and state = 'QUEUED' and (:all or no = any(:nos::int[]))
            returning no
            """)
        .param("verdict", verdict.name())
        .param("zh", why.zh())
        .param("en", why.en())
        .param("now", at(now))
        .param("job", job.value())
        .param("all", only == null)
        .param("nos", only == null ? new String[0] : Columns.of(only, Item::no))
        .query((rs, n) -> rs.getInt(1))
        .list();
  }

  /** What is found SENDING under another holder than this one is UNKNOWN from now on. */
  List<Integer> doubt(JobId job, String holder, Label why, Instant now) {
    return jdbc.sql(
            """
            update batch.item set state = 'ENDED', verdict = 'UNKNOWN', zh = :zh, en = :en,
                ended_at = :now
             where job_id = :job and state = 'SENDING' and holder <> :holder
            returning no
            """)
        .param("zh", why.zh())
        .param("en", why.en())
        .param("now", at(now))
        .param("job", job.value())
        .param("holder", holder)
        .query((rs, n) -> rs.getInt(1))
        .list();
  }

  /** Of jobs that had not ended, all that has not is UNKNOWN from now on. */
  List<Key> restored(Label why, Instant now) {
    return jdbc.sql(
            """
            update batch.item i set state = 'ENDED', verdict = 'UNKNOWN', zh = :zh, en = :en,
                ended_at = :now
              from batch.job j
             where j.id = i.job_id and j.state in ('AWAITING', 'RUNNING', 'PAUSED', 'STOPPING')
               and i.state in ('QUEUED', 'SENDING')
            returning i.job_id, i.no
            """)
        .param("zh", why.zh())
        .param("en", why.en())
        .param("now", at(now))
        .query((rs, n) -> new Key(new JobId(rs.getLong(1)), rs.getInt(2)))
        .list();
  }

  static Item item(ResultSet rs) throws SQLException {
    String verdict = rs.getString("verdict");
    int exit = rs.getInt("exit_code");
    boolean noExit = rs.wasNull();
    long fence = rs.getLong("fence");
    boolean noFence = rs.wasNull();
    String zh = rs.getString("zh");
    return new Item(
        rs.getInt("no"),
        new AssetId(rs.getObject("asset_id", UUID.class)),
        rs.getString("name"),
        rs.getString("rack"),
        rs.getString("service"),
        rs.getString("team"),
        rs.getInt("step"),
        Item.State.valueOf(rs.getString("state")),
        verdict == null ? null : Verdict.valueOf(verdict),
        noExit ? null : exit,
        zh == null ? null : new Label(zh, rs.getString("en")),
        rs.getString("digest"),
        rs.getInt("lines"),
        rs.getLong("bytes"),
        rs.getBoolean("cut"),
        noFence ? null : fence,
        Columns.maybe(rs, "started_at"),
        Columns.maybe(rs, "ended_at"));
  }
}
