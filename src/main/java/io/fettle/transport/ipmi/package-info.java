/** IPMI 2.0 over LAN (RMCP+): sessions, any NetFn/command/data, errors told apart. */
@NullMarked
@NamedInterface("ipmi")
package io.fettle.transport.ipmi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
