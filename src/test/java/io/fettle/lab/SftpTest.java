package io.fettle.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.transport.ssh.SshCopy;
import io.fettle.transport.ssh.SshOutcome;
import io.fettle.transport.ssh.SshTarget;
import io.fettle.transport.ssh.TestSsh;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files of simulated machines, seen by OpenSSH's sftp and by Fettle's own client. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class SftpTest {
  private static final Path MEGABYTE = Path.of("megabyte");

  @TempDir static Path dir;
  private Lab lab;
  private SimMachine machine;
  private SimMachine other;
  private TestSsh ssh;

  private record Said(int exit, String text) {}

  @BeforeAll
  void start() throws Exception {
    lab = Lab.of(2, 7, dir.resolve("lab"), 1_100);
    List<SimMachine> machines = lab.start().fleet().machines();
    machine = machines.get(0);
    other = machines.get(1);
    ssh = new TestSsh();
    byte[] random = new byte[1_000_003];
    new Random(7).nextBytes(random);
    Files.write(dir.resolve(MEGABYTE), random);
  }

  @AfterAll
  void stop() {
    ssh.close();
    lab.close();
  }

  private List<String> options() {
    return List.of(
        "-F",
        "none",
        "-i",
        dir.resolve("lab/id_ecdsa").toString(),
        "-o",
        "Port=" + machine.plate().ssh().port(),
        "-o",
        "BatchMode=yes",
        "-o",
        "StrictHostKeyChecking=no",
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-o",
        "LogLevel=ERROR");
  }

  private Said sftp(String user, SimMachine on, String... commands) throws Exception {
    List<String> words = new ArrayList<>(List.of("sftp", "-b", "-"));
    words.addAll(options());
    words.add(user + "@" + on.plate().ssh().host());
    return exec(words, String.join("\n", commands).getBytes(StandardCharsets.UTF_8), false);
  }

  private Said sh(String script) throws Exception {
    List<String> words = new ArrayList<>(List.of("ssh"));
    words.addAll(options());
    words.addAll(List.of("root@" + machine.plate().ssh().host(), script));
    return exec(words, new byte[0], false);
  }

  private Said exec(List<String> words, byte[] in, boolean open) throws Exception {
    Process process =
        new ProcessBuilder(words).directory(dir.toFile()).redirectErrorStream(true).start();
    try (OutputStream to = process.getOutputStream()) {
      to.write(in);
      to.flush();
      if (open) assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Said(process.exitValue(), out);
  }

  @Test
  void whatIsPutIsThereAndComesBackAsItWas() throws Exception {
    Said said =
        sftp(
            "fettle",
            machine,
            "put megabyte put",
            "chmod 640 put",
            "ls -l put",
            "rename put moved",
            "get moved back",
            "get moved again");

    assertThat(said.exit()).as(said.text()).isZero();
    assertThat(said.text()).containsPattern("-rw-r-----.* 990 +990 +1000003 .* put");
    for (String copy : List.of("back", "again"))
      assertThat(Files.mismatch(dir.resolve(MEGABYTE), dir.resolve(copy))).isEqualTo(-1);
    assertThat(sh("cd /home/fettle && sha256sum <moved && stat -c '%a %U %s' moved; ls put").text())
        .contains(exec(List.of("sha256sum", "megabyte"), new byte[0], false).text().split(" ")[0])
        .contains("640 fettle 1000003\n")
        .contains("cannot access 'put'");
    assertThat(sftp("fettle", other, "get moved nothing").exit()).isNotZero();
    assertThat(dir.resolve("nothing")).doesNotExist();
  }

  @Test
  void foldersAreMadeListedAndTakenAway() throws Exception {
    Said said =
        sftp(
            "fettle",
            machine,
            "mkdir work",
            "cd work",
            "put megabyte .hidden",
            "put megabyte b",
            "ln -s b c",
            "ls -la",
            "pwd",
            "rename b d",
            "-rename d .hidden",
            "-rmdir ../work",
            "rm *",
            "rm .hidden",
            "ls -la",
            "cd ..",
            "rmdir work",
            "-cd work",
            "ls");

    assertThat(said.exit()).as(said.text()).isZero();
    assertThat(said.text())
        .contains("lrwxrwxrwx    1 fettle   fettle          1 ")
        .containsPattern("drwx------ .*fettle .* \\.\\.")
        .contains("Remote working directory: /home/fettle/work")
        .contains("rename \"/home/fettle/work/d\" to \"/home/fettle/work/.hidden\": Failure")
        .contains("rmdir \"/home/fettle/work/../work\": Failure")
        .contains("-cd work\nstat remote: No such file or directory");
  }

  @Test
  void aLongListComesWhole() throws Exception {
    sh("mkdir /home/fettle/many && cd /home/fettle/many && for i in $(seq 250); do : >f$i; done");

    assertThat(sftp("fettle", machine, "ls -1 many").text().lines().filter(l -> l.contains("/f")))
        .hasSize(250);
  }

  @Test
  void onlyWhatTheUserMayIsDone() throws Exception {
    for (String refused :
        List.of(
            "get /etc/shadow",
            "put megabyte /etc/megabyte",
            "put megabyte /etc/hostname",
            "rm /etc/hostname",
            "rename /etc/hostname /home/fettle/h",
            "rename /etc/hostname /etc/h",
            "mkdir /etc/folder",
            "rmdir /etc/motd.d",
            "chmod 777 /etc/hostname",
            "chown 990 /etc/hostname",
            "ls /root")) {
      Said said = sftp("fettle", machine, refused);
      assertThat(said.exit()).as(refused + said.text()).isNotZero();
      assertThat(said.text()).as(refused).contains("ermission denied");
    }
    Said root = sftp("root", machine, "put megabyte /etc/megabyte", "get /etc/shadow", "ls /root");
    assertThat(root.exit()).as(root.text()).isZero();
    assertThat(sh("cat /etc/hostname; stat -c '%a %U' /etc/megabyte; ls -d /etc/folder").text())
        .contains(machine.hostname() + "\n644 root\n")
        .contains("cannot access");
    assertThat(Files.readString(dir.resolve("lab/journal.jsonl")))
        .containsOnlyOnce("sftp open /etc/megabyte")
        .doesNotContain("sftp mkdir /etc", "sftp remove /etc", "sftp setstat /etc");
  }

  @Test
  void nobodyElsesFileLeavesASharedFolder() throws Exception {
    sh("echo mine >/tmp/mine");

    assertThat(sftp("fettle", machine, "rm /tmp/mine").text()).contains("ermission denied");
    assertThat(sftp("fettle", machine, "put megabyte /tmp/m", "rm /tmp/m").exit()).isZero();
  }

  private SshOutcome copy(SimMachine on, SshCopy copy) throws Exception {
    char[] key = Files.readString(dir.resolve("lab/id_ecdsa")).toCharArray();
    return ssh.copy(new SshTarget(on.plate().ssh(), "fettle", key, null), copy);
  }

  @Test
  void aNewFileIsItsOwnersAloneAndNothingIsWrittenOver() throws Exception {
    SshCopy put =
        SshCopy.to("/tmp/once", dir.resolve(MEGABYTE), Duration.ofSeconds(20), () -> true);

    assertThat(copy(machine, put))
        .isInstanceOfSatisfying(SshOutcome.Ran.class, ran -> assertThat(ran.exit()).isZero());
    assertThat(sh("stat -c '%a %U %s' /tmp/once").text()).isEqualTo("600 fettle 1000003\n");
    sh("ln -s /home/fettle/through /tmp/link");
    for (String taken : List.of("/tmp/once", "/tmp/link"))
      assertThat(
              copy(
                  machine,
                  SshCopy.to(taken, dir.resolve(MEGABYTE), Duration.ofSeconds(20), () -> true)))
          .isInstanceOfSatisfying(
              SshOutcome.Ran.class,
              ran -> {
                assertThat(ran.exit()).isNotZero();
                assertThat(ran.err()).contains("Failure");
              });
    assertThat(sh("ls /home/fettle/through").exit()).isNotZero();
  }

  @ParameterizedTest
  @EnumSource(value = SimMachine.Manner.class, names = "HONEST", mode = EnumSource.Mode.EXCLUDE)
  void aMachineWithoutMannersTakesAndGivesNothing(SimMachine.Manner manner) throws Exception {
    other.manner(manner);
    try {
      Path fetched = dir.resolve("fetched-" + manner);
      assertThat(
              copy(other, SshCopy.from("/etc/hostname", fetched, 1_000_000, Duration.ofSeconds(4))))
          .isInstanceOf(SshOutcome.Failed.class);
      if (Files.exists(fetched)) assertThat(fetched).isEmptyFile();
    } finally {
      other.manner(SimMachine.Manner.HONEST);
    }
    assertThat(sftp("fettle", other, "ls /etc/hostname").exit()).isZero();
  }

  private static byte[] packets(byte[]... packets) {
    ByteBuffer all = ByteBuffer.allocate(1_000);
    for (byte[] packet : packets) all.putInt(packet.length).put(packet);
    return Arrays.copyOf(all.array(), all.position());
  }

  /** Ended by the machine, while its input is still open. */
  private void assertEnded(byte[] bytes) throws Exception {
    List<String> words = new ArrayList<>(List.of("ssh"));
    words.addAll(options());
    words.addAll(List.of("-s", "fettle@" + machine.plate().ssh().host(), "sftp"));
    assertThat(exec(words, bytes, true).exit()).isNotZero();
  }

  @Test
  void aPacketThatCannotBeReadEndsTheChannel() throws Exception {
    byte[] init = {1, 0, 0, 0, 3};

    assertEnded(new byte[] {0, 0, 0, 0}); // empty
    assertEnded(new byte[] {0, 4, 0, 1, 1}); // too long
    assertEnded(new byte[] {-1, -1, -1, -1});
    assertEnded(packets(new byte[] {17, 0, 0, 0, 1, 0, 0, 0, 1, '/'})); // before its turn
    assertEnded(packets(init, init));
    assertEnded(packets(init, new byte[] {17, 0, 0}));
    assertEnded(packets(init, new byte[] {17, 0, 0, 0, 1, 0, 0, 0, 9, '/'}));
    assertEnded(packets(init, new byte[] {17, 0, 0, 0, 1, -1, 0, 0, 9, '/'}));
    assertEnded(packets(init, new byte[] {17, 0, 0, 0, 1, 0, 0, 0, 2, '/', 0}));
  }
}
