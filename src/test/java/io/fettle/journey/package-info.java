/**
 * Stories lived by the whole program from outside: real processes, real protocols, the public API.
 */
@NullMarked
package io.fettle.journey;

import org.jspecify.annotations.NullMarked;
