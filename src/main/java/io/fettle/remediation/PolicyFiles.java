package io.fettle.remediation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** Files of the packs (read once, they ship inside the jar) and of the site's conf folder. */
final class PolicyFiles implements Shelf.Files {
  private final Path conf;
  private final Map<String, String> packPolicies = pack("policies");
  private final Map<String, String> packRunbooks = pack("runbooks");

  PolicyFiles(Path conf) {
    this.conf = conf;
  }

  @Override
  public Map<String, String> policies() {
    return with(packPolicies, conf.resolve("policies"));
  }

  @Override
  public Map<String, String> runbooks() {
    return with(packRunbooks, conf.resolve("runbooks"));
  }

  private static Map<String, String> pack(String kind) {
    Map<String, String> texts = new TreeMap<>();
    try {
      for (Resource file :
          new PathMatchingResourcePatternResolver()
              .getResources("classpath*:pack/*/" + kind + "/*.yml")) {
        String url = file.getURL().toString();
        texts.put(
            url.substring(url.lastIndexOf("pack/")),
            file.getContentAsString(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return texts;
  }

  /** A file that cannot be read is an empty text, which the reader complains about by name. */
  private static Map<String, String> with(Map<String, String> pack, Path folder) {
    Map<String, String> texts = new TreeMap<>(pack);
    if (!Files.isDirectory(folder)) return texts;
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(f -> f.toString().endsWith(".yml") || f.toString().endsWith(".yaml"))
          .limit(1_000)
          .forEach(f -> texts.put(f.toString(), read(f)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return texts;
  }

  private static String read(Path file) {
    try {
      return Files.size(file) > 256 * 1024 ? "" : Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
