package io.fettle.backup;

import io.fettle.platform.postgres.Recovery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What of FETTLE_HOME and the configuration goes into a backup: everything but the database (copied
 * by its own rules), the keys, and what a start makes anew.
 *
 * @param home FETTLE_HOME
 * @param conf the configuration
 * @param spared folders below the home that are left out: the database's, the backups'
 */
record HomeFiles(Path home, Configuration conf, List<Path> spared) {
  /** A folder that is a link is the folder that it leads to. */
  HomeFiles {
    home = real(home);
    spared = spared.stream().map(HomeFiles::real).toList();
  }

  private static final int TRIES = 5;

  private static final String REPOSITORY = "library/scripts.git";

  /** Of jobs: each under its checksum once it is whole. */
  private static final String FILES = "files";

  /** Where a restore lays a database out for those who run it. */
  static final String LAID_OUT = "database";

  /** Of a push under way; a backup holds what was accepted. */
  private static final Pattern PUSHED = Pattern.compile(".*\\.(lock|tmp)|incoming_.*");

  /** Git's log of the branches too: it goes on after their point, and the database has its own. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "library/export.d",
          "library/mirror",
          "library/rsync",
          REPOSITORY + "/logs",
          "postgres",
          LAID_OUT,
          "verify",
          Recovery.RESTORED,
          UpgradeBackup.SAVED,
          "run",
          "log",
          "lab",
          "lock",
          "admin.token",
          "admin.password",
          "master.key",
          Installation.FILE,
          BackupKey.FILE);

  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      return folder.toAbsolutePath().normalize();
    }
  }

  /** A small file as it was at one moment. */
  record Kept(String path, String mode, long changed, byte[] bytes) {}

  /**
   * The branches and tags of the script library. They move only within a transaction that records
   * it, so that read while nobody writes to the database they are what it says.
   */
  List<Kept> references() throws IOException {
    List<Kept> kept = new ArrayList<>();
    Path repository = home.resolve(REPOSITORY);
    if (!Files.isDirectory(repository)) return kept;
    // What is packed meanwhile is in packed-refs before it is gone here.
    try (Stream<Path> files = Files.walk(repository.resolve("refs"))) {
      for (Path file : files.filter(Files::isRegularFile).toList())
        if (!file.toString().endsWith(".lock")) kept.add(kept(file));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (String name : List.of("packed-refs", "HEAD")) {
      Path file = repository.resolve(name);
      if (Files.exists(file)) kept.add(kept(file));
    }
    return kept;
  }

  private Kept kept(Path file) throws IOException {
    PosixFileAttributes now = Files.readAttributes(file, PosixFileAttributes.class);
    return new Kept(
        "home/" + home.relativize(file),
        PosixFilePermissions.toString(now.permissions()),
        now.lastModifiedTime().to(TimeUnit.NANOSECONDS),
        Files.readAllBytes(file));
  }

  /**
   * Copies all; again from the start when files vanish meanwhile.
   *
   * @param references as read at the database's point
   */
  void copyTo(FileCopy copy, List<Kept> references) throws IOException {
    for (Kept reference : references) copy.add(reference);
    int before = copy.entries().size();
    for (int i = 1; ; i++) {
      try {
        tree("home/", home, copy);
        for (Configuration.Source source : conf.sources())
          tree(source.prefix(), source.folder(), copy);
        Path file = conf.file();
        if (!conf.isWhole() && Files.exists(file)) copy.add("conf/" + file.getFileName(), file);
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

  /** Folders first, then files, without the references: objects of Git never change or go. */
  private List<Path> listed(Path root) throws IOException {
    List<Path> folders = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (folder.equals(root)) return FileVisitResult.CONTINUE;
            if (isSpared(folder) || Shelf.isOne(folder)) return FileVisitResult.SKIP_SUBTREE;
            folders.add(folder);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            boolean link = attributes.isSymbolicLink() && Files.isDirectory(file);
            if (link && !isSpared(file) && !file.toRealPath().startsWith(root)) throw linked(file);
            if (Files.isRegularFile(file) && !isHalf(file) && !isSpared(file) && !isReference(file))
              files.add(file);
            return FileVisitResult.CONTINUE;
          }
        });
    folders.addAll(files);
    return folders;
  }

  private static BackupRefused linked(Path folder) {
    return new BackupRefused(
        "目录 " + folder + " 是符号链接，里面的内容不会进入备份：请把内容移到这里，或移走链接。",
        "The folder "
            + folder
            + " is a symbolic link, and what it leads to would not be in the backup: move it here, or take the link away.");
  }

  private boolean isSpared(Path file) {
    return file.startsWith(home) && LEFT_OUT.contains(home.relativize(file).toString())
        || spared.stream().anyMatch(file::equals);
  }

  private boolean isHalf(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".new")
        || file.startsWith(home.resolve(FILES)) && name.endsWith(".tmp")
        || file.startsWith(home.resolve(REPOSITORY)) && PUSHED.matcher(name).matches();
  }

  private boolean isReference(Path file) {
    Path repository = home.resolve(REPOSITORY);
    return file.startsWith(repository.resolve("refs"))
        || file.equals(repository.resolve("packed-refs"))
        || file.equals(repository.resolve("HEAD"));
  }
}
