package io.fettle.transport.ipmi;

import io.fettle.transport.Limits;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How patiently and how widely cards are spoken to.
 *
 * @param attemptTimeout how long one sending waits for its answer
 * @param retries sendings after the first
 * @param probeTimeout how long a card that answers may take to list its cipher suites before suite
 *     3 is tried; many never answer this
 * @param maxInFlight sessions open at one time, over all cards
 * @param maxPerCard the same for one card; cards have few session slots
 * @param maxPerSubnet the same for one subnet (/24, or /64 of IPv6)
 * @param queueTimeout how long a talk waits for such a place before it fails as BUSY
 * @param remembered cards whose cipher suite is remembered
 */
@ConfigurationProperties("fettle.transport.ipmi")
public record IpmiSettings(
    @DefaultValue("1s") Duration attemptTimeout,
    @DefaultValue("3") int retries,
    @DefaultValue("250ms") Duration probeTimeout,
    @DefaultValue("256") int maxInFlight,
    @DefaultValue("64") int maxPerSubnet,
    @DefaultValue("2") int maxPerCard,
    @DefaultValue("30s") Duration queueTimeout,
    @DefaultValue("100000") int remembered) {
  public IpmiSettings {
    atLeast("attempt-timeout", attemptTimeout.toMillis(), 10);
    atLeast("retries", retries, 0);
    atLeast("probe-timeout", probeTimeout.toMillis(), 10);
    atLeast("max-in-flight", maxInFlight, 1);
    atLeast("max-per-subnet", maxPerSubnet, 1);
    atLeast("max-per-card", maxPerCard, 1);
    atLeast("remembered", remembered, 1);
  }

  /** What ships. */
  public static IpmiSettings standard() {
    return new IpmiSettings(
        Duration.ofSeconds(1),
        3,
        Duration.ofMillis(250),
        256,
        64,
        2,
        Duration.ofSeconds(30),
        100_000);
  }

  /** The same with another patience; for tests and benches. */
  public IpmiSettings patience(Duration attempt, int newRetries) {
    return new IpmiSettings(
        attempt,
        newRetries,
        probeTimeout,
        maxInFlight,
        maxPerSubnet,
        maxPerCard,
        queueTimeout,
        remembered);
  }

  Limits.Widths widths() {
    return new Limits.Widths(maxInFlight, maxPerSubnet, maxPerCard, queueTimeout);
  }

  private static void atLeast(String key, long value, long least) {
    if (value < least)
      throw new IllegalArgumentException(
          "fettle.transport.ipmi.%s is %d, must be at least %d".formatted(key, value, least));
  }
}
