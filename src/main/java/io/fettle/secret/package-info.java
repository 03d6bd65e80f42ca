/**
 * Credentials for machines, encrypted at rest (AES-GCM envelope). Opened only by reference, only
 * for a transport.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"identity"})
package io.fettle.secret;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
