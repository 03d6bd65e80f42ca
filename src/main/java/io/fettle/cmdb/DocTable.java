package io.fettle.cmdb;

import io.fettle.cmdb.query.Expr;
import io.fettle.cmdb.query.Where;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Viewer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL that reads merged documents: by id, by query, cut to a viewer's teams. */
@Component
class DocTable {
  private final JdbcClient db;

  DocTable(JdbcClient db) {
    this.db = db;
  }

  List<MachineDoc> read(Collection<AssetId> ids) {
    if (ids.isEmpty()) return List.of();
    return db.sql(
            """
            select d.asset_id, d.doc, d.version from cmdb.asset_doc d
            where d.asset_id = any(:ids::uuid[])
            """)
        .param("ids", Sql.ids(ids))
        .query((row, _) -> doc(row))
        .list();
  }

  private static MachineDoc doc(ResultSet row) throws SQLException {
    return new MachineDoc(
        Sql.asset(row, "asset_id"), Docs.read(row.getString("doc")), row.getLong("version"));
  }

  boolean visible(AssetId id, Viewer viewer) {
    return db.sql(
            """
            select exists (select from cmdb.asset_doc d
              where d.asset_id = :id::uuid and (:all or d.team = any(:teams::text[])))
            """)
        .param("id", id.toString())
        .param("all", viewer.seesAll())
        .param("teams", teams(viewer))
        .query(Boolean.class)
        .single();
  }

  static String[] teams(Viewer viewer) {
    return viewer.teams().toArray(String[]::new);
  }

  /** In an order that an index gives; the cut is left out for those who see all, so that it can. */
  List<MachineDoc> list(
      Expr expr, Viewer viewer, Sorting sorting, @Nullable Cursor after, int limit) {
    Where.Sql where = Where.of(expr, new Spelling());
    String direction = sorting.descending() ? " desc" : "";
    List<String> order = new ArrayList<>(sorting.columns());
    order.add("d.asset_id");
    var sql =
        db.sql(
                """
                select d.asset_id, d.doc, d.version from cmdb.asset_doc d
                where %s and %s and %s
                order by %s limit :limit
                """
                    .formatted(
                        where.text(),
                        cut(viewer),
                        after == null ? "true" : beyond(order, sorting.descending()),
                        String.join(direction + ", ", order) + direction))
            .params(where.params())
            .param("limit", limit);
    if (!viewer.seesAll()) sql = sql.param("teams", teams(viewer));
    if (after != null) {
      sql = sql.param("id", after.id().toString());
      for (int i = 0; i < after.keys().size(); i++) sql = sql.param("key" + i, after.keys().get(i));
    }
    return sql.query((row, _) -> doc(row)).list();
  }

  private static String beyond(List<String> order, boolean descending) {
    StringBuilder keys = new StringBuilder();
    for (int i = 0; i < order.size() - 1; i++) keys.append(":key").append(i).append(", ");
    String columns = String.join(", ", order);
    return "(" + columns + ")" + (descending ? " < " : " > ") + "(" + keys + ":id::uuid)";
  }

  private static String cut(Viewer viewer) {
    return viewer.seesAll() ? "true" : "d.team = any(:teams::text[])";
  }

  long count(Expr expr, Viewer viewer) {
    Where.Sql where = Where.of(expr, new Spelling());
    var sql =
        db.sql(
                "select count(*) from cmdb.asset_doc d where %s and %s"
                    .formatted(where.text(), cut(viewer)))
            .params(where.params());
    if (!viewer.seesAll()) sql = sql.param("teams", teams(viewer));
    return sql.query(Long.class).single();
  }

  /** Stops counting one beyond {@code most}. */
  long countUpTo(Expr expr, Viewer viewer, int most) {
    Where.Sql where = Where.of(expr, new Spelling());
    var sql =
        db.sql(
                """
                select count(*) from
                  (select 1 from cmdb.asset_doc d where %s and %s limit :beyond) counted
                """
                    .formatted(where.text(), cut(viewer)))
            .params(where.params())
            .param("beyond", most + 1);
    if (!viewer.seesAll()) sql = sql.param("teams", teams(viewer));
    return sql.query(Long.class).single();
  }

  List<AssetId> matching(Expr expr, Collection<AssetId> ids) {
    Where.Sql where = Where.of(expr, new Spelling());
    return db.sql(
            "select d.asset_id from cmdb.asset_doc d where d.asset_id = any(:of::uuid[]) and "
                + where.text())
        .params(where.params())
        .param("of", Sql.ids(ids))
        .query((row, _) -> Sql.asset(row, "asset_id"))
        .list();
  }

  List<AssetId> ids(Expr expr, @Nullable AssetId after, int limit) {
    Where.Sql where = Where.of(expr, new Spelling());
    var sql =
        db.sql(
                """
                select d.asset_id from cmdb.asset_doc d
                where %s and %s order by d.asset_id limit :limit
                """
                    .formatted(where.text(), after == null ? "true" : "d.asset_id > :after::uuid"))
            .params(where.params())
            .param("limit", limit);
    if (after != null) sql = sql.param("after", after.toString());
    return sql.query((row, _) -> Sql.asset(row, "asset_id")).list();
  }
}
