/**
 * Append-only record of who did what, to what, and why. Rows are written in the business
 * transaction; a sealer chains them in batches.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.fettle.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
