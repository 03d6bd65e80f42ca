package io.fettle.cmdb;

import io.fettle.cmdb.query.Words.Form;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Viewer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL from live keys to machines. */
@Component
class FindTable {
  private final JdbcClient db;

  FindTable(JdbcClient db) {
    this.db = db;
  }

  record Row(
      AssetId asset,
      @Nullable String assetNo,
      String name,
      String kind,
      int strength,
      String raw) {}

  List<Row> exact(List<String> norms, Viewer viewer, int limit) {
    return db.sql(
            """
            select k.asset_id, d.doc ->> 'asset_no' asset_no, d.name, k.kind, k.strength, k.raw
            from cmdb.asset_key k join cmdb.asset_doc d on d.asset_id = k.asset_id
            where k.norm = any(:norms::text[]) and k.ended_at is null
              and (:all or d.team = any(:teams::text[]))
            order by k.strength, d.name limit :limit
            """)
        .param("norms", norms.toArray(String[]::new))
        .param("all", viewer.seesAll())
        .param("teams", DocTable.teams(viewer))
        .param("limit", limit)
        .query(FindTable::row)
        .list();
  }

  private static Row row(ResultSet row, int number) throws SQLException {
    return new Row(
        Sql.asset(row, "asset_id"),
        row.getString("asset_no"),
        row.getString("name"),
        row.getString("kind"),
        row.getInt("strength"),
        row.getString("raw"));
  }

  /** Keys that begin with any of these; each form reads its own stretch of the index. */
  List<Row> starting(List<Form> forms, Viewer viewer, int limit) {
    List<Row> out = new ArrayList<>();
    for (Form form : forms) {
      if (form.exact()) continue;
      out.addAll(
          db.sql(
                  """
                  select k.asset_id, d.doc ->> 'asset_no' asset_no, d.name, k.kind, k.strength, k.raw
                  from cmdb.asset_key k join cmdb.asset_doc d on d.asset_id = k.asset_id
                  where k.norm >= :from and k.norm < :end and k.ended_at is null
                    and (:all or d.team = any(:teams::text[]))
                  order by k.norm limit :limit
                  """)
              .param("from", form.norm())
              .param("end", form.end())
              .param("all", viewer.seesAll())
              .param("teams", DocTable.teams(viewer))
              .param("limit", limit)
              .query(FindTable::row)
              .list());
    }
    return out;
  }
}
