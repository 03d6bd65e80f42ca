package io.fettle.batch;

import io.fettle.kernel.AssetId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of an action's parameters on single machines: given to it, and leading back. */
@Component
class EffectTable {
  private final JdbcClient jdbc;

  EffectTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Gives each machine of a new job its own parameters. */
  void give(JobId job, Map<AssetId, Map<String, Object>> given) {
    if (given.isEmpty()) return;
    List<Map.Entry<AssetId, Map<String, Object>>> all = List.copyOf(given.entrySet());
    jdbc.sql(
            """
            insert into batch.effect (job_id, no, given)
            select i.job_id, i.no, s.given::jsonb
              from unnest(:assets::uuid[], :givens::text[]) s (asset, given)
              join batch.item i on i.job_id = :job and i.asset_id = s.asset
            """)
        .param("job", job.value())
        .param("assets", Columns.of(all, Map.Entry::getKey))
        .param("givens", Columns.of(all, e -> Columns.json(e.getValue())))
        .update();
  }

  /** What each machine of this job was given. */
  Map<AssetId, Map<String, Object>> given(JobId job) {
    return byMachine(
        """
        select i.asset_id, e.given as params from batch.effect e
          join batch.item i on i.job_id = e.job_id and i.no = e.no
         where e.job_id = :job and e.given is not null order by i.no
        """,
        job);
  }

  /** Parameters of this machine's own; none for most jobs. */
  Map<String, Object> given(JobId job, int no) {
    return one("given", job, no).orElse(Map.of());
  }

  /** How to put back what is about to be changed. */
  void wayBack(JobId job, int no, Map<String, Object> params) {
    jdbc.sql(
            """
            insert into batch.effect (job_id, no, way_back) values (:job, :no, :params::jsonb)
            on conflict (job_id, no) do update set way_back = excluded.way_back
            """)
        .param("job", job.value())
        .param("no", no)
        .param("params", Columns.json(params))
        .update();
  }

  Optional<Map<String, Object>> wayBack(JobId job, int no) {
    return one("way_back", job, no);
  }

  /** Machines that this job changed and proved, unless another took that back or is about to. */
  Map<AssetId, Map<String, Object>> undoable(JobId job) {
    return byMachine(
        """
        select i.asset_id, e.way_back as params from batch.effect e
          join batch.item i on i.job_id = e.job_id and i.no = e.no
         where e.job_id = :job and e.way_back is not null and i.verdict = 'OK'
           and not exists (select 1 from batch.job u
                join batch.item t on t.job_id = u.id and t.asset_id = i.asset_id
               where u.undo_of = :job and (t.verdict is null or t.verdict = 'OK'))
         order by i.no
        """,
        job);
  }

  private Optional<Map<String, Object>> one(String column, JobId job, int no) {
    return jdbc.sql(
            "select "
                + column
                + " from batch.effect where job_id = :job and no = :no and "
                + column
                + " is not null")
        .param("job", job.value())
        .param("no", no)
        .query((rs, n) -> Columns.map(rs.getString(1)))
        .optional();
  }

  private Map<AssetId, Map<String, Object>> byMachine(String sql, JobId job) {
    Map<AssetId, Map<String, Object>> all = new LinkedHashMap<>();
    jdbc.sql(sql)
        .param("job", job.value())
        .query((rs, n) ->
            all.put(
                new AssetId(rs.getObject("asset_id", UUID.class)),
                Columns.map(rs.getString("params"))))
        .list();
    return all;
  }
}
