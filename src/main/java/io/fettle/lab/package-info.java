/**
 * A simulated data centre on real protocols: machines whose management cards and shells answer from
 * the state of a simulated machine. Its own process, for a first look, for load and for rehearsing
 * policies; no room uses it.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"transport", "transport :: ipmi", "transport :: ipmi-wire"})
package io.fettle.lab;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
