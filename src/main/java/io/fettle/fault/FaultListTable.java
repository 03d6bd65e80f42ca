package io.fettle.fault;

import io.fettle.kernel.Viewer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Lists of faults by keyset, cut to what the viewer may see. */
@Component
class FaultListTable {
  private final JdbcClient db;

  FaultListTable(JdbcClient db) {
    this.db = db;
  }

  /** One row more than {@code limit} when there is a next page. */
  List<Fault> list(FaultFilter filter, Viewer viewer, @Nullable FaultList after, int limit) {
    List<String> where = new ArrayList<>();
    Map<String, Object> values = new HashMap<>();
    if (filter.states().isEmpty()) where.add("state <> 'CLOSED'");
    else {
      where.add("state in (:states)");
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
      where.add("(changed_at, id) < (:at, :id)");
      values.put("at", java.util.Objects.requireNonNull(FaultTable.utc(after.changedAt())));
      values.put("id", after.id());
    }
    values.put("limit", limit + 1);
    return db.sql(
            "select "
                + FaultTable.COLUMNS
                + " from fault.fault where "
                + String.join(" and ", where)
                + " order by changed_at desc, id desc limit :limit")
        .params(values)
        .query(FaultTable::fault)
        .list();
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
