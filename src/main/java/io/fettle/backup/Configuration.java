package io.fettle.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.core.env.Environment;

/**
 * Where a Fettle reads what people wrote for it.
 *
 * @param file the settings
 * @param folders that the settings name, as they name them: a relative one lies below the program
 */
record Configuration(Path file, List<Path> folders) {
  /** Before the path, below the program, of what lies in a folder named so. */
  static final String BELOW = "below/";

  /** Before the whole path, without its first slash, of what lies in a folder named so. */
  static final String AT = "at/";

  private static final String USUAL = "conf";

  /** Settings that name a folder, and the usual ones. */
  private static final Map<String, String> NAMED =
      Map.of(
          "fettle.cmdb.intent-folder", "conf/intent",
          "fettle.monitoring.checks", "conf/checks",
          "fettle.remediation.conf", "conf",
          "fettle.batch.dangers", "conf/dangers");

  static Configuration of(Environment environment) {
    List<Path> folders =
        NAMED.entrySet().stream()
            .map(one -> Path.of(environment.getProperty(one.getKey(), one.getValue())))
            .sorted()
            .toList();
    String file = environment.getProperty("fettle.conf", "conf/fettle.yml");
    return new Configuration(Path.of(file).toAbsolutePath(), folders);
  }

  /** One that is copied, and what its files are called in a backup. */
  record Source(String prefix, Path folder) {}

  /**
   * What is to be copied beside the settings file, none of it twice. A folder of the usual name
   * around the settings is Fettle's as a whole; of another, {@code /etc} say, only what is named.
   */
  List<Source> sources() throws IOException {
    List<Source> sources = new ArrayList<>();
    Path around = file.resolveSibling("");
    if (around.endsWith(USUAL)) sources.add(new Source("conf/", around.toRealPath()));
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) continue;
      Path real = folder.toRealPath();
      if (sources.stream().noneMatch(known -> real.startsWith(known.folder())))
        sources.add(new Source(prefix(folder.normalize()), real));
    }
    return sources;
  }

  boolean isWhole() {
    return file.resolveSibling("").endsWith(USUAL);
  }

  private static String prefix(Path folder) {
    if (!folder.isAbsolute() && !folder.startsWith("..")) return BELOW + folder + "/";
    return AT + Path.of("/").relativize(folder.toAbsolutePath().normalize()) + "/";
  }
}
