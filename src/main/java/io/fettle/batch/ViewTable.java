package io.fettle.batch;

import io.fettle.kernel.Label;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of how a job's items are looked at; {@code teams} null means all machines. */
@Component
class ViewTable {
  private static final int NAMED = 12;
  private static final List<Verdict> MISSED =
      Arrays.stream(Verdict.values()).filter(Verdict::missed).toList();

  private final JdbcClient jdbc;

  ViewTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Jobs.Counts counts(JobId job, String @Nullable [] teams) {
    int[] open = new int[2];
    Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    jdbc.sql(
            """
            select state, verdict, count(*) as n from batch.item
             where job_id = :job and (:all or team = any(:teams::text[])) group by state, verdict
            """)
        .param("job", job.value())
        .param("all", teams == null)
        .param("teams", teams == null ? new String[0] : teams)
        .query((rs, n) -> {
          String verdict = rs.getString("verdict");
          if (verdict != null) verdicts.put(Verdict.valueOf(verdict), rs.getInt("n"));
          else open["SENDING".equals(rs.getString("state")) ? 1 : 0] = rs.getInt("n");
          return verdict;
        })
        .list();
    return new Jobs.Counts(open[0], open[1], verdicts);
  }

  int failures(JobId job) {
    return counts(job, null).failures();
  }

  boolean queued(JobId job, int step) {
    return Objects.requireNonNull(
        jdbc.sql(
                """
                select exists (select 1 from batch.item
                 where job_id = :job and step = :step and state = 'QUEUED')
                """)
            .param("job", job.value())
            .param("step", step)
            .query(Boolean.class)
            .single());
  }

  /** After this number, in order. */
  List<Item> items(
      JobId job, String @Nullable [] teams, Jobs.ItemFilter filter, int after, int limit) {
    return jdbc.sql(
            "select "
                + ItemTable.COLUMNS
                + """
                 from batch.item i where job_id = :job and no > :after
                   and (:all or team = any(:teams::text[]))
                   and (:verdict = '' or coalesce(verdict, state) = :verdict)
                   and (:digest = '' or digest = :digest)
                   and (:said = '' or exists (select 1 from batch.feed f
                         where f.job_id = i.job_id and f.no = i.no
                           and strpos(lower(f.body), lower(:said)) > 0))
                 order by no limit :limit
                """)
        .param("job", job.value())
        .param("after", after)
        .param("all", teams == null)
        .param("teams", teams == null ? new String[0] : teams)
        .param("verdict", filter.verdict())
        .param("digest", filter.digest())
        .param("said", filter.said())
        .param("limit", limit)
        .query((rs, n) -> ItemTable.item(rs))
        .list();
  }

  Optional<Item> item(JobId job, int no) {
    return jdbc.sql(
            "select " + ItemTable.COLUMNS + " from batch.item where job_id = :job and no = :no")
        .param("job", job.value())
        .param("no", no)
        .query((rs, n) -> ItemTable.item(rs))
        .optional();
  }

  /** Items by their numbers. */
  Map<Integer, Item> numbered(JobId job, List<Integer> numbers) {
    Map<Integer, Item> items = new HashMap<>();
    jdbc.sql(
            "select "
                + ItemTable.COLUMNS
                + " from batch.item where job_id = :job and no = any(:nos::int[])")
        .param("job", job.value())
        .param("nos", Columns.of(numbers, n -> n))
        .query((rs, n) -> ItemTable.item(rs))
        .list()
        .forEach(item -> items.put(item.no(), item));
    return items;
  }

  /**
   * Ended items that no rerun of this job, or of such a rerun, has open or has run: what is waited
   * for or was done there is not done once more here.
   */
  List<Item> rerunnable(JobId job) {
    return again(job, ItemTable.COLUMNS, "order by no").query((rs, n) -> ItemTable.item(rs)).list();
  }

  /** How many these are, by verdict. */
  Map<Verdict, Integer> rerunnableCounts(JobId job) {
    Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    again(job, "verdict, count(*) as n", "group by verdict")
        .query((rs, n) -> verdicts.put(Verdict.valueOf(rs.getString("verdict")), rs.getInt("n")))
        .list();
    return verdicts;
  }

  private JdbcClient.StatementSpec again(JobId job, String columns, String end) {
    return jdbc.sql(
            """
            with recursive later (id) as (
              select id from batch.job where rerun_of = :job
              union all select j.id from batch.job j join later l on j.rerun_of = l.id),
            taken as materialized (
              select t.asset_id from later l join batch.item t on t.job_id = l.id
               where t.verdict is null or t.verdict <> all(:missed::text[]))
            select %s from batch.item
             where job_id = :job and state = 'ENDED' and verdict <> 'OK'
               and asset_id not in (select asset_id from taken) %s
            """
                .formatted(columns, end))
        .param("job", job.value())
        .param("missed", Columns.of(MISSED, Verdict::name));
  }

  /** Equal ends, the most frequent first; each with the first of its machines. */
  Jobs.Folds folds(JobId job, String @Nullable [] teams, int limit) {
    List<Jobs.Fold> folds = new ArrayList<>();
    int[] beyond = new int[2];
    jdbc.sql(
            """
            select verdict, exit_code, digest, count(*) as n, min(no) as first, max(lines) as lines,
                   bool_or(cut) as cut, (array_agg(name order by no))[1 : %d] as names,
                   mode() within group (order by zh) as zh, mode() within group (order by en) as en,
                   count(distinct en) as reasons, count(*) over () as folds,
                   sum(count(*)) over () as machines
              from batch.item
             where job_id = :job and state = 'ENDED' and verdict <> 'SKIPPED'
               and (:all or team = any(:teams::text[]))
             group by verdict, exit_code, digest
             order by n desc, first limit :limit
            """
                .formatted(NAMED))
        .param("job", job.value())
        .param("all", teams == null)
        .param("teams", teams == null ? new String[0] : teams)
        .param("limit", limit)
        .query((rs, n) -> {
          beyond[0] = rs.getInt("folds");
          beyond[1] = rs.getInt("machines");
          return folds.add(fold(rs));
        })
        .list();
    int shown = folds.stream().mapToInt(Jobs.Fold::machines).sum();
    return new Jobs.Folds(folds, beyond[0] - folds.size(), beyond[1] - shown);
  }

  private static Jobs.Fold fold(ResultSet rs) throws SQLException {
    int exit = rs.getInt("exit_code");
    boolean none = rs.wasNull();
    String zh = rs.getString("zh");
    String digest = rs.getString("digest");
    return new Jobs.Fold(
        Verdict.valueOf(rs.getString("verdict")),
        none ? null : exit,
        digest == null ? "" : digest,
        rs.getInt("n"),
        rs.getInt("first"),
        List.of((String[]) rs.getArray("names").getArray()),
        rs.getInt("lines"),
        rs.getBoolean("cut"),
        zh == null ? null : new Label(zh, rs.getString("en")),
        rs.getInt("reasons"));
  }
}
