package io.fettle.ticket;

import io.fettle.kernel.AssetId;
import org.jspecify.annotations.Nullable;

/**
 * Which tickets; null means any.
 *
 * @param machine shows this machine's tickets wherever they stand, also those under a parent
 */
public record TicketFilter(
    boolean openOnly, @Nullable String faultClass, @Nullable AssetId machine) {
  /** Every open one. */
  public static final TicketFilter OPEN = new TicketFilter(true, null, null);
}
