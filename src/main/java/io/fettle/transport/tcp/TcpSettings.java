package io.fettle.transport.tcp;

import io.fettle.transport.Limits;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Limits of TCP probes.
 *
 * @param overall probes at once
 * @param perSubnet at once in one /24
 * @param perTarget at once at one address
 * @param patience longest wait for a place among these before the answer is BUSY
 */
@ConfigurationProperties("fettle.transport.tcp")
public record TcpSettings(
    @DefaultValue("512") int overall,
    @DefaultValue("128") int perSubnet,
    @DefaultValue("4") int perTarget,
    @DefaultValue("30s") Duration patience) {

  Limits.Widths widths() {
    return new Limits.Widths(overall, perSubnet, perTarget, patience);
  }
}
