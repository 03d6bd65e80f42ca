package io.fettle.platform;

import io.fettle.support.FettleTest;
import io.fettle.support.WholeProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@FettleTest
class ScheduledWorkTest {
  @Autowired private JdbcClient jdbc;

  @Test
  void rareWorkHasRunAndItsNextTurnIsOnRecord() throws InterruptedException {
    WholeProcess.await("retention and tidying", Duration.ofSeconds(30), () -> done() == 2);
  }

  private int done() {
    return jdbc.sql(
            """
            select count(*) from platform.scheduled_tasks
             where task_name in ('observation-retention', 'budget-tidy')
               and last_success is not null and execution_time > now() and consecutive_failures = 0
            """)
        .query(Integer.class)
        .single();
  }
}
