package io.fettle.library;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * The files of {@code main} in {@code FETTLE_HOME/library/export}, for rsync.
 *
 * <p>{@code export} is a link to {@code export.d/COMMIT}, replaced as a whole, so that a reader
 * sees one commit and never a mixture; who reads an older one goes on reading it. A file that did
 * not change is the same file (a hard link) with the same time. One that did change gets a later
 * time than before, to the second: rsync compares size and time, and would miss a change of equal
 * size within one second.
 */
@Component
class Export {
  private static final int KEPT = 3;

  /** Bytes of a path that Linux takes, less what the export lies in; of a link too. */
  private static final int LONGEST_PATH = 3_000;

  private static final int LONGEST_LINK = 4_000;

  private final Store store;
  private final LibraryDesk library;
  private final Clock clock;
  private volatile int leftOut;
  private volatile @Nullable Instant behindSince;

  Export(Store store, LibraryDesk library, Clock clock) {
    this.store = store;
    this.library = library;
    this.clock = clock;
  }

  /** The link. */
  Path folder() {
    return store.folder().resolve("export");
  }

  private Path all() {
    return store.folder().resolve("export.d");
  }

  /** The commit that is exported. */
  Optional<String> current() {
    try {
      return Files.isSymbolicLink(folder()) && Files.isDirectory(folder())
          ? Optional.of(Files.readSymbolicLink(folder()).getFileName().toString())
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many links out of the library, and names that this machine cannot write, were left out. */
  int leftOut() {
    return leftOut;
  }

  /** Since when the export is not what main has, while it is not. */
  Optional<Instant> behindSince() {
    return Optional.ofNullable(behindSince);
  }

  /** Exports what main has now; cheap when it is there already. */
  synchronized void follow() {
    if (behindSince == null) behindSince = clock.instant();
    bring();
    behindSince = null;
  }

  private void bring() {
    RevCommit main = library.commit("main");
    Optional<String> current = current();
    if (current.filter(main.name()::equals).isPresent()) return;
    try {
      Files.createDirectories(all());
      readable(all(), true);
      Path ready = all().resolve(main.name());
      if (!Files.isDirectory(ready)) write(main, current, ready);
      Path link = store.folder().resolve("export.new");
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, Path.of("export.d", main.name()));
      Files.move(
          link, folder(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Files.setLastModifiedTime(ready, FileTime.from(clock.instant()));
      prune(main.name());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(RevCommit main, Optional<String> before, Path ready) throws IOException {
    Path fresh = all().resolve("new");
    FileSystemUtils.deleteRecursively(fresh);
    Files.createDirectories(fresh);
    readable(fresh, true);
    Repository repository = store.repository();
    int skipped = 0;
    try (TreeWalk walk = new TreeWalk(repository)) {
      if (before.isPresent()) walk.addTree(library.commit(before.get()).getTree());
      else walk.addTree(new EmptyTreeIterator());
      walk.addTree(main.getTree());
      while (walk.next()) {
        FileMode mode = walk.getFileMode(1);
        if (mode.equals(FileMode.MISSING)) continue;
        if (!put(walk, mode, fresh, before.map(all()::resolve))) skipped++;
        else if (walk.isSubtree()) walk.enterSubtree();
      }
    }
    leftOut = skipped;
    Files.move(fresh, ready, StandardCopyOption.ATOMIC_MOVE);
  }

  private boolean put(TreeWalk walk, FileMode mode, Path fresh, Optional<Path> before)
      throws IOException {
    String path = walk.getPathString();
    if (bytesOfName(walk.getRawPath()) > PushRules.LONGEST_NAME
        || walk.getRawPath().length > LONGEST_PATH) return false;
    try {
      Path target = fresh.resolve(path).normalize();
      if (!target.startsWith(fresh) || target.equals(fresh)) return false;
      Optional<Path> old = before.map(b -> b.resolve(path)).filter(Export::isFile);
      if (mode.equals(FileMode.TREE)) {
        Files.createDirectory(target);
        readable(target, true);
      } else if (mode.equals(FileMode.SYMLINK)) return link(walk.getObjectId(1), path, target);
      else if (mode.equals(FileMode.GITLINK)) return false;
      else if (old.isPresent() && walk.idEqual(0, 1) && walk.getRawMode(0) == walk.getRawMode(1))
        Files.createLink(target, old.get());
      else copy(walk.getObjectId(1), mode.equals(FileMode.EXECUTABLE_FILE), target, old);
      return true;
    } catch (InvalidPathException e) {
      return false;
    }
  }

  static int bytesOfName(byte[] path) {
    return path.length - 1 - new String(path, ISO_8859_1).lastIndexOf('/');
  }

  private void copy(ObjectId blob, boolean executable, Path target, Optional<Path> old)
      throws IOException {
    try (OutputStream out =
        Files.newOutputStream(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      store.repository().open(blob, Constants.OBJ_BLOB).copyTo(out);
    }
    readable(target, executable);
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    if (old.isPresent()) {
      Instant last = Files.getLastModifiedTime(old.get()).toInstant();
      if (!now.isAfter(last)) now = last.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    }
    Files.setLastModifiedTime(target, FileTime.from(now));
  }

  /**
   * Only links that stay inside: up as far as the library's root, then down. A name before a {@code
   * ..} is refused, for it could be a link itself.
   */
  private boolean link(ObjectId blob, String path, Path target) throws IOException {
    ObjectLoader loader = store.repository().open(blob, Constants.OBJ_BLOB);
    if (loader.getSize() > LONGEST_LINK) return false;
    byte[] bytes = loader.getCachedBytes(LONGEST_LINK);
    String to = new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    if (!staysInside(path, to)) return false;
    Files.createSymbolicLink(target, Path.of(to));
    return true;
  }

  static boolean staysInside(String path, String to) {
    if (to.isEmpty() || to.startsWith("/") || to.indexOf('\0') >= 0) return false;
    int up = (int) path.chars().filter(c -> c == '/').count();
    boolean down = false;
    for (String name : to.split("/")) {
      if (name.equals("..") && (down || --up < 0)) return false;
      if (!name.equals("..") && !name.equals(".") && !name.isEmpty()) down = true;
    }
    return true;
  }

  private static boolean isFile(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** Whatever Fettle's umask is: the daemon reads as nobody. */
  private static void readable(Path path, boolean enter) throws IOException {
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(enter ? "rwxr-xr-x" : "rw-r--r--"));
  }

  /** The newest few stay: somebody may still be reading them. */
  private void prune(String current) throws IOException {
    List<Path> old;
    try (Stream<Path> folders = Files.list(all())) {
      old =
          folders
              .filter(f -> !f.getFileName().toString().equals(current))
              .sorted(Comparator.comparing(Export::time).reversed())
              .skip(KEPT - 1L)
              .toList();
    }
    for (Path folder : old) FileSystemUtils.deleteRecursively(folder);
  }

  private static FileTime time(Path folder) {
    try {
      return Files.getLastModifiedTime(folder);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }
}
