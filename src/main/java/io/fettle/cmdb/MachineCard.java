package io.fettle.cmdb;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * What every page and ticket shows of a machine, read in one query for many machines.
 *
 * @param kind server, switch, chassis, pdu, part or vm
 * @param lifecycle in_stock, in_service, maintenance, retired
 * @param u rack unit as written on the rack, e.g. {@code 12} or {@code 12-13}
 * @param ssh where its SSH server listens; null when no address is known
 * @param bmc where its management card listens (UDP); null when no address is known
 * @param version rises with every change of the asset
 */
public record MachineCard(
    AssetId id,
    @Nullable String assetNo,
    String kind,
    String lifecycle,
    @Nullable String serial,
    @Nullable String vendor,
    @Nullable String model,
    @Nullable String hostname,
    @Nullable Endpoint ssh,
    @Nullable Endpoint bmc,
    @Nullable String site,
    @Nullable String room,
    @Nullable String rack,
    @Nullable String u,
    @Nullable String team,
    @Nullable String service,
    @Nullable String contact,
    long version) {

  /** The name a person calls it by: asset number, else serial, else id. */
  public String name() {
    if (assetNo != null) return assetNo;
    return serial != null ? serial : id.toString();
  }

  /** Site / room / rack / U without the unknown parts. */
  public String place() {
    return java.util.stream.Stream.of(site, room, rack, u == null ? null : "U" + u)
        .filter(java.util.Objects::nonNull)
        .collect(java.util.stream.Collectors.joining(" / "));
  }
}
