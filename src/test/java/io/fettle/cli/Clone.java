package io.fettle.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * A clone with a build, in a folder of its own: the scripts are copies, the jars are made of the
 * classes under test, so nothing starts Maven.
 */
record Clone(Path folder) {
  static final String VERSION = "9.9.9";
  private static final Path CLASSES = Path.of("target/classes");

  /** What a run said, and its exit code. */
  record Run(int exit, String out, String err) {}

  static Clone make(Path folder) throws IOException {
    Files.copy(Path.of("fettle"), folder.resolve("fettle"));
    for (String part : List.of("bin", "conf")) copy(Path.of(part), folder.resolve(part));
    Path lib = Files.createDirectories(folder.resolve("target/app/lib"));
    List<String> jars = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(":")) {
      Path jar = Path.of(entry);
      String name = jar.getFileName().toString();
      if (!name.endsWith(".jar")) continue;
      if (name.matches("picocli-.*|jackson-core-3.*")) Files.copy(jar, lib.resolve(name));
      jars.add(jar.toUri().toString());
    }
    pack(folder.resolve("target/app/cli.jar"), "io/fettle/cli", List.of());
    pack(folder.resolve("target/app/fettle.jar"), "", jars);
    Files.createDirectories(folder.resolve("src/main"));
    Files.writeString(folder.resolve("pom.xml"), "");
    Path built = Files.writeString(folder.resolve("target/app/built"), "");
    Files.setLastModifiedTime(built, FileTime.fromMillis(System.currentTimeMillis() + 60_000));
    return new Clone(folder);
  }

  Run run(Map<String, String> environment, String... words) throws Exception {
    return end(start(fettle(words), environment));
  }

  /** The command of the clone's own launcher. */
  List<String> fettle(String... words) {
    List<String> command = new ArrayList<>(List.of("sh", folder.resolve("fettle").toString()));
    command.addAll(List.of(words));
    return command;
  }

  /** Starts a program, its words in files of the clone. */
  Process start(List<String> command, Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("FETTLE_"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().putAll(environment);
    return builder.start();
  }

  Run end(Process process) throws InterruptedException {
    if (!process.waitFor(180, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("not ended: " + said("out") + said("err"));
    }
    return new Run(process.exitValue(), said("out"), said("err"));
  }

  /** What the last run said so far on {@code out} or {@code err}. */
  String said(String where) {
    try {
      return Files.readString(folder.resolve(where), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) Files.copy(file, to.resolve(from.relativize(file)));
    }
  }

  private static void pack(Path jar, String under, List<String> classPath) throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(Attributes.Name.IMPLEMENTATION_VERSION, VERSION);
    main.put(Attributes.Name.MAIN_CLASS, "io.fettle.Fettle");
    main.put(Attributes.Name.CLASS_PATH, String.join(" ", classPath));
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest);
        Stream<Path> files = Files.walk(CLASSES.resolve(under))) {
      out.setLevel(0);
      for (Path source : files.toList()) {
        if (source.equals(CLASSES)) continue;
        String name = CLASSES.relativize(source) + (Files.isDirectory(source) ? "/" : "");
        out.putNextEntry(new JarEntry(name));
        if (Files.isRegularFile(source)) Files.copy(source, out);
        out.closeEntry();
      }
    }
  }
}
