package io.fettle.kernel;

import java.util.UUID;

/** Identity of an asset in the register; UUID version 7, never reused. */
public record AssetId(UUID value) {
  /** Reads the canonical text form; throws {@link IllegalArgumentException} on anything else. */
  public static AssetId of(String text) {
    return new AssetId(UUID.fromString(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
