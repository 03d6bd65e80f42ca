package io.fettle.ticket;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of tickets.
 *
 * @param sweep how often faults and tickets are compared
 * @param stormCount more escalations of one class than this within storm-window become one parent
 *     ticket
 * @param stormWindow see storm-count
 */
@ConfigurationProperties("fettle.ticket")
record TicketSettings(
    @DefaultValue("2s") Duration sweep,
    @DefaultValue("20") int stormCount,
    @DefaultValue("10m") Duration stormWindow) {
  TicketSettings {
    if (sweep.isNegative() || sweep.isZero() || stormWindow.isNegative() || stormWindow.isZero())
      throw new IllegalArgumentException(
          "fettle.ticket.sweep and fettle.ticket.storm-window must be positive");
    if (stormCount < 1)
      throw new IllegalArgumentException("fettle.ticket.storm-count must be 1 or more");
  }
}
