package io.fettle.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fettle.kernel.Endpoint;
import io.fettle.support.IpmiSim;
import io.fettle.transport.Limits.Pass;
import io.fettle.transport.Limits.Widths;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiSettings;
import io.fettle.transport.ipmi.IpmiTarget;
import io.fettle.transport.ipmi.LanIpmi;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static Endpoint at(String host) {
    return new Endpoint(host, 22);
  }

  @Test
  void eachLimitHoldsByItself() {
    Limits limits = new Limits(new Widths(3, 2, 1, Duration.ofMillis(20)));

    Optional<Pass> first = limits.enter(at("10.0.0.1"));
    assertThat(first).isPresent();
    assertThat(limits.enter(at("10.0.0.1"))).as("target").isEmpty();
    assertThat(limits.enter(at("10.0.0.2"))).isPresent();
    assertThat(limits.enter(at("10.0.0.3"))).as("subnet").isEmpty();
    assertThat(limits.enter(at("10.0.1.1"))).isPresent();
    assertThat(limits.enter(at("10.0.2.1"))).as("overall").isEmpty();

    first.orElseThrow().close();
    assertThat(limits.enter(at("10.0.0.3"))).isPresent();
    assertThat(limits.inside()).isEqualTo(3);
  }

  @Test
  void whoWaitsGetsInWhenAPlaceIsGivenBack() throws Exception {
    Limits limits = new Limits(new Widths(1, 1, 1, Duration.ofSeconds(10)));
    AtomicInteger most = new AtomicInteger();
    AtomicInteger now = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 50; i++)
        threads.submit(() -> {
          try (Pass _ = limits.enter(at("10.0.0.1")).orElseThrow()) {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            Thread.sleep(2);
            now.decrementAndGet();
            return done.incrementAndGet();
          }
        });
    }
    assertThat(most).hasValue(1);
    assertThat(done).hasValue(50);
    assertThat(limits.inside()).isZero();
  }

  @Test
  void askingACardWithoutLoggingInTakesAPlaceToo() throws Exception {
    IpmiSettings one =
        new IpmiSettings(
            Duration.ofSeconds(1), 3, Duration.ofMillis(250), 8, 8, 1, Duration.ofMillis(50), 100);
    try (IpmiSim card = IpmiSim.start();
        LanIpmi ipmi = new LanIpmi(one, new LabGuard(true))) {
      Duration wait = Duration.ofSeconds(2);
      assertThat(ipmi.answers(card.endpoint(), wait)).isTrue();

      IpmiFailure busy =
          ipmi.talk(
              new IpmiTarget(card.endpoint(), IpmiSim.USER, IpmiSim.PASSWORD.toCharArray()),
              session ->
                  catchThrowableOfType(
                      IpmiFailure.class, () -> ipmi.answers(card.endpoint(), wait)));

      assertThat(busy.kind()).isEqualTo(IpmiFailure.Kind.BUSY);
      assertThat(ipmi.answers(card.endpoint(), wait)).as("the place was given back").isTrue();
    }
  }

  @Test
  void subnetsAreThoseOfTheNetwork() {
    assertThat(Limits.subnet("10.1.2.3")).isEqualTo(Limits.subnet("10.1.2.250"));
    assertThat(Limits.subnet("10.1.2.3")).isNotEqualTo(Limits.subnet("10.1.3.3"));
    assertThat(Limits.subnet("2001:db8:0:1::1")).isEqualTo(Limits.subnet("2001:db8:0:1:ffff::9"));
    assertThat(List.of(Limits.subnet("web01"), Limits.subnet("web02"))).doesNotHaveDuplicates();
  }
}
