package io.fettle.cmdb;

import io.fettle.kernel.AssetId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a key leads.
 *
 * @param q what was asked
 * @param kind what it looks like: asset_no, serial, ip, mac, hostname, text
 * @param hits the machine, or the candidates; empty when nobody holds the key
 */
public record Resolution(String q, String kind, List<Hit> hits) {
  public Resolution {
    hits = List.copyOf(hits);
  }

  /**
   * One machine.
   *
   * @param key kind of the key that matched, e.g. {@code net.ip}, {@code bmc.ip}, {@code serial}
   * @param matched the stored value that matched
   */
  public record Hit(AssetId id, @Nullable String assetNo, String key, String matched) {}
}
