package io.fettle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cli.Clone.Run;
import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A day with {@code ./fettle}: the first start in the foreground, then up, down and a lab. */
class UpAndDownTest {
  private static final Duration LIMIT = Duration.ofSeconds(120);

  @TempDir Path folder;

  @Test
  void whatUpStartsIsAnnouncedOnceWatchedAndStopped() throws Exception {
    Clone clone = Clone.make(Files.createDirectory(folder.resolve("clone")));
    Path home = folder.resolve("home");
    Map<String, String> here =
        Map.of(
            "FETTLE_HOME",
            home.toString(),
            "FETTLE_NO_TRAINING",
            "1",
            "FETTLE_JAVA_OPTS",
            "-XX:TieredStopAtLevel=1");
    int port = freePort();
    String[] up = {
      "up", "--lab", "--machines", "5", "--json", "--port", "" + port, "--port-offset", offset(port)
    };
    try {
      stopsWithControlC(clone, home, here, port, up);
      staysUntilDown(clone, home, here, port, up);
    } finally {
      clone.run(here, "down");
    }
  }

  /**
   * The terminal's Ctrl-C is a signal to the whole group, which a shell in the background lacks.
   */
  private static void stopsWithControlC(
      Clone clone, Path home, Map<String, String> here, int port, String[] up) throws Exception {
    List<String> command = new ArrayList<>(List.of("setsid", "env", "--default-signal=INT"));
    command.addAll(clone.fettle(foreground(up)));
    Process shell = clone.start(command, here);
    WholeProcess.await("ready", LIMIT, () -> !shell.isAlive() || clone.said("out").endsWith("\n"));
    assertThat(shell.isAlive()).as(clone.said("err")).isTrue();
    ProcessHandle server = process(home, "pid");
    ProcessHandle lab = process(home, "lab.pid");
    new ProcessBuilder("kill", "-INT", "--", "-" + shell.pid()).start().waitFor();
    Run run = clone.end(shell);

    Json ready = json(run);
    assertThat(ready.get("url").text()).isEqualTo("http://127.0.0.1:" + port + "/");
    assertThat(ready.get("lab").isTrue()).isTrue();
    String password = ready.get("admin_password").text();
    assertThat(run.err())
        .contains("Fettle is ready: http://127.0.0.1:" + port, "password " + password + " ");
    assertThat(password).hasSizeGreaterThan(15);
    assertThat(home.resolve("admin.password")).doesNotExist();
    assertThat(run.exit()).isZero();
    assertThat(server.isAlive()).isFalse();
    assertThat(lab.isAlive()).isFalse();
    assertThat(Files.readString(home.resolve("run/state"))).isEqualTo("stopped\n");
  }

  private static void staysUntilDown(
      Clone clone, Path home, Map<String, String> here, int port, String[] up) throws Exception {
    Run first = clone.run(here, up);
    assertThat(first.exit()).as(first.err()).isZero();
    assertThat(json(first).names())
        .containsExactly("url", "home", "process", "already_running", "lab");
    WholeProcess.await("all machines seen", LIMIT, () -> machines(clone, here) == 5);

    ProcessHandle lab = process(home, "lab.pid");
    assertThat(lab.destroy()).isTrue();
    lab.onExit().get(20, TimeUnit.SECONDS);
    Run second = clone.run(here, up);
    assertThat(second.err())
        .contains("already runs here", "127.0.0.1:" + port, "Its lab had ended and runs again.");
    assertThat(json(second).get("already_running").isTrue()).isTrue();
    assertThat(process(home, "lab.pid").isAlive()).isTrue();

    Run inFront = clone.run(here, foreground(up));
    assertThat(inFront.exit()).isEqualTo(1);
    assertThat(json(inFront).get("title").text()).contains("already runs");

    ProcessHandle server = process(home, "pid");
    assertThat(json(clone.run(here, "down", "--json")).get("stopped").text())
        .isEqualTo(home.toString());
    assertThat(server.isAlive()).isFalse();
    Run after = clone.run(here, "status", "--json");
    assertThat(after.exit()).isEqualTo(3);
    assertThat(json(after).get("title").text()).contains("./fettle up");
  }

  private static long machines(Clone clone, Map<String, String> here) {
    try {
      Run status = clone.run(here, "status", "--json");
      Json document = json(status);
      return document.get("ready").isTrue() ? document.get("machines").number() : -1;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Standard output holds one document and nothing else. */
  private static Json json(Run run) {
    assertThat(run.out()).as(run.err()).startsWith("{").endsWith("}\n").containsOnlyOnce("\n");
    return Json.parse(run.out().getBytes(StandardCharsets.UTF_8));
  }

  private static String[] foreground(String[] up) {
    String[] all = java.util.Arrays.copyOf(up, up.length + 1);
    all[up.length] = "--foreground";
    return all;
  }

  private static ProcessHandle process(Path home, String file) throws IOException {
    long pid = Long.parseLong(Files.readString(home.resolve("run").resolve(file)).strip());
    return ProcessHandle.of(pid).orElseThrow();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Ports of the lab that no other lab on this machine has. */
  private static String offset(int port) {
    return "" + (5_000 + port % 10_000);
  }
}
