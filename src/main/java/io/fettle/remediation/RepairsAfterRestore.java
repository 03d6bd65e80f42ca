package io.fettle.remediation;

import io.fettle.kernel.AfterRestore;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Repairs that were under way when the backup was taken went on without this database: whatever
 * step they stand at, a fresh reading comes before the next one.
 */
@Component
class RepairsAfterRestore implements AfterRestore {
  private static final Logger LOG = LoggerFactory.getLogger(RepairsAfterRestore.class);

  private final RunTable runs;

  RepairsAfterRestore(RunTable runs) {
    this.runs = runs;
  }

  @Override
  public void restored(Instant taken) {
    LOG.info("restored: repairs={} are looked at before they go on", runs.restored());
  }
}
