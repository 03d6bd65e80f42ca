/**
 * What the process stands on: settings, the embedded PostgreSQL, migrations, TLS, health of Fettle
 * itself.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"identity"})
package io.fettle.platform;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
