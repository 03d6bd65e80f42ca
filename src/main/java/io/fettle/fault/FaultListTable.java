package io.fettle.fault;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Viewer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Lists of faults by keyset, cut to what the viewer may see. */
@Component
class FaultListTable {
  private final JdbcClient db;

  FaultListTable(JdbcClient db) {
    this.db = db;
  }

  /** A fault with what its machine is called in lists. */
  record Row(Fault fault, String assetNo) {}

  /** One row more than {@code limit} when there is a next page. */
  List<Row> list(
      FaultFilter filter,
      Viewer viewer,
      FaultSorting sorting,
      @Nullable FaultList after,
      int limit) {
    Listing listing = listing(filter, viewer, sorting, after, limit);
    return db.sql(listing.sql())
        .params(listing.values())
        .query((row, n) -> new Row(FaultTable.fault(row, n), row.getString("called")))
        .list();
  }

  /** What is asked, so that a test can have it explained. */
  record Listing(String sql, Map<String, Object> values) {}

  static Listing listing(
      FaultFilter filter,
      Viewer viewer,
      FaultSorting sorting,
      @Nullable FaultList after,
      int limit) {
    List<String> where = new ArrayList<>();
    Map<String, Object> values = new HashMap<>();
    if (filter.states().isEmpty()) where.add("state <> 'CLOSED'");
    else {
      where.add("state in (:states)");
      // Said aloud, so that the indexes of open or of closed faults serve.
      if (!filter.states().contains(FaultState.CLOSED)) where.add("state <> 'CLOSED'");
      else if (filter.states().size() == 1) where.add("state = 'CLOSED'");
      values.put("states", filter.states().stream().map(Enum::name).toList());
    }
    if (filter.faultClass() != null) {
      where.add("fault_class = :class");
      values.put("class", filter.faultClass());
    }
    if (filter.machine() != null) {
      where.add("machine = :machine");
      values.put("machine", filter.machine().value());
    }
    if (!viewer.seesAll()) {
      where.add("team in (:teams)");
      values.put("teams", viewer.teams());
    }
    if (after != null) {
      String beyond = sorting.descending() ? " < " : " > ";
      where.add("(" + sorting.column() + ", id)" + beyond + "(:key, :id)");
      values.put(
          "key",
          sorting.byTime()
              ? java.util.Objects.requireNonNull(FaultTable.utc(after.at()))
              : after.key());
      values.put("id", after.id());
    }
    values.put("limit", limit + 1);
    String direction = sorting.descending() ? " desc" : "";
    return new Listing(
        "select "
            + FaultTable.COLUMNS
            + ", coalesce(asset_no, '') as called from fault.fault where "
            + String.join(" and ", where)
            + " order by "
            + sorting.column()
            + direction
            + ", id"
            + direction
            + " limit :limit",
        values);
  }

  /** Machines with open faults of the class in these states, and how many. */
  Map<AssetId, Integer> machines(String faultClass, Set<FaultState> states, int most) {
    Map<AssetId, Integer> machines = new LinkedHashMap<>();
    db.sql(
            """
            select machine, count(*) as n from fault.fault
             where fault_class = :class and state in (:states) and state <> 'CLOSED'
             group by machine order by machine limit :most
            """)
        .param("class", faultClass)
        .param("states", states.stream().map(Enum::name).toList())
        .param("most", most)
        .query(
            (RowCallbackHandler)
                row ->
                    machines.put(
                        new AssetId(row.getObject("machine", UUID.class)), row.getInt("n")));
    return machines;
  }

  /** True when the fault's team is one of the viewer's. */
  boolean visible(FaultId id, Viewer viewer) {
    if (viewer.seesAll()) return true;
    if (viewer.teams().isEmpty()) return false;
    return db.sql("select count(*) from fault.fault where id = :id and team in (:teams)")
            .param("id", id.value())
            .param("teams", viewer.teams())
            .query(Long.class)
            .single()
        > 0;
  }
}
