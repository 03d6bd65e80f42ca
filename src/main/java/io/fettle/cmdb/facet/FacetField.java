package io.fettle.cmdb.facet;

import io.fettle.kernel.Label;
import java.util.Optional;

/**
 * A known field of a facet.
 *
 * @param path dotted path within the facet, e.g. {@code bmc.nic_mode}
 * @param authority as {@link Facet#authority()}; empty: the facet's own
 * @param key kind of key its values are; empty: no key
 */
public record FacetField(
    String path, Shape shape, Label label, Optional<String> authority, Optional<KeyKind> key) {
  public static FacetField of(String path, Shape shape, String zh, String en) {
    return new FacetField(path, shape, new Label(zh, en), Optional.empty(), Optional.empty());
  }

  /** A field of text. */
  public static FacetField text(String path, String zh, String en) {
    return of(path, Shape.text(), zh, en);
  }

  /** The same field, said by these source types. */
  public FacetField by(String sources) {
    return new FacetField(path, shape, label, Optional.of(sources), key);
  }

  /** The same field, leading to the machine. */
  public FacetField as(KeyKind kind) {
    return new FacetField(path, shape, label, authority, Optional.of(kind));
  }
}
