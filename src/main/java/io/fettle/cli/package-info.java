/**
 * The command line: a client of the API like any other, in a process of its own. No Spring and no
 * other room: it answers within a blink.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.fettle.cli;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
