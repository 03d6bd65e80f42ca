/**
 * Pages and resources that join rooms: home, the machine page, the story of a fault, the live
 * stream. No rules of its own.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "cmdb",
      "monitoring",
      "monitoring :: check",
      "fault",
      "remediation",
      "ticket",
      "identity",
      "audit",
      "platform",
      "reach",
      "secret",
      "transport"
    })
package io.fettle.console;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
