/**
 * One command on one endpoint over SSH: a verdict that tells refusal, time-out and failure apart.
 */
@NullMarked
@NamedInterface("ssh")
package io.fettle.transport.ssh;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
