package io.fettle.cmdb;

import io.fettle.kernel.Viewer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts machines per rack; the whole fleet's answer is remembered for a minute. */
@Component
class RackTable implements Racks {
  private static final Duration FRESH = Duration.ofMinutes(1);
  private static final int MOST = 20_000;

  private final JdbcClient db;
  private final Clock clock;
  private volatile @Nullable Counted last;

  RackTable(JdbcClient db, Clock clock) {
    this.db = db;
    this.clock = clock;
  }

  private record Counted(Instant at, boolean full, List<Rack> racks) {}

  @Override
  public List<Rack> all(Viewer viewer) {
    if (!viewer.seesAll()) return count(viewer);
    Counted known = last;
    // An empty register fills within seconds after its first import: nothing is not remembered.
    if (known != null && known.full() && known.at().plus(FRESH).isAfter(clock.instant()))
      return known.racks();
    List<Rack> racks = count(viewer);
    last = new Counted(clock.instant(), !racks.isEmpty(), racks);
    return racks;
  }

  private List<Rack> count(Viewer viewer) {
    return db.sql(
            """
            select d.site, d.room, d.rack, count(*) as n from cmdb.asset_doc d
             where d.rack is not null and (:all or d.team = any(:teams::text[]))
             group by d.site, d.room, d.rack
             order by coalesce(d.site, d.room, ''), d.room, d.rack limit :limit
            """)
        .param("all", viewer.seesAll())
        .param("teams", DocTable.teams(viewer))
        .param("limit", MOST)
        .query((row, _) ->
            new Rack(
                row.getString("site"),
                row.getString("room"),
                row.getString("rack"),
                row.getLong("n")))
        .list();
  }
}
