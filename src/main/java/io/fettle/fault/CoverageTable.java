package io.fettle.fault;

import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Stretches of time in which a collector saw too little of what it is bound to. */
@Component
class CoverageTable {
  private final JdbcClient db;

  CoverageTable(JdbcClient db) {
    this.db = db;
  }

  boolean open() {
    return db.sql("select exists (select from fault.coverage_gap where ended_at is null)")
        .query(Boolean.class)
        .single();
  }

  /** Notes a gap; true when it is new. */
  boolean begin(String collector, long fresh, long bound, Instant now) {
    return db.sql(
                """
                insert into fault.coverage_gap (collector, started_at, fresh, bound)
                values (:collector, :now, :fresh, :bound)
                on conflict (collector) where ended_at is null do nothing
                """)
            .param("collector", collector)
            .param("now", FaultTable.utc(now))
            .param("fresh", fresh)
            .param("bound", bound)
            .update()
        > 0;
  }

  /** The collector sees enough again; true when a gap was open. */
  boolean end(String collector, Instant now) {
    return db.sql(
                """
                update fault.coverage_gap set ended_at = :now
                 where collector = :collector and ended_at is null
                """)
            .param("collector", collector)
            .param("now", FaultTable.utc(now))
            .update()
        > 0;
  }
}
