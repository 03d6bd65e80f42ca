package io.fettle.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.support.LabProcess;
import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Every class of fault, in each of its ways, through the whole engine on real protocols: found,
 * repaired by exactly one execution of each write, proven, closed; or handed to a person.
 */
class EveryClassTest {
  private static final int MACHINES = 60;

  /**
   * @param writes what the machine's journal must show, once each
   */
  private record Case(String faultClass, String variant, List<String> writes) {
    static Case of(String faultClass, String variant, String... writes) {
      return new Case(faultClass, variant, List.of(writes));
    }
  }

  private record Injected(Case of, String asset) {}

  private static final List<Case> REPAIRED =
      List.of(
          Case.of("bmc.nic_mode", "shared", "netfn 30 "),
          Case.of("bmc.nic_mode", "failover", "netfn 30 cmd 70"),
          Case.of("bmc.reachable", "address", "netfn 0c cmd 01 data 01 03 "),
          Case.of("bmc.reachable", "netmask", "netfn 0c cmd 01 data 01 06 "),
          Case.of("bmc.reachable", "gateway", "netfn 0c cmd 01 data 01 0c "),
          Case.of("bmc.reachable", "hung", "netfn 06 cmd 02"),
          Case.of("bmc.login", "password", "netfn 06 cmd 47 data 82 02"),
          Case.of("bmc.login", "disabled", "netfn 06 cmd 47 data 02 01"),
          Case.of("bmc.login", "privilege", "netfn 06 cmd 43 "),
          Case.of("bmc.login", "slots", "netfn 06 cmd 02"),
          Case.of(
              "account.login", "missing", "useradd ", "write /home/deploy/.ssh/authorized_keys"),
          Case.of("account.login", "expired", "chage -E -1 deploy"),
          Case.of("account.login", "change_forced", "chage -d "),
          Case.of("account.login", "shell", "usermod -s /bin/bash deploy"),
          Case.of("account.login", "folder_open", "chmod 700 /home/deploy/.ssh"),
          Case.of("account.login", "file_open", "chmod 600 /home/deploy/.ssh/authorized_keys"),
          Case.of("account.login", "home_open", "chmod go-w /home/deploy"),
          Case.of("account.login", "key_missing", "write /home/deploy/.ssh/authorized_keys"),
          Case.of("account.login", "nologin", "mv -f /etc/nologin "),
          Case.of("host.disk", "packages", "apt-get clean"),
          Case.of("host.disk", "journal", "journalctl --vacuum-size="),
          Case.of("host.disk", "temporary", "find -delete /var/tmp/build-old/object-7.o"),
          Case.of("host.disk", "inodes", "find -delete /var/tmp/sess_07"),
          Case.of("host.clock", "fast", "chronyc makestep"),
          Case.of("host.clock", "slow", "chronyc makestep"),
          Case.of("host.units", "once", "systemctl restart "),
          Case.of("host.readonly", "remounted", "mount -o remount,rw /"));

  private static final List<Case> FOR_A_PERSON =
      List.of(
          Case.of("bmc.login", "missing"),
          Case.of("account.login", "uid"),
          Case.of("host.disk", "dumps"),
          Case.of("host.readonly", "worn"),
          Case.of("host.reachable", "ssh_closed"),
          Case.of("host.reboot", "reboot"));

  @Test
  void isFoundRepairedOnceProvenAndClosed(@TempDir Path folder) throws Exception {
    try (WholeProcess server =
        new WholeProcess(
            folder.resolve("home"), Map.of("FETTLE_LAB", "true", "FETTLE_FAULT_STABLEFOR", "4s"))) {
      server.start();
      try (LabProcess lab = new LabProcess(folder.resolve("lab"), MACHINES, server)) {
        WholeProcess.await(
            "fleet known", Duration.ofSeconds(60), () -> machines(server) == MACHINES);
        List<String> assets = new ArrayList<>();
        for (int n = 0; n < MACHINES; n++) assets.add("ZC%06d".formatted(4000 + n));
        List<Injected> repaired = inject(lab, REPAIRED, assets);
        List<Injected> handed = inject(lab, FOR_A_PERSON, assets);

        awaitAll(server, lab, repaired, "CLOSED", Duration.ofSeconds(180));
        awaitAll(server, lab, handed, "ESCALATED", Duration.ofSeconds(120));
        for (Injected one : repaired) provenOnce(server, lab, one);
      }
    }
  }

