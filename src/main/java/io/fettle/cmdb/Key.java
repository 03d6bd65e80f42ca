package io.fettle.cmdb;

import io.fettle.cmdb.facet.KeyKind;

/**
 * A key in its normal form.
 *
 * @param scope what it is unique within: the vendor of a serial; else empty
 * @param raw as it was written
 */
record Key(KeyKind kind, String scope, String norm, String raw) {
  /** The same index entry. */
  boolean same(Key other) {
    return kind == other.kind && norm.equals(other.norm) && scope.equals(other.scope);
  }

  /**
   * Possibly the same thing: serial numbers of unknown vendors may be anybody's, a UUID may be
   * written in either SMBIOS byte order.
   */
  boolean mayBe(Key other) {
    return kind == other.kind
        && (scope.equals(other.scope) || scope.isEmpty() || other.scope.isEmpty())
        && (norm.equals(other.norm)
            || (kind == KeyKind.UUID && Norm.swapped(norm).equals(other.norm)));
  }

  /** Order in which locks and index entries are taken. */
  String order() {
    return kind.word() + '\0' + norm + '\0' + scope;
  }

  @Override
  public String toString() {
    return kind.word() + ":" + raw;
  }
}
