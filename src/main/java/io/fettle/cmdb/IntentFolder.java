package io.fettle.cmdb;

import io.fettle.cmdb.Intents.Broken;
import io.fettle.cmdb.Intents.Origin;
import io.fettle.kernel.Label;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The folder of intent files. A file that cannot be used changes nothing: what it said before stays
 * in force and the mistake is shown. A folder that is gone takes nothing back; an emptied one does.
 */
@Component
class IntentFolder {
  private static final Logger LOG = LoggerFactory.getLogger(IntentFolder.class);
  private static final String NAME = "file/";
  private static final int MOST_FILES = 500;
  private final Path folder;
  private final IntentTable table;
  private final IntentText text;
  private final Clock clock;
  private final TransactionTemplate transaction;
  private final Map<String, String> seen = new HashMap<>();
  private volatile List<Broken> broken = List.of();

  IntentFolder(
      CmdbSettings settings,
      IntentTable table,
      IntentText text,
      Clock clock,
      PlatformTransactionManager transactions) {
    this.folder = settings.intentFolder().toAbsolutePath().normalize();
    this.table = table;
    this.text = text;
    this.clock = clock;
    this.transaction = new TransactionTemplate(transactions);
  }

  Path path() {
    return folder;
  }

  List<Broken> broken() {
    return broken;
  }

  /** Reads what changed since the last look. */
  synchronized void look() {
    if (!Files.isDirectory(folder)) {
      broken = lost();
      return;
    }
    Map<String, Path> files;
    try {
      files = files();
    } catch (IOException e) {
      broken = List.of(new Broken(folder.toString(), 1, 1, Label.same(e.toString())));
      return;
    }
    Map<String, List<Broken>> bad = new TreeMap<>();
    broken.forEach(b -> bad.computeIfAbsent(b.file(), _ -> new ArrayList<>()).add(b));
    bad.keySet().retainAll(files.keySet());
    files.forEach((name, file) -> read(name, file, bad));
    seen.keySet().retainAll(files.keySet());
    takeBack(files.keySet());
    broken = bad.values().stream().flatMap(List::stream).toList();
  }

  /**
   * No folder is the usual case of somebody without intents; it is a fault only after there were
   * some.
   */
  private List<Broken> lost() {
    long kept = table.all().stream().filter(r -> r.origin() == Origin.FILE && !r.removed()).count();
    if (kept == 0) return List.of();
    Label why =
        new Label(
            "目录不见了；之前的 " + kept + " 份期望继续有效",
            "the folder is gone; its " + kept + " intents stay in force");
    return List.of(new Broken(folder.toString(), 1, 1, why));
  }

  private Map<String, Path> files() throws IOException {
    Map<String, Path> out = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder, 4)) {
      all.filter(p -> p.toString().endsWith(".yml") || p.toString().endsWith(".yaml"))
          .filter(Files::isRegularFile)
          .limit(MOST_FILES)
          .forEach(p -> out.put(folder.relativize(p).toString().replace('\\', '/'), p));
    }
    return out;
  }

  private void read(String name, Path file, Map<String, List<Broken>> bad) {
    try {
      String mark = Files.getLastModifiedTime(file) + " " + Files.size(file);
      if (mark.equals(seen.get(name))) return;
      IntentText.Read read = text.read(NAME + name, Files.readString(file));
      if (read.faults().isEmpty()) {
        keep(name, read.documents());
        bad.remove(name);
      } else {
        bad.put(
            name,
            read.faults().stream()
                .limit(20)
                .map(f -> new Broken(name, f.line(), f.column(), f.why()))
                .toList());
        LOG.warn("intent file cannot be used: file={} why={}", file, read.faults().getFirst());
      }
      seen.put(name, mark);
    } catch (CharacterCodingException e) {
      bad.put(name, List.of(new Broken(name, 1, 1, new Label("不是 UTF-8 文本", "not UTF-8 text"))));
    } catch (IOException e) {
      bad.put(name, List.of(new Broken(name, 1, 1, Label.same(e.toString()))));
    }
  }

  private void keep(String file, List<IntentText.Good> documents) {
    Set<String> names = new HashSet<>();
    documents.forEach(d -> names.add(d.name()));
    transaction.executeWithoutResult(_ -> {
      documents.forEach(d ->
          table.put(d.name(), Origin.FILE, d.text(), "file:" + file, Sql.micros(clock.instant())));
      table.remove(
          stored().stream().filter(n -> fileOf(n).equals(file) && !names.contains(n)).toList(),
          Origin.FILE);
    });
  }

  private List<String> stored() {
    return table.all().stream()
        .filter(r -> r.origin() == Origin.FILE && !r.removed())
        .map(IntentTable.Row::name)
        .toList();
  }

  private static String fileOf(String document) {
    int cut = document.lastIndexOf('#');
    return document.substring(NAME.length(), cut < 0 ? document.length() : cut);
  }

  private void takeBack(Set<String> files) {
    List<String> gone = stored().stream().filter(n -> !files.contains(fileOf(n))).toList();
    if (!gone.isEmpty()) table.remove(gone, Origin.FILE);
  }
}
