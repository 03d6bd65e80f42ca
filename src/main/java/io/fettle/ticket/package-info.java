/**
 * Event tracking: born from a fault that escalated; assign, verify, resolve, close. A ticket says
 * everything on birth.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"remediation", "fault", "cmdb", "identity"})
package io.fettle.ticket;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
