package io.fettle.cmdb;

import io.fettle.cmdb.query.Expr;
import io.fettle.cmdb.query.Where;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Viewer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL that reads merged documents by id, and which ones match a query, cut to a viewer's teams. */
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

  static String cut(Viewer viewer) {
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
