package io.fettle.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Endpoint;
import io.fettle.kernel.Shown;
import io.fettle.support.RealSshd;
import io.fettle.transport.HostKeys;
import io.fettle.transport.LabGuard;
import io.fettle.transport.ssh.SshOutcome.Failed;
import io.fettle.transport.ssh.SshOutcome.Kind;
import io.fettle.transport.ssh.SshOutcome.Ran;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

/** Against a real OpenSSH server. */
class SshTest {
  private static final String PASSWORD = "Pw-of-alice-9'\"$";
  private static RealSshd sshd;
  private static MinaSsh ssh;
  private static MinaSsh hasty;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    for (String user : List.of("alice", "nopass", "cached"))
      sshd.user(user, PASSWORD.replace("'", "'\\''"));
    sshd.user("outsider", "Other-9");
    sshd.rootKey();
    sshd.sudoers("nopass ALL=(ALL) NOPASSWD: ALL");
    sshd.sudoers("alice,cached ALL=(ALL) ALL");
    sshd.sudoers("Defaults:cached timestamp_type=global");
    ssh = ssh(new MemoryHostKeys());
    hasty = ssh(new MemoryHostKeys(), Duration.ofSeconds(2), Duration.ofSeconds(1));
  }

  @AfterAll
  static void stop() {
    ssh.destroy();
    hasty.destroy();
    sshd.close();
  }

  /** Patient, for the machine that runs the tests may be busy. */
  static MinaSsh ssh(HostKeys keys) {
    return ssh(keys, Duration.ofSeconds(30), Duration.ofSeconds(30));
  }

  private static MinaSsh ssh(HostKeys keys, Duration connect, Duration banner) {
    return new MinaSsh(
        new SshSettings(
            connect,
            banner,
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            DataSize.ofMegabytes(32),
            Duration.ofMinutes(15),
            256,
            256,
            256,
            Duration.ofSeconds(20)),
        new LabGuard(true),
        keys);
  }

  private static SshTarget byKey(String user, @Nullable String password) {
    return new SshTarget(
        sshd.endpoint(), user, sshd.key(), password == null ? null : password.toCharArray());
  }

  private static Ran ran(SshOutcome outcome) {
    assertThat(outcome).isInstanceOf(Ran.class);
    return (Ran) outcome;
  }

  private static Failed failed(SshOutcome outcome) {
    assertThat(outcome).isInstanceOf(Failed.class);
    return (Failed) outcome;
  }

  private static SshCommand plain(String script) {
    return new SshCommand(script, false, Duration.ofSeconds(10), 262_144);
  }

  /**
   * Each way in which a script travels: as root, by sudo without and with a password, as a user.
   */
  @ParameterizedTest
  @CsvSource({"root,true", "nopass,true", "alice,true", "outsider,false"})
  void aScriptWhoseTimeRanOutWhileItWaitedForTheServerIsNeverSent(String user, boolean asRoot)
      throws Exception {
    Path mark = Path.of("/tmp/too-late-" + user);
    sshd.sh("rm -f " + mark);
    AtomicBoolean late = new AtomicBoolean();
    try (SlowServer server = new SlowServer(sshd.endpoint(), () -> late.set(true))) {
      SshTarget slow = new SshTarget(server.endpoint(), user, sshd.key(), PASSWORD.toCharArray());
      SshCommand command =
          new SshCommand("touch " + mark, asRoot, Duration.ofSeconds(10), 4_096)
              .onlyWhile(() -> !late.get());

      Failed failed = failed(ssh.run(slow, command));

      assertThat(failed.kind()).isEqualTo(Kind.TOO_LATE);
      assertThat(failed.maybeStarted()).isFalse();
      assertThat(late).isTrue();
      assertThat(sshd.sh("test ! -e " + mark + " && echo absent")).contains("absent");
    }
  }

  @Test
  void runsAScriptByKeyAndTellsItsStreamsAndExitApart() {
    Ran ran =
        ran(
            ssh.run(
                byKey("outsider", null),
                plain("echo \"it's $(id -un)\"; echo oops >&2; cat; exit 7")));

    assertThat(ran.exit()).isEqualTo(7);
    assertThat(ran.out()).isEqualTo("it's outsider\n");
    assertThat(ran.err()).isEqualTo("oops\n");
    assertThat(ran.cut()).isFalse();
  }

  @Test
  void runsAsRootInEveryWayToBecomeRoot() {
    for (SshTarget target :
        List.of(
            byKey("root", null),
            byKey("nopass", null),
            byKey("nopass", PASSWORD),
            byKey("alice", PASSWORD))) {
      Ran ran = ran(ssh.run(target, SshCommand.asRoot("id -u; cat; echo late >&2; exit 3")));
      assertThat(List.of(ran.exit(), ran.out(), ran.err())).isEqualTo(List.of(3, "0\n", "late\n"));
    }
    assertThat(sshd.sh("ls /dev/shm/ | grep -c '^fettle' || true")).isEqualTo("0\n");
  }

  @Test
  void noOutputAndNoArgumentEverHoldsThePassword() {
    String watch =
        "for i in 1 2 3 4 5 6; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '; sleep 0.1; done";
    for (String user : List.of("nopass", "alice", "cached", "cached")) {
      Ran ran =
          ran(ssh.run(byKey(user, PASSWORD), SshCommand.asRoot("id -u; " + watch + "; env; cat")));
      assertThat(ran.out()).startsWith("0\n").contains("sudo").doesNotContain("Pw-of-alice");
      assertThat(ran.err()).doesNotContain("Pw-of-alice");
    }
    assertThat(sshd.log()).doesNotContain("Pw-of-alice");
  }

  @Test
  void aWrongSudoPasswordIsRefusedOnceAndShownNowhere() {
    Failed failed = failed(ssh.run(byKey("alice", "Wrong-Pw-77"), SshCommand.asRoot("id -u")));

    assertThat(failed.kind()).isEqualTo(Kind.SUDO_REFUSED);
    assertThat(failed.maybeStarted()).isFalse();
    assertThat(failed.toString()).doesNotContain("Wrong-Pw-77");
    assertThat(failed(ssh.run(byKey("alice", null), SshCommand.asRoot("id -u"))).kind())
        .isEqualTo(Kind.SUDO_REFUSED);
    assertThat(failed(ssh.run(byKey("outsider", "Other-9"), SshCommand.asRoot("id -u"))).kind())
        .isEqualTo(Kind.SUDO_REFUSED);
    assertThat(sshd.sh("ls /dev/shm/ | grep -c '^fettle' || true")).isEqualTo("0\n");
  }

  @Test
  void anExitStatusOfOneIsNotTakenForSudosRefusal() {
    assertThat(ran(ssh.run(byKey("nopass", null), SshCommand.asRoot("exit 1"))).exit())
        .isEqualTo(1);
    assertThat(ran(ssh.run(byKey("alice", PASSWORD), SshCommand.asRoot("exit 1"))).exit())
        .isEqualTo(1);
  }

  @Test
  void aScriptThatNoShellCanReadIsNotTakenForSudosRefusal() {
    for (SshTarget target : List.of(byKey("nopass", null), byKey("alice", PASSWORD))) {
      Ran ran = ran(ssh.run(target, SshCommand.asRoot("echo 'open")));
      assertThat(ran.exit()).isEqualTo(2);
      assertThat(ran.err()).contains("Unterminated quoted string");
    }
    assertThat(sshd.sh("ls /dev/shm/ | grep -c '^fettle' || true")).isEqualTo("0\n");
  }

  @Test
  void aScriptOfAnySizeTravelsWhole() {
    String script = "x='" + "y".repeat(300_000) + "'; echo ${#x}";
    for (SshTarget target :
        List.of(byKey("alice", PASSWORD), byKey("nopass", null), byKey("root", null)))
      assertThat(ran(ssh.run(target, SshCommand.asRoot(script))).out()).isEqualTo("300000\n");
    assertThat(ran(ssh.run(byKey("outsider", null), plain(script))).out()).isEqualTo("300000\n");
  }

  @Test
  void logsInByPasswordAndTellsAWrongOneApart() {
    var right = new SshTarget(sshd.endpoint(), "outsider", null, "Other-9".toCharArray());
    var wrong = new SshTarget(sshd.endpoint(), "outsider", null, "Other-8".toCharArray());

    assertThat(ran(ssh.run(right, plain("id -un"))).out()).isEqualTo("outsider\n");
    Failed failed = failed(ssh.run(wrong, plain("id -un")));
    assertThat(failed.kind()).isEqualTo(Kind.AUTH_REFUSED);
    assertThat(failed.toString()).doesNotContain("Other-8");
  }

  @Test
  void aStrangersKeyIsRefusedAndAnUnreadableOneIsNoCredential() throws Exception {
    var stranger = KeyPairGenerator.getInstance("RSA");
    stranger.initialize(2048);
    String pem =
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder()
                .encodeToString(stranger.generateKeyPair().getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n";

    var withStranger = new SshTarget(sshd.endpoint(), "alice", pem.toCharArray(), null);
    assertThat(failed(ssh.run(withStranger, plain("id"))).kind()).isEqualTo(Kind.AUTH_REFUSED);
    var garbage = new SshTarget(sshd.endpoint(), "alice", "no key".toCharArray(), null);
    assertThat(failed(ssh.run(garbage, plain("id"))).kind()).isEqualTo(Kind.NO_CREDENTIAL);
  }

  @Test
  void readsRsaKeysInPemAndOpenSshForm() {
    for (String form : List.of("-m PEM", "-m PKCS8", "")) {
      sshd.sh("rm -f /root/k*; ssh-keygen -q -t rsa -b 2048 " + form + " -N '' -f /root/k");
      sshd.sh("cat /root/k.pub >>/home/outsider/.ssh/authorized_keys");
      char[] key = sshd.sh("cat /root/k").toCharArray();
      assertThat(
              ran(ssh.run(new SshTarget(sshd.endpoint(), "outsider", key, null), plain("id -un")))
                  .out())
          .isEqualTo("outsider\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519", "ecdsa -b 256", "ecdsa -b 384", "ecdsa -b 521", "rsa -b 2048"})
  void onlyAKeyOfSeveralAlgorithmsIsAskedAboutBeforeItSigns(String type) {
    String user = "by-" + type.replace(" -b ", "");
    String keys = "/home/" + user + "/.ssh/authorized_keys";
    sshd.user(user, "Pw-4711");
    sshd.sh("rm -f /root/t*; ssh-keygen -q -t " + type + " -N '' -f /root/t");
    sshd.sh("cat /root/t.pub >" + keys);
    var target = new SshTarget(sshd.endpoint(), user, sshd.sh("cat /root/t").toCharArray(), null);

    assertThat(ran(ssh.run(target, plain("id -un"))).out()).isEqualTo(user + "\n");

    assertThat(sshd.log()).contains("Accepted publickey for " + user);
    assertThat(sshd.log().lines().anyMatch(l -> l.startsWith("Postponed") && l.contains(user)))
        .isEqualTo(type.startsWith("rsa"));
    sshd.sh(": >" + keys);
    assertThat(failed(ssh.run(target, plain("id -un"))).kind()).isEqualTo(Kind.AUTH_REFUSED);
  }

  @Test
  void negotiatesCurve25519() {
    try (RealSshd verbose = RealSshd.start("LogLevel DEBUG1")) {
      verbose.user("kex", "Kex-99");
      var target = new SshTarget(verbose.endpoint(), "kex", verbose.key(), null);

      ran(ssh.run(target, plain("true")));

      assertThat(verbose.log()).contains("kex: algorithm: curve25519-sha256");
    }
    assertThat(Algorithms.kexNames()).noneMatch(name -> name.contains("sntrup"));
  }

  @Test
  void fallsBackWhereAServerKnowsNoCurve25519() {
    for (String kex : List.of("ecdh-sha2-nistp256", "diffie-hellman-group14-sha256"))
      try (RealSshd old =
          RealSshd.start("KexAlgorithms " + kex, "Ciphers aes256-ctr", "MACs hmac-sha2-256")) {
        old.user("kex", "Kex-99");
        assertThat(
                ran(ssh.run(new SshTarget(old.endpoint(), "kex", old.key(), null), plain("true")))
                    .exit())
            .isZero();
      }
  }

  @Test
  void aHangingCommandIsKilledAtItsLimitOnTheMachineToo() throws Exception {
    var command = new SshCommand("echo first; sleep 4711", false, Duration.ofMillis(800), 1000);

    Failed failed = failed(ssh.run(byKey("outsider", null), command));

    assertThat(failed.kind()).isEqualTo(Kind.KILLED_AT_LIMIT);
    assertThat(failed.maybeStarted()).isTrue();
    assertThat(failed.took()).isLessThan(Duration.ofSeconds(3));
    for (int i = 0; i < 50 && sleeping("4711"); i++) Thread.sleep(100);
    assertThat(sleeping("4711")).isFalse();
  }

  @Test
  void aHangingRootCommandEndsOnTheMachineEvenThoughNoSignalReachesIt() throws Exception {
    var command = new SshCommand("sleep 4712; sleep 4712", true, Duration.ofMillis(100), 1000);

    for (SshTarget target : List.of(byKey("root", null), byKey("nopass", null)))
      assertThat(failed(ssh.run(target, command)).kind()).isEqualTo(Kind.KILLED_AT_LIMIT);

    for (int i = 0; i < 120 && sleeping("4712"); i++) Thread.sleep(100);
    assertThat(sleeping("4712")).isFalse();
  }

  /** Where sudo wants a password the output is held back until that has been cut out of it. */
  @Test
  void whatAKilledCommandSaidBeforeIsHeardUnderSudosPasswordToo() {
    StringBuffer heard = new StringBuffer();
    var command =
        new SshCommand(
            "echo before; echo " + SshCommand.quoted(PASSWORD) + "; sleep 8",
            true,
            Duration.ofSeconds(3),
            1000,
            () -> true,
            (error, bytes, from, length) ->
                heard.append(new String(bytes, from, length, StandardCharsets.UTF_8)));

    Failed failed = failed(ssh.run(byKey("alice", PASSWORD), command));

    assertThat(failed.kind()).as(failed.why()).isEqualTo(Kind.KILLED_AT_LIMIT);
    assertThat(heard.toString()).isEqualTo("before\n●●●\n");
  }

  @Test
  void outputThatFollowsTheExitStatusIsHeardAsLongAsItComes() {
    Ran ran =
        ran(
            ssh.run(
                byKey("outsider", null),
                plain("for i in 1 2 3; do sleep 0.9; echo tick $i; done & exit 3")));

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.out()).isEqualTo("tick 1\ntick 2\ntick 3\n");
  }

  private static boolean sleeping(String mark) {
    return ProcessHandle.allProcesses()
        .anyMatch(p -> p.info().commandLine().orElse("").endsWith("sleep " + mark));
  }

  @Test
  void endlessOutputIsKilledAndFillsNoMemory() {
    var command =
        new SshCommand("yes abcdefghijklmnopqrstuvwxyz", false, Duration.ofSeconds(60), 1000);

    Failed failed = failed(ssh.run(byKey("outsider", null), command));

    assertThat(failed.kind()).isEqualTo(Kind.KILLED_AT_LIMIT);
    assertThat(failed.why()).contains("output");
    assertThat(failed.took()).isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void aLineOfTenMegabytesIsCutAndTheExitStatusStillCounts() {
    Ran ran =
        ran(
            ssh.run(
                byKey("outsider", null),
                new SshCommand(
                    "head -c 10000000 /dev/zero | tr '\\0' x; exit 5",
                    false,
                    Duration.ofSeconds(30),
                    4096)));

    assertThat(ran.exit()).isEqualTo(5);
    assertThat(ran.out()).isEqualTo("x".repeat(4096));
    assertThat(ran.cut()).isTrue();
  }

  @Test
  void hostileBytesBecomeHarmlessText() {
    Ran ran =
        ran(
            ssh.run(
                byKey("outsider", null),
                plain("printf '\\377\\376<script>\\033[31mred\\033[0m\\r\\n\\342\\200\\256 中文'")));

    assertThat(ran.out()).startsWith("��<script>");
    assertThat(Shown.text(ran.out())).isEqualTo("��<script>\\x1b[31mred\\x1b[0m\n\\u{202e} 中文");
  }

  @Test
  void aProcessLeftInTheBackgroundDoesNotHoldTheVisit() {
    Ran ran = ran(ssh.run(byKey("outsider", null), plain("sleep 8 & echo done; exit 4")));

    assertThat(ran.exit()).isEqualTo(4);
    assertThat(ran.out()).isEqualTo("done\n");
    assertThat(ran.took()).isLessThan(Duration.ofSeconds(6));
  }

  @Test
  void aServerKilledUnderACommandLeavesItsEndUnknown() throws Exception {
    try (RealSshd doomed = RealSshd.start()) {
      doomed.user("kex", "Kex-99");
      var target = new SshTarget(doomed.endpoint(), "kex", doomed.key(), null);
      var started = new CountDown();
      String mark = Long.toString(100_000 + ProcessHandle.current().pid());
      Thread killer = Thread.startVirtualThread(() -> started.killWhenRunning(mark));

      Failed failed =
          failed(
              ssh.run(
                  target, new SshCommand("sleep " + mark, false, Duration.ofSeconds(60), 1000)));

      killer.join();
      assertThat(failed.kind()).isEqualTo(Kind.BROKEN_AFTER_SEND);
      assertThat(failed.maybeStarted()).isTrue();
    }
  }

  private static final class CountDown {
    private void killWhenRunning(String mark) {
      for (int i = 0; i < 400; i++) {
        var sleeper =
            ProcessHandle.allProcesses()
                .filter(p -> p.info().commandLine().orElse("").endsWith("sleep " + mark))
                .findFirst();
        if (sleeper.isPresent()) {
          sleeper.get().parent().ifPresent(ProcessHandle::destroyForcibly);
          sleeper.get().destroyForcibly();
          return;
        }
        try {
          Thread.sleep(50);
        } catch (InterruptedException e) {
          return;
        }
      }
    }
  }

  @Test
  void refusedDarkMuteAndChattyPeersAreToldApart() throws Exception {
    InetAddress here = InetAddress.getByName("127.0.59.1");
    Endpoint closed;
    try (ServerSocket socket = new ServerSocket(0, 1, here)) {
      closed = new Endpoint("127.0.59.1", socket.getLocalPort());
    }
    assertThat(kind(closed)).isEqualTo(Kind.REFUSED);

    try (ServerSocket full = new ServerSocket(0, 1, here)) {
      Endpoint dark = new Endpoint("127.0.59.1", full.getLocalPort());
      List<Socket> queue = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Socket socket = new Socket();
        queue.add(socket);
        try {
          socket.connect(full.getLocalSocketAddress(), 200);
        } catch (java.io.IOException e) {
          break;
        }
      }
      assertThat(kind(dark)).isEqualTo(Kind.CONNECT_TIMEOUT);
      for (Socket socket : queue) socket.close();
    }

    try (ServerSocket mute = new ServerSocket(0, 50, here)) {
      assertThat(kind(new Endpoint("127.0.59.1", mute.getLocalPort())))
          .isEqualTo(Kind.BANNER_TIMEOUT);
    }
    assertThat(kind(new Endpoint("no-such-host.invalid", 22))).isEqualTo(Kind.NO_ADDRESS);
  }

  private static Kind kind(Endpoint endpoint) {
    return failed(hasty.run(new SshTarget(endpoint, "x", sshd.key(), null), plain("true"))).kind();
  }

  @Test
  void darkMachinesDoNotHoldUpTheOthers() throws Exception {
    InetAddress here = InetAddress.getByName("127.0.59.2");
    try (ServerSocket full = new ServerSocket(0, 1, here);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Endpoint dark = new Endpoint("127.0.59.2", full.getLocalPort());
      for (int i = 0; i < 20; i++)
        threads.submit(() -> ssh.run(new SshTarget(dark, "x", sshd.key(), null), plain("true")));
      Thread.sleep(200);

      Ran ran = ran(ssh.run(byKey("outsider", null), plain("true")));

      assertThat(ran.took()).isLessThan(Duration.ofSeconds(20));
      full.close();
    }
  }

  @Test
  void theLabSpeaksToLoopbackOnly() {
    for (String outside : List.of("192.0.2.1", "10.0.0.1", "8.8.8.8", "2001:db8::1", "0.0.0.0")) {
      Failed failed =
          failed(
              ssh.run(
                  new SshTarget(new Endpoint(outside, 22), "x", sshd.key(), null), plain("true")));
      assertThat(failed.kind()).isEqualTo(Kind.NO_ADDRESS);
      assertThat(failed.why()).contains("loopback");
    }
  }

  @Test
  void twoHundredAtOnce() throws Exception {
    List<Future<SshOutcome>> all = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 200; i++) {
        int n = i;
        all.add(threads.submit(() -> ssh.run(byKey("outsider", null), plain("echo " + n))));
      }
    }
    for (int i = 0; i < 200; i++) assertThat(ran(all.get(i).get()).out()).isEqualTo(i + "\n");
  }

  @Test
  void aRefusedPasswordIsNotOfferedAgainForAWhileButANewOneIs() {
    sshd.user("careful", "Right-44");
    var wrong = new SshTarget(sshd.endpoint(), "careful", null, "Wrong-44".toCharArray());
    assertThat(failed(ssh.run(wrong, plain("true"))).kind()).isEqualTo(Kind.AUTH_REFUSED);

    assertThat(failed(ssh.run(wrong, plain("true"))).why()).contains("not offered again");

    assertThat(sshd.log().split("Failed password for careful", -1)).hasSize(2);
    var right = new SshTarget(sshd.endpoint(), "careful", null, "Right-44".toCharArray());
    assertThat(ran(ssh.run(right, plain("true"))).exit()).isZero();
  }

  /** A server before which time passes: it is late by the time the first byte gets through. */
  private static final class SlowServer implements AutoCloseable {
    private final ServerSocket listening;

    private SlowServer(Endpoint real, Runnable timePasses) throws IOException {
      listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
      Thread.ofVirtual()
          .start(() -> {
            try {
              Socket client = listening.accept();
              timePasses.run();
              Socket server = new Socket(real.host(), real.port());
              Thread.ofVirtual().start(() -> pump(client, server));
              pump(server, client);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }

    private static void pump(Socket from, Socket to) {
      try (from;
          to) {
        from.getInputStream().transferTo(to.getOutputStream());
      } catch (IOException _) {
        // one of them has hung up
      }
    }

    Endpoint endpoint() {
      return new Endpoint("127.0.0.1", listening.getLocalPort());
    }

    @Override
    public void close() throws IOException {
      listening.close();
    }
  }
}
