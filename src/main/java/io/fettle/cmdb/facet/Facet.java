package io.fettle.cmdb.facet;

import io.fettle.kernel.Label;
import java.util.List;

/** One typed part of a machine's record. Stateless; made once at start. */
public interface Facet {
  /** Unique member of the machine's document, e.g. {@code bmc}; lower case. */
  String name();

  Label label();

  /** Known fields; others may be claimed too and are shown by their path. */
  List<FacetField> fields();

  /**
   * Who may say a field that names no authority of its own: source types, strongest first, {@code
   * =} between equals, e.g. {@code bmc = host > register > manual}. A type not named is kept but
   * never shown.
   */
  String authority();

  /**
   * How long a source's word is fresh, by source type, e.g. {@code host=P1D bmc=P1D}; a type not
   * named does not age.
   */
  default String ttl() {
    return "host=P1D bmc=P1D";
  }
}
