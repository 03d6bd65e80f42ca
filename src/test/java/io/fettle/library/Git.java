package io.fettle.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The real {@code git}, in a folder, as somebody with a token: the token is asked for as a password
 * and stands in no address and no file.
 */
final class Git {
  private final Path folder;
  private final String token;
  private final Path home;

  /** What it answered: standard output and error in one. */
  record Said(int exit, String text) {}

  Git(Path home, Path folder, String token) {
    this.home = home;
    this.folder = folder;
    this.token = token;
  }

  /** The same person elsewhere. */
  Git in(Path other) {
    return new Git(home, other, token);
  }

  Path folder() {
    return folder;
  }

  /** Runs it and expects success. */
  String ok(String... words) {
    Said said = run(words);
    assertThat(said.exit()).as("git %s: %s", List.of(words), said.text()).isZero();
    return said.text().strip();
  }

  /** Runs it on a file as its input and expects success. */
  String fed(Path input, String... words) {
    try {
      Path out = Files.createTempFile(home, "git", ".out");
      Process process = builder(Map.of(), out, words).redirectInput(input.toFile()).start();
      assertThat(process.waitFor()).as("git %s", List.of(words)).isZero();
      return Files.readString(out).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  Said run(String... words) {
    return run(Map.of(), words);
  }

  Said run(Map<String, String> environment, String... words) {
    try {
      Path out = Files.createTempFile(home, "git", ".out");
      Process process = start(environment, out, words);
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("git " + List.of(words) + " hangs: " + Files.readString(out));
      }
      String text = new String(Files.readAllBytes(out), StandardCharsets.UTF_8);
      return new Said(process.exitValue(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  Process start(Map<String, String> environment, Path out, String... words) throws IOException {
    Process process = builder(environment, out, words).start();
    process.getOutputStream().close();
    return process;
  }

  private ProcessBuilder builder(Map<String, String> environment, Path out, String... words)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(words));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    builder
        .environment()
        .putAll(
            Map.of(
                "HOME",
                home.toString(),
                "GIT_CONFIG_NOSYSTEM",
                "1",
                "GIT_TERMINAL_PROMPT",
                "0",
                "GIT_ASKPASS",
                askpass().toString(),
                "FETTLE_TEST_TOKEN",
                token,
                "LC_ALL",
                "C.UTF-8"));
    builder.environment().putAll(environment);
    return builder;
  }

  private Path askpass() throws IOException {
    Path script = home.resolve("askpass");
    if (!Files.exists(script)) {
      Files.writeString(
          script,
          """
          #!/bin/sh
          case $1 in Username*) echo anybody ;; *) echo "$FETTLE_TEST_TOKEN" ;; esac
          """);
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
      Files.writeString(
          home.resolve(".gitconfig"),
          "[user]\n name = Test\n email = test@example\n[init]\n defaultBranch = main\n[advice]\n"
              + " detachedHead = false\n");
    }
    return script;
  }

  /** Writes a file, commits it and answers the commit. */
  String commit(String path, String text) {
    return commit(path, text.getBytes(StandardCharsets.UTF_8));
  }

  String commit(String path, byte[] bytes) {
    try {
      if (path.chars().allMatch(c -> c < 128)) {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        ok("add", "--", path);
      } else {
        // Past the work tree: this JVM may not be able to write such a name.
        Path file = Files.write(home.resolve("blob"), bytes);
        String blob = fed(file, "hash-object", "-w", "--stdin");
        Path line =
            Files.writeString(home.resolve("index"), "100644 " + blob + " 0\t" + path + "\n");
        fed(line, "update-index", "--add", "--index-info");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ok("commit", "-q", "-m", "change " + path.replaceAll("[^ -~]", "?"));
    return ok("rev-parse", "HEAD");
  }
}
