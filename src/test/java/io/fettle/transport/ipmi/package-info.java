/** Tests of IPMI over LAN against ipmi_sim, ipmitool and freeipmi. */
@NullMarked
package io.fettle.transport.ipmi;

import org.jspecify.annotations.NullMarked;
