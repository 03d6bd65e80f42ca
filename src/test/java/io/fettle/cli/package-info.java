/** The command line against a small real HTTP server, and the launcher against a real shell. */
@NullMarked
package io.fettle.cli;

import org.jspecify.annotations.NullMarked;
