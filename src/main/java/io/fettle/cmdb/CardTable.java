package io.fettle.cmdb;

import io.fettle.cmdb.query.Expr;
import io.fettle.cmdb.query.Where;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Endpoint;
import io.fettle.kernel.Viewer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of machines' cards: the few fields of a document that pages and jobs want of thousands. */
@Component
class CardTable {
  static final int SSH_PORT = 22;
  static final int IPMI_PORT = 623;

  private static final String COLUMNS =
      """
      d.asset_id, d.version, d.kind, d.lifecycle, d.site, d.room, d.rack, d.team,
      d.doc ->> 'asset_no' as asset_no, d.doc #>> '{register,serial}' as serial,
      d.doc #>> '{register,vendor}' as vendor, d.doc #>> '{register,model}' as model,
      d.doc #>> '{net,hostname}' as hostname, d.doc #>> '{net,address}' as address,
      d.doc #>> '{bmc,address}' as card, d.doc #>> '{placement,u}' as u,
      d.doc #>> '{ownership,service}' as service, d.doc #>> '{ownership,contact}' as contact
      """;

  private final JdbcClient db;

  CardTable(JdbcClient db) {
    this.db = db;
  }

  List<MachineCard> read(Collection<AssetId> ids) {
    if (ids.isEmpty()) return List.of();
    return db.sql(
            "select " + COLUMNS + " from cmdb.asset_doc d where d.asset_id = any(:ids::uuid[])")
        .param("ids", Sql.ids(ids))
        .query((row, _) -> card(row))
        .list();
  }

  /** In an order that an index gives; the cut is left out for those who see all, so that it can. */
  List<MachineCard> list(
      Expr expr, Viewer viewer, Sorting sorting, @Nullable Cursor after, int limit) {
    Where.Sql where = Where.of(expr, new Spelling());
    String direction = sorting.descending() ? " desc" : "";
    List<String> order = new ArrayList<>(sorting.columns());
    order.add("d.asset_id");
    var sql =
        db.sql(
                """
                select %s from cmdb.asset_doc d
                where %s and %s and %s
                order by %s limit :limit
                """
                    .formatted(
                        COLUMNS,
                        where.text(),
                        DocTable.cut(viewer),
                        after == null ? "true" : beyond(order, sorting.descending()),
                        String.join(direction + ", ", order) + direction))
            .params(where.params())
            .param("limit", limit);
    if (!viewer.seesAll()) sql = sql.param("teams", DocTable.teams(viewer));
    if (after != null) {
      sql = sql.param("id", after.id().toString());
      for (int i = 0; i < after.keys().size(); i++) sql = sql.param("key" + i, after.keys().get(i));
    }
    return sql.query((row, _) -> card(row)).list();
  }

  private static String beyond(List<String> order, boolean descending) {
    StringBuilder keys = new StringBuilder();
    for (int i = 0; i < order.size() - 1; i++) keys.append(":key").append(i).append(", ");
    String columns = String.join(", ", order);
    return "(" + columns + ")" + (descending ? " < " : " > ") + "(" + keys + ":id::uuid)";
  }

  private static MachineCard card(ResultSet row) throws SQLException {
    return new MachineCard(
        Sql.asset(row, "asset_id"),
        row.getString("asset_no"),
        row.getString("kind"),
        row.getString("lifecycle"),
        row.getString("serial"),
        row.getString("vendor"),
        row.getString("model"),
        row.getString("hostname"),
        endpoint(row.getString("address"), SSH_PORT),
        endpoint(row.getString("card"), IPMI_PORT),
        row.getString("site"),
        row.getString("room"),
        row.getString("rack"),
        row.getString("u"),
        row.getString("team"),
        row.getString("service"),
        row.getString("contact"),
        row.getLong("version"));
  }

  private static @Nullable Endpoint endpoint(@Nullable String text, int usual) {
    if (text == null) return null;
    return Norm.split(text)
        .map(a -> new Endpoint(a.host(), a.port() == 0 ? usual : a.port()))
        .orElse(null);
  }
}
