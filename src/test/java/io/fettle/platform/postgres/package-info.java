/** The supervised PostgreSQL, tested with real processes, real kills and a real full disk. */
@NullMarked
package io.fettle.platform.postgres;

import org.jspecify.annotations.NullMarked;
