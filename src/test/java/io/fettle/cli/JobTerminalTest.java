package io.fettle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.Imports;
import io.fettle.support.FettleTest;
import io.fettle.support.Fleet;
import io.fettle.support.RealSshd;
import io.fettle.support.TestServer;
import io.fettle.support.WholeProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

/** A job on a real terminal, as a process of its own: {@code script} gives it a pty. */
@FettleTest
class JobTerminalTest {
  private static final int MACHINES = 6;
  private static @Nullable RealSshd sshd;

  @Autowired private TestServer server;
  @Autowired private Imports imports;

  @BeforeEach
  void machines() throws Exception {
    if (sshd != null) return;
    RealSshd started = Fleet.sshd("127.0.79", MACHINES, "Subsystem sftp internal-sftp");
    sshd = started;
    started.user("term", "Pw-term-3");
    String csv =
        IntStream.rangeClosed(1, MACHINES)
            .mapToObj(i ->
                "JT%02d,SNJT%02d,127.0.79.%d:%d,JT-1".formatted(i, i, i, started.endpoint().port()))
            .collect(Collectors.joining("\n", "资产号,序列号,IP,机柜\n", "\n"));
    Fleet.register(imports, csv);
    Fleet.key(server, started, "terminal", "term", "placement.rack == 'JT-1'");
  }

  @AfterAll
  static void end() {
    if (sshd != null) sshd.close();
  }

  @Test
  void equalOutputsStandOnceAtTheEndAndTheHungOnesRunAgain() throws Exception {
    String script =
        "case \"$SSH_CONNECTION\" in *' 127.0.79.2 '*) echo other ;;"
            + " *' 127.0.79.3 '*) [ -e again ] || sleep 60 ;; *) echo up ;; esac";
    Said first =
        terminal(
            "run",
            "--on",
            "placement.rack == 'JT-1'",
            "--ssh",
            script,
            "--reason",
            "look",
            "--steps",
            "1,100%",
            "--limit",
            "3s",
            "--stop-at",
            "100%",
            "--fold");
    assertThat(first.text())
        .contains("It would run on 6 machines")
        .containsPattern("\\[#+-*\\] \\d/6 step \\d/2")
        .containsPattern("--- 4 × ok: JT01,")
        .containsPattern("--- 1 × ok: JT02\\R+other")
        .contains("--- 1 × killed at limit: JT03")
        .containsPattern("J-\\d+: done · ");
    assertThat(first.text().lines().filter(line -> line.equals("up"))).hasSize(1);
    assertThat(first.code()).isEqualTo(1);

    String job = first.job();
    assertThat(first.text()).contains("./fettle job rerun " + job + " --only killed");
    if (sshd != null) sshd.sh("touch /home/term/again");
    Said again = terminal("job", "rerun", job, "--only", "killed", "--reason", "put right");
    assertThat(again.text()).contains("done · ok 1");
    assertThat(again.code()).isZero();
    assertThat(terminal("job", "output", job, "--lines").text())
        .contains("JT01: up", "JT02: other", "JT03: [killed at limit]");
  }