  /** Each on a machine of its own, in turn over the racks, so that budgets let them run at once. */
  private static List<Injected> inject(LabProcess lab, List<Case> cases, List<String> assets)
      throws IOException {
    List<Injected> all = new ArrayList<>();
    for (Case one : cases) {
      String asset = take(lab, one, assets);
      JsonNode answer =
          lab.tell("inject %s %s %s".formatted(one.faultClass(), asset, one.variant()));
      if (!one.faultClass().equals("host.reboot"))
        assertThat(answer.path("broken").toString()).contains(one.faultClass());
      all.add(new Injected(one, asset));
    }
    return all;
  }

  private static String take(LabProcess lab, Case one, List<String> assets) throws IOException {
    for (int i = 0; i < assets.size(); i++) {
      int at = (i * 17) % assets.size();
      String make = lab.tell("state " + assets.get(at)).path("make").asString();
      boolean fits =
          one.variant().equals("failover") ? make.equals("SUPERMICRO") : !make.equals("UNKNOWN");
      if (fits) return assets.remove(at);
    }
    throw new AssertionError("no machine for " + one);
  }

  private static int machines(WholeProcess server) {
    try {
      return server.get("/api/v1/status").path("machines").asInt();
    } catch (IOException e) {
      return -1;
    }
  }

  private static JsonNode asked(WholeProcess server, String path) {
    try {
      return server.get(path);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static final String EVERY_STATE =
      "SUSPECT,CONFIRMED,HELD,PLANNED,RUNNING,VERIFYING,UNCERTAIN,STALE,ESCALATED,RECOVERED,CLOSED";

  /** All faults there ever were. */
  private static List<JsonNode> faults(WholeProcess server) {
    List<JsonNode> all = new ArrayList<>();
    asked(server, "/api/v1/faults?limit=500&state=" + EVERY_STATE).path("items").forEach(all::add);
    return all;
  }

  private static Optional<JsonNode> of(List<JsonNode> faults, Injected one) {
    return faults.stream()
        .filter(f ->
            f.path("class").asString().equals(one.of().faultClass())
                && f.path("asset_no").asString().equals(one.asset()))
        .findFirst();
  }

  private static boolean in(String state, Optional<JsonNode> fault) {
    return fault.filter(f -> f.path("state").asString().equals(state)).isPresent();
  }

  private static void awaitAll(
      WholeProcess server, LabProcess lab, List<Injected> all, String state, Duration limit)
      throws InterruptedException, IOException {
    try {
      WholeProcess.await(
          "all " + state,
          limit,
          () -> {
            try {
              List<JsonNode> faults = faults(server);
              return all.stream().allMatch(one -> in(state, of(faults, one)));
            } catch (java.io.UncheckedIOException busy) {
              return false;
            }
          });
    } catch (AssertionError e) {
      StringBuilder left = new StringBuilder("not all " + state + ":");
      List<JsonNode> faults = faults(server);
      for (Injected one : all) {
        Optional<JsonNode> fault = of(faults, one);
        if (in(state, fault)) continue;
        left.append("\n%s %s %s".formatted(one, fault, lab.tell("state " + one.asset())));
        if (fault.isPresent())
          left.append(asked(server, "/api/v1/faults/" + fault.get().path("id").asString()));
      }
      throw new AssertionError(left.toString(), e);
    }
  }

  private static void provenOnce(WholeProcess server, LabProcess lab, Injected one)
      throws IOException {
    JsonNode fault = of(faults(server), one).orElseThrow();
    assertThat(fault.path("fixed_by").asString()).as(one.toString()).startsWith("run");
    assertThat(fault.path("relapses").asInt()).as(one.toString()).isZero();
    assertThat(lab.tell("state " + one.asset()).path("broken")).as(one.toString()).isEmpty();
    List<String> lines =
        lab.journal().stream()
            .filter(l -> l.machine().equals(one.asset()) && !l.via().equals("inject"))
            .map(LabProcess.Line::what)
            .toList();
    assertThat(lines).as(one.toString()).doesNotHaveDuplicates();
    for (String write : one.of().writes())
      assertThat(lines).as(one.toString()).filteredOn(l -> l.startsWith(write)).hasSize(1);
  }
}
