package io.fettle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cli.Clone.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./fettle} run by a real shell on a clone with a build. */
class LauncherTest {
  @TempDir static Path clone;

  @BeforeAll
  static void makeAClone() throws IOException {
    Clone.make(clone);
  }

  @Test
  void versionAnswersWithoutAServer() throws Exception {
    Run run = run(Map.of(), "version");

    assertThat(run.out()).isEqualTo("fettle " + Clone.VERSION + "\n");
    assertThat(run.exit()).isZero();
  }

  @Test
  void withoutAServerStatusIsExitCodeThree() throws Exception {
    Run run = run(Map.of(), "status", "--json");

    assertThat(run.exit()).isEqualTo(3);
    assertThat(run.err()).contains("./fettle up");
    assertThat(title(run)).contains("./fettle up");
  }

  @Test
  void downHasNothingToStop() throws Exception {
    assertThat(run(Map.of(), "down").out()).isEqualTo("Nothing was running.\n");
    assertThat(run(Map.of(), "down", "--json").out()).isEqualTo("{\"stopped\":[]}\n");
  }

  @Test
  void wrongWordsAreWrongUsage() throws Exception {
    assertThat(run(Map.of(), "up", "--machine", "3").exit()).isEqualTo(2);
    assertThat(run(Map.of(), "up", "--port", "http").exit()).isEqualTo(2);
    assertThat(run(Map.of(), "up", "--port").exit()).isEqualTo(2);
    assertThat(run(Map.of(), "down", "--bogus").exit()).isEqualTo(2);
    assertThat(run(Map.of(), "nonsense").exit()).isEqualTo(2);
  }

  @Test
  void aRefusalIsOneDocumentToo() throws Exception {
    Run wrong = run(Map.of(), "up", "--json", "--port", "a \"b\"");
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(title(wrong)).isEqualTo("'a \"b\"' is not a number.");

    Run remote = run(Map.of(), "down", "--json", "--server", "https://elsewhere");
    assertThat(remote.exit()).isEqualTo(2);
    assertThat(title(remote)).contains("this machine only");
  }

  @Test
  void wordsOfABuildAreNotTheDocument(@TempDir Path unbuilt) throws Exception {
    Clone fresh = Clone.make(unbuilt);
    Files.delete(unbuilt.resolve("target/app/cli.jar"));
    Path mvn = Files.writeString(unbuilt.resolve("mvn"), "#!/bin/sh\nexit 1\n");
    assertThat(mvn.toFile().setExecutable(true)).isTrue();

    Run run = fresh.run(Map.of("PATH", unbuilt + ":" + System.getenv("PATH")), "status", "--json");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).startsWith("Building Fettle ...");
    assertThat(title(run)).startsWith("the build failed");
  }

  @Test
  void whoIsNotRootHearsBeforeTheBuildWhichTestsWillFail(@TempDir Path open) throws Exception {
    Clone fresh = Clone.make(open);
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path mvn = Files.writeString(open.resolve("mvn"), "#!/bin/sh\necho Maven runs\n");
    assertThat(mvn.toFile().setExecutable(true, false)).isTrue();
    List<String> command =
        new ArrayList<>(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
    if (!System.getProperty("user.name").equals("root")) command.clear();
    command.addAll(fresh.fettle("test"));

    Run run = fresh.end(fresh.start(command, Map.of("PATH", open + ":" + System.getenv("PATH"))));

    assertThat(run.out()).startsWith("Some tests need root").endsWith("Maven runs\n");
  }

  @Test
  void aPidOfAnotherProgramIsNotFettle() throws Exception {
    Path runFolder = Files.createDirectories(clone.resolve("other/run"));
    Files.writeString(runFolder.resolve("pid"), ProcessHandle.current().pid() + "\n");

    Run run = run(Map.of("FETTLE_HOME", clone.resolve("other").toString()), "down");

    assertThat(run.out()).isEqualTo("Nothing was running.\n");
  }

  @Test
  void aJdkThatIsTooOldIsNamed() throws Exception {
    Path old = Files.createDirectories(clone.resolve("jdk17/bin"));
    Files.writeString(old.resolve("javac"), "#!/bin/sh\n");
    assertThat(old.resolve("javac").toFile().setExecutable(true)).isTrue();
    Files.writeString(clone.resolve("jdk17/release"), "JAVA_VERSION=\"17.0.1\"\n");
    String script = Files.readString(clone.resolve("fettle"));
    Path narrow = clone.resolve("fettle-narrow");
    Files.writeString(narrow, script.replaceAll("(?s)/usr/lib/jvm/\\* .*?Contents/Home", ""));

    Clone fettle = new Clone(clone);
    Run run =
        fettle.end(
            fettle.start(
                List.of("sh", narrow.toString(), "version"),
                Map.of(
                    "FETTLE_JAVA_HOME",
                    clone.resolve("jdk17").toString(),
                    "JAVA_HOME",
                    "",
                    "PATH",
                    "/usr/bin:/bin",
                    "HOME",
                    "/nonexistent")));

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err())
        .contains("needs a JDK 25 or newer and found only JDK 17", "FETTLE_JAVA_HOME");
  }

  @Test
  void scriptsAreCountedFromSurefiresReports() throws Exception {
    Path reports = Files.createDirectories(clone.resolve("reports"));
    Files.writeString(
        reports.resolve("TEST-a.xml"),
        "<?xml version=\"1.0\"?>\n<testsuite name=\"a\" time=\"1.0\" tests=\"5\" errors=\"1\" skipped=\"1\" failures=\"1\">\n</testsuite>");
    Files.writeString(
        reports.resolve("TEST-b.xml"),
        """
        <testsuite
          name="b" tests="2"
         errors="0" skipped="0" failures="0">
          <testcase name="whole" classname="b.B" time="0.1"/>
          <testcase name="raced" classname="b.B" time="0.1">
            <flakyFailure message="once" type="java.lang.AssertionError">
            </flakyFailure>
          </testcase>
        </testsuite>
        """);

    Clone fettle = new Clone(clone);
    Run run =
        fettle.end(
            fettle.start(
                List.of("sh", clone.resolve("bin/count.sh").toString(), reports.toString()),
                Map.of()));

    assertThat(run.out())
        .isEqualTo(
            """
            flaky, passed at the second try: b.B.raced
            4 passed, 2 failed, 1 skipped
            """);
  }

  private static Run run(Map<String, String> environment, String... words) throws Exception {
    return new Clone(clone).run(environment, words);
  }

  private static String title(Run run) {
    assertThat(run.out()).containsOnlyOnce("\n");
    return Json.parse(run.out().getBytes(StandardCharsets.UTF_8)).get("title").text();
  }
}
