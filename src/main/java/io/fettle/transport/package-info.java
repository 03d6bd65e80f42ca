/**
 * Speaks to an endpoint: SSH, IPMI, TCP. Pools, limits, host keys, transcripts. Knows no assets.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"secret"})
package io.fettle.transport;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
