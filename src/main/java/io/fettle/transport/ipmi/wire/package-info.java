/**
 * IPMI on the wire, without sockets or state machines: RMCP and RMCP+ framing, cipher suites, key
 * derivation. Shared by the client and by the lab's cards, and checked against ipmitool, freeipmi
 * and ipmi_sim.
 */
@NullMarked
@NamedInterface("ipmi-wire")
package io.fettle.transport.ipmi.wire;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
