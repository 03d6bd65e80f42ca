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
    running.injector().inject(machine, SimFault.NIC_MODE);

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
  void ipmitoolLogsInToTheCard() throws Exception {
    SimMachine machine = running.fleet().machines().get(3);

    assertThat(ipmitool(machine, "mc", "info").out()).contains("Manufacturer ID");
  }
}
