/** What tests stand on: a real PostgreSQL, a clock set by hand, builders. */
@NullMarked
package io.fettle.support;

import org.jspecify.annotations.NullMarked;