  @Test
  void whoLeavesIsToldHowToComeBackAndTheJobGoesOn() throws Exception {
    Process process =
        start(
            List.of(
                "run",
                "--on",
                "placement.rack == 'JT-1'",
                "--ssh",
                "echo begun; sleep 6",
                "--reason",
                "slow",
                "--steps",
                "100%"));
    try {
      ByteArrayOutputStream said = reading(process);
      WholeProcess.await("lines", Duration.ofSeconds(60), () -> text(said).contains(": begun"));
      process.getOutputStream().write(3); // what the terminal makes of Ctrl-C
      process.getOutputStream().flush();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      WholeProcess.await("a word at the end", Duration.ofSeconds(10), () -> ended(said));
      assertThat(text(said)).contains("goes on; come back with");
      Said back = terminal("job", new Said(text(said), 0).job());
      assertThat(back.text()).contains("done · ok 6");
      assertThat(back.code()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aSavedJobIsStartedWithAValue() throws Exception {
    Said saved =
        terminal(
            "job",
            "save",
            "term-say",
            "--on",
            "placement.rack == 'JT-1'",
            "--ssh",
            "echo {word}",
            "--param",
            "word=nothing",
            "--reason",
            "look",
            "--steps",
            "100%");
    assertThat(saved.text()).containsPattern("name +term-say").contains("--set word=nothing");
    assertThat(terminal("job", "saved").text()).contains("term-say");
    Said started = terminal("job", "start", "term-say", "--set", "word=$(id) 'x", "--fold");
    assertThat(started.text())
        .contains("done · ok 6")
        .containsPattern("6 × ok.*\\R+\\$\\(id\\) 'x");
    assertThat(started.code()).isZero();
  }

  @Test
  void aFileGoesThereAndComesBackAndNothingIsWrittenOver(@TempDir Path folder) throws Exception {
    Path sent = Files.writeString(folder.resolve("motd"), "welcome\n");
    List<String> on = List.of("run", "--on", "asset_no == 'JT04'", "--reason", "a test");
    Said put = terminal(and(on, "--put", sent + "", "--to", "/home/term/motd"));
    assertThat(put.text()).contains("/home/term/motd sha256 ");
    assertThat(put.code()).isZero();

    String[] get = and(on, "--get", "/home/term/motd", "--into", folder + "/in");
    Said got = terminal(get);
    assertThat(got.code()).as(got.text()).isZero();
    assertThat(folder.resolve("in/JT04/motd")).hasContent("welcome\n");
    Files.writeString(folder.resolve("in/JT04/motd"), "mine");
    Said again = terminal(get);
    assertThat(again.text()).contains("exists already and is not written over");
    assertThat(again.code()).isNotZero();
    assertThat(folder.resolve("in/JT04/motd")).hasContent("mine");
    assertThat(terminal("job", "files", got.job()).text())
        .containsPattern("JT04 +/home/term/motd +8 +[0-9a-f]{64}");
    Said undone = terminal("job", "undo", put.job(), "--reason", "a test");
    assertThat(undone.code()).as(undone.text()).isZero();
    assertThat(Objects.requireNonNull(sshd).sh("ls /home/term")).doesNotContain("motd");
    assertThat(terminal(and(on, "--put", "none", "--to", "/x")).text())
        .contains("there is no such file");
    assertThat(terminal(and(on, "--put", sent + "", "--ssh", "id")).text())
        .contains("give one of --put");
  }

  private static String[] and(List<String> words, String... more) {
    return Stream.concat(words.stream(), Stream.of(more)).toArray(String[]::new);
  }

  /** What stood on the terminal, and the exit code. */
  private record Said(String text, int code) {
    String job() {
      var found = java.util.regex.Pattern.compile("J-\\d+").matcher(text);
      assertThat(found.find()).as(text).isTrue();
      return found.group();
    }
  }

  private Said terminal(String... words) throws Exception {
    Process process = start(List.of(words));
    ByteArrayOutputStream said = reading(process);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(String.join(" ", words)).isTrue();
    WholeProcess.await("all that was said", Duration.ofSeconds(10), () -> ended(said));
    return new Said(text(said), process.exitValue());
  }

  private Process start(List<String> words) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "--default-signal=INT", // a run in the background hands on that it is ignored
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.fettle.cli.Main"));
    command.addAll(words);
    String line =
        command.stream()
            .map(w -> "'" + w.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
    ProcessBuilder builder = new ProcessBuilder("script", "-qec", line, "/dev/null");
    builder.environment().put("FETTLE_URL", server.uri("/").toString());
    builder.environment().put("FETTLE_TOKEN", server.adminToken());
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().remove("LANG");
    return builder.redirectErrorStream(true).start();
  }

  private static final String END = "\0end";

  private static ByteArrayOutputStream reading(Process process) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Thread.ofVirtual()
        .start(() -> {
          try (InputStream in = process.getInputStream()) {
            in.transferTo(said);
          } catch (IOException e) {
            said.writeBytes(("read: " + e).getBytes(StandardCharsets.UTF_8));
          }
          said.writeBytes(END.getBytes(StandardCharsets.UTF_8));
        });
    return said;
  }

  private static boolean ended(ByteArrayOutputStream said) {
    return said.toString(StandardCharsets.UTF_8).endsWith(END);
  }

  private static String text(ByteArrayOutputStream said) {
    return said.toString(StandardCharsets.UTF_8)
        .replace(END, "")
        .replace("\r\n", "\n")
        .replaceAll("\r *\r", "\n");
  }
}
