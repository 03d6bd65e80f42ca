/** Management cards of the lab: IPMI 2.0 over UDP, answered from the state of a simulated card. */
@NullMarked
package io.fettle.lab.bmc;

import org.jspecify.annotations.NullMarked;
