package io.fettle.cmdb;

import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import tools.jackson.databind.JsonNode;

/** Front door for a person's own word: one more source, only where the facet's authority has it. */
public interface Edits {
  /**
   * Says values of a facet; a null member takes the person's word on it back.
   *
   * @param patch merge patch (RFC 7396) of the facet
   * @param reason the person's words, kept in the history
   * @param version the machine's version the person saw
   * @return the machine after it
   * @throws io.fettle.kernel.Problem 404 unknown machine or facet, 412 changed meanwhile, 422 not
   *     allowed by the facet's schema or authority
   */
  MachineDoc edit(
      AssetId machine, String facet, JsonNode patch, String reason, long version, Actor actor);

  /**
   * Takes a machine out of service for good: its number and serial stay its own, its addresses and
   * names are free for others, its history stays. A second time changes nothing.
   *
   * @throws io.fettle.kernel.Problem 404 unknown machine
   */
  MachineDoc retire(AssetId machine, String reason, Actor actor);
}
