package io.fettle.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.lab.bmc.CardState.NicMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real clients against the simulated fleet: OpenSSH for its shells, ipmitool for its cards. */
@SuppressWarnings("NullAway.Init")
class LabTest {
  @TempDir Path dir;
  private Lab lab;
  private Lab.Running running;

  @BeforeEach
  void start() throws Exception {
    lab = Lab.of(12, 7, dir);
    running = lab.start();
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private record Said(int exit, String out) {}

  private Said ssh(SimMachine machine, String command) throws Exception {
    return exec(
        "ssh",
        "-F",
        "none",
        "-i",
        dir.resolve("id_ecdsa").toString(),
        "-p",
        "" + machine.plate().ssh().port(),
        "-o",
        "BatchMode=yes",
        "-o",
        "StrictHostKeyChecking=no",
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-o",
        "LogLevel=ERROR",
        "fettle@" + machine.plate().ssh().host(),
        command);
  }

  private Said ipmitool(SimMachine machine, String... words) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of(
                "ipmitool",
                "-I",
                "lanplus",
                "-C",
                "3",
                "-H",
                machine.plate().bmc().host(),
                "-p",
                "" + machine.plate().bmc().port(),
                "-U",
                "fettle",
                "-P",
                Files.readString(dir.resolve("bmc.password"))));
    all.addAll(List.of(words));
    return exec(all.toArray(String[]::new));
  }

  private static Said exec(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Said(process.exitValue(), out);
  }

  @Test
  void openSshSeesTheMachineItAskedFor() throws Exception {
    SimMachine machine = running.fleet().machines().get(5);

    assertThat(ssh(machine, "hostname; id -un; sudo -n id -u; frob").out())
        .isEqualTo(machine.hostname() + "\nfettle\n0\nsh: 1: frob: not found\n");
    assertThat(ssh(machine, "exit 3").exit()).isEqualTo(3);
  }

  @Test
  void aWrongModeIsSeenInBandAndPutRightAndJournaledFirst() throws Exception {
    SimMachine machine =
        running.fleet().machines().stream()
            .filter(m -> m.card().make().name().equals("DELL_11G"))
            .findFirst()
            .orElseThrow();
    running.injector().inject(machine, SimFault.named("bmc.nic_mode").orElseThrow());

    Said before = ssh(machine, "sudo ipmitool raw 0x30 0x25");
    Said set = ssh(machine, "sudo ipmitool raw 0x30 0x24 2");
    Said after = ssh(machine, "sudo ipmitool raw 0x30 0x25");

    assertThat(before.out().strip()).isEqualTo("00");
    assertThat(set.exit()).isZero();
    assertThat(after.out().strip()).isEqualTo("02");
    assertThat(machine.card().nicMode()).isEqualTo(NicMode.DEDICATED);
    assertThat(Files.readString(dir.resolve("journal.jsonl")))
        .contains("\"inject\"")
        .contains("netfn 30 cmd 24 data 02");
  }

  @Test
  void aCardWithAnotherAddressIsSilentUntilItHasItsOwnAgain() throws Exception {
    SimMachine machine = running.fleet().machines().get(4);
    inject("bmc.reachable", "address", machine);

    assertThat(ipmitool(machine, "mc", "info").exit()).isNotZero();
    byte[] own = machine.home().address();
    ssh(
        machine,
        "sudo ipmitool raw 0x0c 0x01 0x01 0x03 0x%02x 0x%02x 0x%02x 0x%02x"
            .formatted(own[0], own[1], own[2], own[3]));
    assertThat(ipmitool(machine, "mc", "info").exit()).isZero();
  }

  @Test
  void whatIsDeletedIsFreeAgain() throws Exception {
    SimMachine machine = running.fleet().machines().get(6);
    String used =
        "df -P /var | awk 'NR == 2 { print $5 }'; df -iP /var | awk 'NR == 2 { print $5 }'";
    String before = ssh(machine, used).out();

    inject("host.disk", "packages", machine);
    inject("host.disk", "journal", machine);
    assertThat(ssh(machine, used).out()).isNotEqualTo(before).startsWith("96%");
    ssh(machine, "sudo apt-get clean; sudo journalctl --vacuum-size=500M");
    assertThat(ssh(machine, used).out()).isEqualTo(before);

    inject("host.disk", "inodes", machine);
    assertThat(ssh(machine, used).out()).contains("97%");
    ssh(machine, "sudo find /var/tmp -xdev -type f -mtime +30 -delete");
    assertThat(ssh(machine, used).out()).isEqualTo(before);
  }

  @Test
  void everyFaultIsSeenOnTheMachineAndMendedByHand() {
    for (SimFault fault : SimFault.ALL)
      for (SimFault.Variant variant : fault.variants()) {
        SimMachine machine =
            running.fleet().machines().stream().filter(variant.fits()).findFirst().orElse(null);
        if (machine == null || fault.name().equals("host.reboot")) continue;
        running.injector().inject(machine, fault, variant);
        assertThat(fault.broken(machine)).as(fault.name() + " " + variant.name()).isTrue();
        fault.mend(machine);
        assertThat(SimFault.ALL).as(variant.name()).noneMatch(f -> f.broken(machine));
      }
  }

  private void inject(String name, String variant, SimMachine machine) {
    SimFault fault = SimFault.named(name).orElseThrow();
    running
        .injector()
        .inject(
            machine,
            fault,
            fault.variants().stream()
                .filter(v -> v.name().equals(variant))
                .findFirst()
                .orElseThrow());
  }

  @Test
  void ipmitoolLogsInToTheCard() throws Exception {
    SimMachine machine = running.fleet().machines().get(3);

    assertThat(ipmitool(machine, "mc", "info").out()).contains("Manufacturer ID");
  }
}
