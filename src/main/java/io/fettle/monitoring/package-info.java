/**
 * Bindings (CMDB query x check), schedule, visits and observations. Judges machines; never acts on
 * them.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "cmdb",
      "reach",
      "identity",
      "transport :: ssh",
      "transport :: ipmi",
      "transport :: tcp"
    })
package io.fettle.monitoring;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
