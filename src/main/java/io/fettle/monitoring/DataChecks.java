package io.fettle.monitoring;

import io.fettle.kernel.Problem;
import io.fettle.monitoring.check.Check;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/**
 * The checks that are data: files of the packs and of the site's folder. The folder is read again
 * when it changes; a file that became wrong leaves its last good version in force.
 */
@Component
class DataChecks {
  private static final Logger LOG = LoggerFactory.getLogger(DataChecks.class);
  private static final int MOST_FILES = 1_000;
  private static final int MOST_BYTES = 64 * 1024;

  private final Path folder;
  private final Map<String, String> shipped;
  private volatile State state = new State(Map.of(), Map.of(), List.of(), 0);

  /** What was read: texts and checks by file, what is wrong with the others. */
  private record State(
      Map<String, String> texts,
      Map<String, DataCheck> checks,
      List<String> complaints,
      long revision) {}

  DataChecks(MonitoringSettings settings) {
    folder = Path.of(settings.checks());
    shipped = shipped();
    poll();
  }

  List<Check> checks() {
    return List.copyOf(state.checks().values());
  }

  /** Rises with every change. */
  long revision() {
    return state.revision();
  }

  /** {@code file:line:column why}, one line each. */
  List<String> complaints() {
    return state.complaints();
  }

  /** Reads the folder again if anything in it changed. */
  synchronized void poll() {
    Map<String, String> texts = new TreeMap<>(shipped);
    texts.putAll(inFolder());
    if (texts.equals(state.texts()) && state.revision() > 0) return;
    Map<String, DataCheck> checks = new TreeMap<>();
    List<String> complaints = new ArrayList<>();
    texts.forEach((file, text) -> take(file, text, checks, complaints));
    complaints.forEach(complaint -> LOG.error("check file: {}", complaint));
    state =
        new State(
            Map.copyOf(texts), Map.copyOf(checks), List.copyOf(complaints), state.revision() + 1);
  }

  private void take(
      String file, String text, Map<String, DataCheck> checks, List<String> complaints) {
    try {
      checks.put(file, CheckFile.read(file, text));
    } catch (Problem e) {
      e.faults().forEach(fault -> complaints.add(fault.field() + " " + fault.reason().en()));
      DataCheck last = state.checks().get(file);
      if (last != null) checks.put(file, last);
    }
  }

  private Map<String, String> inFolder() {
    Map<String, String> texts = new TreeMap<>();
    if (!Files.isDirectory(folder)) return texts;
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(file -> file.toString().endsWith(".yml") || file.toString().endsWith(".yaml"))
          .sorted()
          .limit(MOST_FILES)
          .forEach(file -> texts.put(file.toString(), text(file)));
    } catch (IOException e) {
      LOG.error("check folder {}: {}", folder, e.toString());
    }
    return texts;
  }

  /** A file that cannot be read is an empty text, which is complained about by name. */
  private static String text(Path file) {
    try {
      return Files.size(file) > MOST_BYTES ? "" : Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  private static Map<String, String> shipped() {
    Map<String, String> texts = new TreeMap<>();
    try {
      for (Resource file :
          new PathMatchingResourcePatternResolver()
              .getResources("classpath*:pack/*/checks/*.yml")) {
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
}
