package io.fettle.monitoring;

import io.fettle.cmdb.Query;
import io.fettle.monitoring.Monitoring.CheckInfo;
import io.fettle.monitoring.check.Check;

/**
 * A check that is in force, with its query parsed and the profile's timing applied.
 *
 * @param query over machines that are not retired
 */
record Known(Check check, Query query, CheckInfo info) {
  String name() {
    return info.name();
  }

  long intervalMillis() {
    return Math.max(1_000, info.interval().toMillis());
  }
}
