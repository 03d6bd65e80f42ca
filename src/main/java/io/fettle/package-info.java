/** Fettle: one deployable; each package below is a room (see docs/architecture.md). */
@NullMarked
package io.fettle;

import org.jspecify.annotations.NullMarked;
