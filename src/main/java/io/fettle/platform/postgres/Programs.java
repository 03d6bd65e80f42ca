package io.fettle.platform.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The PostgreSQL programs of this machine, of whatever versions it has.
 *
 * @param named a folder that the settings name, or null; then it alone is looked into
 */
public record Programs(@org.jspecify.annotations.Nullable Path named) {
  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) ([0-9]{1,3})\\D?.*");
  private static final List<Path> PACKAGED = List.of(Path.of("/usr/lib/postgresql"));

  /** Where packages of the other kind put them: /usr/pgsql-18/bin. */
  private static final Path RED_HAT = Path.of("/usr");

  /** One program, with the major version that it says it has. */
  public record Found(Path file, int major) {
    /** The folder above its {@code bin}. */
    Path installation() {
      return file.resolveSibling("").resolveSibling("").normalize();
    }
  }

  /** Every program of this name, the oldest version first. */
  public List<Found> all(String name) throws IOException {
    List<Found> found = new ArrayList<>();
    for (Path folder : folders()) {
      Path file = folder.resolve(name);
      if (!Files.isRegularFile(file) || !Files.isExecutable(file)) continue;
      Matcher version =
          VERSION.matcher(Commands.run(List.of(file.toString(), "--version")).output());
      if (version.find()) found.add(new Found(file, Integer.parseInt(version.group(1))));
    }
    // The sort is stable: of two alike the one found first stays first.
    return found.stream().sorted(Comparator.comparingInt(Found::major)).toList();
  }

  /** The one of exactly this version. */
  public Optional<Found> exactly(String name, int major) throws IOException {
    return all(name).stream().filter(one -> one.major() == major).findFirst();
  }

  /** The oldest that is not older than this. */
  public Optional<Found> atLeast(String name, int major) throws IOException {
    return all(name).stream().filter(one -> one.major() >= major).findFirst();
  }

  private List<Path> folders() throws IOException {
    if (named != null) return List.of(named);
    List<Path> folders = new ArrayList<>();
    for (Path parent : PACKAGED)
      for (Path version : children(parent)) folders.add(version.resolve("bin"));
    for (Path other : children(RED_HAT))
      if (other.getFileName().toString().startsWith("pgsql-")) folders.add(other.resolve("bin"));
    for (String entry : System.getenv().getOrDefault("PATH", "").split(":"))
      if (entry.startsWith("/")) folders.add(Path.of(entry));
    return folders;
  }

  private static List<Path> children(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) return List.of();
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    }
  }
}
