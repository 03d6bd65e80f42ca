/** The plug point Action: one typed thing to do to one machine. */
@NullMarked
@NamedInterface("action")
package io.fettle.remediation.action;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
