/** Tests of tickets. */
@NullMarked
package io.fettle.ticket;

import org.jspecify.annotations.NullMarked;
