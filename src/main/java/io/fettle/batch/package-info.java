/**
 * One action, command or script on many machines: the frozen list, its steps, the sending of each
 * item and its verdict, the lines as they come. Works under the leases and the freeze that repairs
 * work under, and owns nothing but its jobs.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "remediation",
      "remediation :: action",
      "monitoring",
      "reach",
      "cmdb",
      "cmdb :: facet",
      "library",
      "identity",
      "transport :: ssh",
      "transport :: ipmi",
      "transport :: tcp"
    })
package io.fettle.batch;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
