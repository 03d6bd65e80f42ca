package io.fettle.library;

import io.fettle.kernel.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.springframework.stereotype.Component;

/** Folders and files at a commit, as people look at them: bounded, decoded. */
@Component
public class Trees {
  private static final int MOST_ENTRIES = 2_000;
  private static final int MOST_SHOWN = 512 * 1024;

  private final Store store;
  private final LibraryDesk library;

  Trees(Store store, LibraryDesk library) {
    this.store = store;
    this.library = library;
  }

  /** What an entry of a folder is. */
  public enum Kind {
    FOLDER,
    FILE,
    LINK,
    OTHER
  }

  /**
   * @param size in bytes; 0 for what has none
   * @param executable true when it may be run as it is
   */
  public record Entry(String name, String path, Kind kind, long size, boolean executable) {}

  /**
   * A folder.
   *
   * @param ref as it was asked for
   * @param cut true when there are more entries than are shown
   */
  public record Folder(String ref, String commit, String path, List<Entry> entries, boolean cut) {
    public Folder {
      entries = List.copyOf(entries);
    }
  }

  /**
   * A file.
   *
   * @param encoding in which its text was read, or {@code binary}
   * @param text its beginning at least; empty when binary
   * @param cut true when there is more than is shown
   */
  public record Text(
      String ref,
      String commit,
      String path,
      String blob,
      long size,
      String encoding,
      String text,
      boolean cut) {}

  /** True when the path is a file there (or a link, or another library's commit). */
  boolean isFile(String ref, String path) {
    return !path.isEmpty() && mode(library.commit(ref), path) != FileMode.TREE;
  }

  Folder folder(String ref, String path) {
    RevCommit commit = library.commit(ref);
    Repository repository = store.repository();
    try (TreeWalk walk = new TreeWalk(repository)) {
      walk.addTree(path.isEmpty() ? commit.getTree() : id(commit, path));
      List<Entry> entries = new ArrayList<>();
      while (entries.size() <= MOST_ENTRIES && walk.next()) entries.add(entry(walk, path));
      boolean cut = entries.size() > MOST_ENTRIES;
      if (cut) entries.removeLast();
      entries.sort(
          Comparator.comparing((Entry e) -> e.kind() != Kind.FOLDER).thenComparing(Entry::name));
      return new Folder(ref, commit.name(), path, entries, cut);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Entry entry(TreeWalk walk, String folder) throws IOException {
    FileMode mode = walk.getFileMode(0);
    Kind kind = kind(mode);
    String name = walk.getNameString();
    long size =
        kind == Kind.FILE
            ? walk.getObjectReader().getObjectSize(walk.getObjectId(0), Constants.OBJ_BLOB)
            : 0;
    String path = folder.isEmpty() ? name : folder + "/" + name;
    return new Entry(name, path, kind, size, mode.equals(FileMode.EXECUTABLE_FILE));
  }

  private static Kind kind(FileMode mode) {
    if (mode.equals(FileMode.TREE)) return Kind.FOLDER;
    if (mode.equals(FileMode.SYMLINK)) return Kind.LINK;
    return mode.equals(FileMode.GITLINK) ? Kind.OTHER : Kind.FILE;
  }

  Text file(String ref, String path) {
    RevCommit commit = library.commit(ref);
    FileMode mode = mode(commit, path);
    if (mode.equals(FileMode.TREE) || mode.equals(FileMode.GITLINK)) throw missing(path);
    try {
      ObjectId blob = id(commit, path);
      ObjectLoader content = store.repository().open(blob, Constants.OBJ_BLOB);
      byte[] bytes = beginning(content);
      boolean cut = content.getSize() > bytes.length;
      Decoded text = cut ? Decoded.beginning(bytes) : Decoded.whole(bytes);
      return new Text(
          ref,
          commit.name(),
          path,
          blob.name(),
          content.getSize(),
          text.encoding(),
          text.text(),
          cut);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] beginning(ObjectLoader content) throws IOException {
    try (InputStream in = content.openStream()) {
      return in.readNBytes(MOST_SHOWN);
    }
  }

  private FileMode mode(RevCommit commit, String path) {
    try (TreeWalk walk = at(commit, path)) {
      return walk.getFileMode(0);
    }
  }

  private ObjectId id(RevCommit commit, String path) {
    try (TreeWalk walk = at(commit, path)) {
      return walk.getObjectId(0);
    }
  }

  private TreeWalk at(RevCommit commit, String path) {
    if (path.isEmpty() || path.length() > 1_000) throw missing(path);
    try {
      TreeWalk walk = TreeWalk.forPath(store.repository(), path, commit.getTree());
      if (walk == null) throw missing(path);
      return walk;
    } catch (IllegalArgumentException e) {
      throw missing(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Problem missing(String path) {
    return Problem.notFound("file", path.length() > 80 ? path.substring(0, 80) + "…" : path);
  }
}
