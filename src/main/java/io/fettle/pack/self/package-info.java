/**
 * Pack self: what must not be silent about Fettle itself, each a check that reads a part of the
 * health page. Nothing here repairs; a person gets the ticket.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "monitoring :: check",
      "cmdb",
      "transport :: ipmi",
      "transport :: ssh",
      "transport :: tcp"
    })
package io.fettle.pack.self;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
