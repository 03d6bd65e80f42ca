/** The PostgreSQL that Fettle brings along, kept as a child process on a folder of its own. */
@NullMarked
package io.fettle.platform.postgres;

import org.jspecify.annotations.NullMarked;
