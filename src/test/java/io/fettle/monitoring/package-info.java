/** Tests of the monitoring room. */
@NullMarked
package io.fettle.monitoring;

import org.jspecify.annotations.NullMarked;
