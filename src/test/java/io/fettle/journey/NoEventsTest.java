package io.fettle.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.AssetChanged;
import io.fettle.cmdb.Imports;
import io.fettle.fault.FaultConfirmed;
import io.fettle.fault.FaultEscalated;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Role;
import io.fettle.support.FettleTest;
import io.fettle.support.IpmiSim;
import io.fettle.support.RealSshd;
import io.fettle.support.TestServer;
import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.core.ResolvableType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;

/**
 * Events between rooms are hints: with every one of them lost, an imported machine is still bound,
 * its fault found and repaired, and what nobody repairs becomes a ticket.
 */
@FettleTest
class NoEventsTest {
  private static final String CHECK =
      """
      name: site.deaf
      label: {zh: 聋, en: deaf}
      for: "asset_no == 'DEAF-1'"
      section: |
        echo 'DEAF CRITICAL'; exit 2
      """;

  /** Events of Fettle's own that were published and went nowhere. */
  private static final Set<Class<?>> LOST = ConcurrentHashMap.newKeySet();

  private final TestServer server;
  private final Imports imports;

  @Autowired
  NoEventsTest(TestServer server, Imports imports) {
    this.server = server;
    this.imports = imports;
  }

  /** Loses every event that a room of Fettle publishes; Spring's own go on. */
  @TestConfiguration(proxyBeanMethods = false)
  static class Deaf {
    @Bean
    static ApplicationEventMulticaster applicationEventMulticaster(
        ConfigurableListableBeanFactory beans) {
      return new SimpleApplicationEventMulticaster(beans) {
        @Override
        public void multicastEvent(ApplicationEvent event, @Nullable ResolvableType type) {
          Object what = event instanceof PayloadApplicationEvent<?> p ? p.getPayload() : event;
          if (what.getClass().getName().startsWith("io.fettle.")) LOST.add(what.getClass());
          else super.multicastEvent(event, type);
        }
      };
    }
  }

  @DynamicPropertySource
  static void quick(DynamicPropertyRegistry properties) throws IOException {
    Path checks = Files.createTempDirectory("fettle-checks-");
    Files.writeString(checks.resolve("deaf.yml"), CHECK);
    properties.add("fettle.monitoring.checks", checks::toString);
    properties.add("fettle.monitoring.interval", () -> "2s");
    properties.add("fettle.monitoring.retry-interval", () -> "1s");
    properties.add("fettle.monitoring.bad", () -> "2");
    properties.add("fettle.monitoring.of", () -> "3");
    properties.add("fettle.remediation.hand-over", () -> "2s");
    properties.add("fettle.remediation.settle", () -> "2s");
    properties.add("fettle.remediation.ok", () -> "1");
  }

  @Test
  void aMachineIsBoundItsFaultRepairedAndTheOtherTicketedAllTheSame() throws Exception {
    try (RealSshd sshd = RealSshd.start();
        IpmiSim card = IpmiSim.start()) {
      systemInterface(sshd, card);
      card.oem("nic11", 0);
      server.post(
          Role.ADMINISTRATOR,
          "/api/v1/policies/bmc-nic-mode/mode",
          Map.of("mode", "auto", "reason", "test"));
      machine(sshd, card);

      await("repaired", () -> states("bmc.nic_mode").contains("RECOVERED"));
      String story = story("bmc.nic_mode");
      assertThat(card.journal()).as(story).containsExactly("netfn 30 cmd 24 data 02");
      assertThat(card.oem("nic11")).as(story).isEqualTo(2);
      await("escalated", () -> states("site.deaf").contains("ESCALATED"));
      await(
          "a ticket", () -> server.get(Role.OPERATOR, "/api/v1/tickets").body().contains("DEAF-1"));

      assertThat(LOST).contains(AssetChanged.class, FaultConfirmed.class, FaultEscalated.class);
    }
  }

  private static void systemInterface(RealSshd sshd, IpmiSim card) {
    sshd.rootKey();
    sshd.sh(
        """
        set -e
        cp /usr/bin/ipmitool /run/ipmitool.real
        cat >/run/ipmitool <<'E'
        #!/bin/sh
        exec /run/ipmitool.real -I lanplus -C 3 -N 1 -R 2 -H %s -p %d -U system -P fettle-in "$@"
        E
        chmod 755 /run/ipmitool
        mount --bind /run/ipmitool /usr/bin/ipmitool
        """
            .formatted(card.endpoint().host(), card.endpoint().port()));
  }

  private void machine(RealSshd sshd, IpmiSim card) throws IOException {
    server.post(
        Role.ADMINISTRATOR,
        "/api/v1/credentials",
        Map.of(
            "kind", "ssh-key",
            "name", "deaf",
            "user", "root",
            "secret", new String(sshd.key()),
            "for", "asset_no == 'DEAF-1'",
            "priority", 0));
    Path file = Files.createTempFile("deaf", ".csv");
    Files.writeString(
        file,
        "资产号,序列号,厂商,型号,机房,机柜,U位,IP,管理卡IP,管理卡模式,业务负责人\nDEAF-1,DEAFSN1,Dell,PowerEdge R710,聋楼,A1,1,%s,%s,独立,李雷\n"
            .formatted(sshd.endpoint(), card.endpoint()),
        StandardCharsets.UTF_8);
    imports.apply(file, "deaf.csv", new Actor(Actor.Kind.PERSON, "ann"));
    Files.delete(file);
  }

  private Set<String> states(String faultClass) {
    return Set.copyOf(
        server
            .get(Role.OPERATOR, "/api/v1/faults?machine=DEAF-1&class=" + faultClass)
            .json()
            .get("items")
            .valueStream()
            .map(fault -> fault.get("state"))
            .map(JsonNode::asString)
            .toList());
  }

  private String story(String faultClass) {
    JsonNode fault =
        server
            .get(Role.OPERATOR, "/api/v1/faults?machine=DEAF-1&class=" + faultClass)
            .json()
            .at("/items/0");
    return server.get(Role.OPERATOR, "/api/v1/faults/" + fault.get("id").asString()).body();
  }

  private static void await(String what, BooleanSupplier fact) throws InterruptedException {
    WholeProcess.await(what, Duration.ofSeconds(45), fact);
  }
}
