/**
 * Policies, runbooks, permits and budgets, runs, attempts and verification. Drives the edges 12-29
 * of the fault graph inside its own transactions.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "fault",
      "monitoring",
      "monitoring :: check",
      "reach",
      "cmdb",
      "identity",
      "transport :: ssh",
      "transport :: ipmi",
      "transport :: tcp"
    })
package io.fettle.remediation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
