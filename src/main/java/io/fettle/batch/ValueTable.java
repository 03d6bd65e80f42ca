package io.fettle.batch;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * SQL of the values that stand in the text of one machine, as they were when the list was frozen.
 */
@Component
class ValueTable {
  private final JdbcClient jdbc;

  ValueTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The values of one item. */
  record Values(int no, Map<String, String> values) {}

  void add(JobId job, List<Values> all) {
    jdbc.sql(
            """
            insert into batch.item_value (job_id, no, vals)
            select :job, s.no, s.vals
              from unnest(:nos::int[], :vals::jsonb[]) s (no, vals)
            """)
        .param("job", job.value())
        .param("nos", Columns.of(all, Values::no))
        .param("vals", Columns.of(all, v -> Columns.json(v.values())))
        .update();
  }

  /** By name; empty when the item has none. */
  Map<String, String> of(JobId job, int no) {
    Map<String, String> values = new TreeMap<>();
    jdbc.sql("select vals from batch.item_value where job_id = :job and no = :no")
        .param("job", job.value())
        .param("no", no)
        .query((rs, n) -> rs.getString(1))
        .optional()
        .ifPresent(json ->
            Columns.map(json).forEach((name, value) -> values.put(name, String.valueOf(value))));
    return values;
  }
}
