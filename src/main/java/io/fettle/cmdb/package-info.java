/**
 * The register: assets, keys, facets, claims by source, reconciliation, any-key resolve and the
 * purchase import. Only the register creates an asset.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"identity"})
package io.fettle.cmdb;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
