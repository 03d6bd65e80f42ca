package io.fettle.platform;

import java.time.Instant;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the platform asks of its own tables. */
@Component
class PulseTable {
  private static final int LIMIT_SECONDS = 3;
  private final JdbcClient jdbc;

  PulseTable(DataSource database) {
    JdbcTemplate template = new JdbcTemplate(database);
    template.setQueryTimeout(LIMIT_SECONDS);
    jdbc = JdbcClient.create(template);
  }

  /** Writes, and gives the database's own time. */
  Instant beat() {
    return jdbc.sql("update platform.pulse set at = clock_timestamp() returning at")
        .query(java.time.OffsetDateTime.class)
        .single()
        .toInstant();
  }

  /** Timed work that should have begun more than a minute ago and has not. */
  long overdue() {
    return jdbc.sql(
            """
            select count(*) from platform.scheduled_tasks
            where not picked and execution_time < now() - interval '1 minute'
            """)
        .query(Long.class)
        .single();
  }

  String version() {
    return jdbc.sql("show server_version").query(String.class).single();
  }

  /** Size of the whole database in bytes. */
  long size() {
    return jdbc.sql("select pg_database_size(current_database())").query(Long.class).single();
  }
}
