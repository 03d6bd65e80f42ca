/**
 * A small POSIX shell over the state of a simulated machine: nothing real is run, read or written.
 */
@NullMarked
package io.fettle.lab.shell;

import org.jspecify.annotations.NullMarked;
