/**
 * Owns the fault row, its graph and its compare-and-set. Folds observations: confirm, hold, storm,
 * stale, recover.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"monitoring", "monitoring :: check", "cmdb", "identity"})
package io.fettle.fault;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
