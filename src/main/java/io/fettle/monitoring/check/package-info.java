/** The plug point Check: judges one thing about one machine. */
@NullMarked
@NamedInterface("check")
package io.fettle.monitoring.check;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
