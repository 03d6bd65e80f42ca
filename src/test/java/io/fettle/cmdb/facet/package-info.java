/** Facets for tests of the register. */
@NullMarked
package io.fettle.cmdb.facet;

import org.jspecify.annotations.NullMarked;
