package io.fettle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./fettle} run by a real shell on a clone with a build. */
class LauncherTest {
  @TempDir static Path clone;

  /** What a run said and its exit code. */
  private record Run(int exit, String out) {}

  @BeforeAll
  static void makeAClone() throws IOException {
    Path lib = Files.createDirectories(clone.resolve("target/app/lib"));
    Files.copy(Path.of("fettle"), clone.resolve("fettle"));
    Files.createDirectory(clone.resolve("bin"));
    try (Stream<Path> scripts = Files.list(Path.of("bin"))) {
      for (Path script : scripts.toList())
        Files.copy(script, clone.resolve("bin").resolve(script.getFileName()));
    }
    for (String entry : System.getProperty("java.class.path").split(":")) {
      Path jar = Path.of(entry);
      String name = jar.getFileName().toString();
      if (name.matches("picocli-.*|jackson-core-3.*")) Files.copy(jar, lib.resolve(name));
    }
    pack(clone.resolve("target/app/cli.jar"));
    pack(clone.resolve("target/app/fettle.jar"));
    Files.writeString(clone.resolve("target/app/built"), "");
    Files.createDirectories(clone.resolve("src/main"));
    Files.writeString(clone.resolve("pom.xml"), "");
    // The build is the newest thing of all, so nothing here starts Maven.
    Files.setLastModifiedTime(
        clone.resolve("target/app/built"),
        java.nio.file.attribute.FileTime.fromMillis(System.currentTimeMillis() + 60_000));
  }

  @Test
  void versionAnswersWithoutAServer() throws Exception {
    Run run = run(Map.of(), "version");

    assertThat(run.out()).isEqualTo("fettle 9.9.9\n");
    assertThat(run.exit()).isZero();
  }

  @Test
  void withoutAServerStatusIsExitCodeThree() throws Exception {
    Run run = run(Map.of(), "status", "--json");

    assertThat(run.exit()).isEqualTo(3);
    assertThat(run.out()).contains("./fettle up");
  }

  @Test
  void downHasNothingToStop() throws Exception {
    assertThat(run(Map.of(), "down").out()).isEqualTo("Nothing was running.\n");
  }

  @Test
  void wrongWordsAreWrongUsage() throws Exception {
    assertThat(run(Map.of(), "up", "--machine", "3").exit()).isEqualTo(2);
    assertThat(run(Map.of(), "up", "--port", "http").exit()).isEqualTo(2);
    assertThat(run(Map.of(), "up", "--port").exit()).isEqualTo(2);
    assertThat(run(Map.of(), "nonsense").exit()).isEqualTo(2);
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

    Run run =
        run(
            narrow,
            Map.of("FETTLE_JAVA_HOME", clone.resolve("jdk17").toString(), "JAVA_HOME", ""),
            "version");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out())
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
        "<testsuite\n  name=\"b\" tests=\"2\"\n errors=\"0\" skipped=\"0\" failures=\"0\">\n</testsuite>");

    Run run =
        exec(List.of("sh", clone.resolve("bin/count.sh").toString(), reports.toString()), Map.of());

    assertThat(run.out()).isEqualTo("4 passed, 2 failed, 1 skipped\n");
  }

  private static Run run(Map<String, String> environment, String... words) throws Exception {
    return run(clone.resolve("fettle"), environment, words);
  }

  private static Run run(Path script, Map<String, String> environment, String... words)
      throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", script.toString()));
    command.addAll(List.of(words));
    return exec(command, environment);
  }

  private static Run exec(List<String> command, Map<String, String> environment) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("FETTLE_"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().putAll(environment);
    if (environment.containsKey("FETTLE_JAVA_HOME"))
      builder.environment().put("PATH", "/usr/bin:/bin");
    if (environment.containsKey("FETTLE_JAVA_HOME"))
      builder.environment().put("HOME", "/nonexistent");
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Run(process.exitValue(), out);
  }

  private static void pack(Path jar) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, "9.9.9");
    Path classes = Path.of("target/classes");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest);
        Stream<Path> files = Files.walk(classes.resolve("io/fettle/cli"))) {
      for (Path source : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(source).toString()));
        Files.copy(source, out);
        out.closeEntry();
      }
    }
  }
}
