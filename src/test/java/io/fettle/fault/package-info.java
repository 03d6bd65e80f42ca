/** Tests of the fault room. */
@NullMarked
package io.fettle.fault;

import org.jspecify.annotations.NullMarked;
