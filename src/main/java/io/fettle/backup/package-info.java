/**
 * Backups of Fettle itself: taken while it works, sealed with a key of their own, proven by being
 * restored, and brought back by one command. Knows the folders of FETTLE_HOME and the database as a
 * whole, no other room's tables.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform", "platform :: postgres", "identity"})
package io.fettle.backup;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
