/**
 * Plug point: the typed parts of a machine's record. One file per facet, found by scanning; labels,
 * JSON Schema, keys and authority come from its fields.
 */
@NullMarked
@NamedInterface("facet")
package io.fettle.cmdb.facet;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
