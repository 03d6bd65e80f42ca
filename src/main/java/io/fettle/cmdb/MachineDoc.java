package io.fettle.cmdb;

import io.fettle.kernel.AssetId;
import tools.jackson.databind.JsonNode;

/**
 * Everything known of one machine as one JSON object: {@code asset_no, type, lifecycle} and one
 * member per facet ({@code register, placement, ownership, intent, bmc, net, os}). This is what
 * queries match, checks judge and policies read.
 *
 * @param version the asset's version this was read at
 */
public record MachineDoc(AssetId id, JsonNode doc, long version) {
  /** Text at a path such as {@code bmc.vendor}; empty when absent or null. */
  public java.util.Optional<String> text(String path) {
    JsonNode node = at(path);
    return node.isMissingNode() || node.isNull()
        ? java.util.Optional.empty()
        : java.util.Optional.of(node.isValueNode() ? node.asString() : node.toString());
  }

  /** Node at a dotted path; a missing node when absent. */
  public JsonNode at(String path) {
    return doc.at("/" + path.replace('.', '/'));
  }
}
