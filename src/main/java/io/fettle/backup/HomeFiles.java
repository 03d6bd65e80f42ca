package io.fettle.backup;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * What of FETTLE_HOME and the configuration goes into a backup: everything but the database (copied
 * by its own rules), the keys, and what a start makes anew.
 *
 * @param home FETTLE_HOME
 * @param conf the settings file
 * @param spared folders below the home that are left out: the database's, the backups'
 */
record HomeFiles(Path home, Path conf, List<Path> spared) {
  private static final String CONF = "conf";
  private static final int TRIES = 5;

  private static final Set<String> LEFT_OUT =
      Set.of(
          "postgres",
          "run",
          "log",
          "lab",
          "lock",
          "admin.token",
          "admin.password",
          "master.key",
          BackupKey.FILE);

  /** Copies all; again from the start when files vanish meanwhile. */
  void copyTo(FileCopy copy) throws IOException {
    int before = copy.entries().size();
    for (int i = 1; ; i++) {
      try {
        tree("home/", home, copy);
        if (conf.resolveSibling("").endsWith(CONF)) tree("conf/", conf.resolveSibling(""), copy);
        else if (Files.exists(conf)) copy.add("conf/" + conf.getFileName(), conf);
        return;
      } catch (NoSuchFileException e) {
        if (i == TRIES) throw e;
        copy.back(before);
      }
    }
  }

  private void tree(String prefix, Path root, FileCopy copy) throws IOException {
    if (!Files.isDirectory(root)) return;
    for (Path file : listed(root)) copy.add(prefix + root.relativize(file), file);
  }

  /** Folders first, then what names the newest commit of a Git repository, then the rest of it. */
  private List<Path> listed(Path root) throws IOException {
    List<Path> folders = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (folder.equals(root)) return FileVisitResult.CONTINUE;
            if (isSpared(folder)) return FileVisitResult.SKIP_SUBTREE;
            folders.add(folder);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            boolean half = file.getFileName().toString().endsWith(".new");
            if (attributes.isRegularFile() && !half && !isSpared(file)) files.add(file);
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(Comparator.comparing((Path file) -> !isReference(root.relativize(file))));
    folders.addAll(files);
    return folders;
  }

  private boolean isSpared(Path file) {
    return file.startsWith(home) && LEFT_OUT.contains(home.relativize(file).toString())
        || spared.stream().anyMatch(file::equals);
  }

  /** Objects of Git never change: with the names read first, all that they lead to is there. */
  private static boolean isReference(Path file) {
    for (Path name : file) if (name.toString().equals("refs")) return true;
    String name = file.getFileName().toString();
    return name.equals("HEAD") || name.equals("packed-refs");
  }
}
