package io.fettle.cmdb;

import tools.jackson.databind.JsonNode;

/**
 * A parsed CMDB query, e.g. {@code type == 'server' and bmc.vendor == 'Dell' and
 * intent.bmc.nic_mode != null}. Made by {@link Register#query}.
 */
public interface Query {
  /** The text it was parsed from. */
  String text();

  /**
   * True when it narrows nothing ({@code ""}, {@code true}): refused wherever a selector starts an
   * action.
   */
  boolean unbounded();

  /** Judges one machine's merged document in memory; the same answer as the SQL gives. */
  boolean matches(JsonNode doc);
}
