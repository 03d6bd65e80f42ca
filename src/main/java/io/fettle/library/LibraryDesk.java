package io.fettle.library;

import io.fettle.kernel.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.errors.AmbiguousObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.RevisionSyntaxException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.springframework.stereotype.Component;

/** The library out of its repository. */
@Component
class LibraryDesk implements Library {
  private static final int LARGEST_SCRIPT = 16 << 20;
  private static final int LONGEST_PATH = 1_000;

  private final Store store;

  LibraryDesk(Store store) {
    this.store = store;
  }

  @Override
  public String head() {
    return commit("main").name();
  }

  /** A file at a commit, not read yet. */
  record Found(String commit, String blob, ObjectLoader file) {}

  @Override
  public Script script(String path, String commit) {
    Found found = find(path, commit);
    if (found.file().getSize() > LARGEST_SCRIPT)
      throw Problem.badInput(
          "path", cut(path), "脚本超过 16 MB", "a script of more than 16 MB is not run");
    try {
      byte[] bytes = found.file().getCachedBytes(LARGEST_SCRIPT);
      return new Script(path, found.commit(), found.blob(), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A file of whatever size.
   *
   * @throws Problem 404 when there is no such file at the commit
   */
  Found find(String path, String commit) {
    ObjectId id = commit(commit);
    if (path.isBlank() || path.length() > LONGEST_PATH || path.startsWith("/"))
      throw Problem.notFound("script", cut(path));
    Repository repository = store.repository();
    try (RevWalk walk = new RevWalk(repository);
        TreeWalk tree = TreeWalk.forPath(repository, path, walk.parseCommit(id).getTree())) {
      if (tree == null || !isFile(tree.getFileMode(0)))
        throw Problem.notFound("script", cut(path) + " @ " + id.abbreviate(10).name());
      ObjectId blob = tree.getObjectId(0);
      return new Found(id.name(), blob.name(), repository.open(blob, Constants.OBJ_BLOB));
    } catch (IllegalArgumentException e) {
      // An empty name between two slashes.
      throw Problem.notFound("script", cut(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<String> paths(String commit, int most) {
    try (TreeWalk tree = new TreeWalk(store.repository())) {
      tree.addTree(commit(commit).getTree());
      tree.setRecursive(true);
      List<String> paths = new ArrayList<>();
      while (paths.size() < most && tree.next())
        if (isFile(tree.getFileMode(0))) paths.add(tree.getPathString());
      return paths;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The commit that a branch, a tag or the (shortened) id of a commit stands for.
   *
   * @throws Problem 404 when it stands for none
   */
  RevCommit commit(String name) {
    Repository repository = store.repository();
    try (RevWalk walk = new RevWalk(repository)) {
      RevCommit commit = walk.parseCommit(named(repository, name));
      walk.parseBody(commit);
      return commit;
    } catch (MissingObjectException
        | IncorrectObjectTypeException
        | RevisionSyntaxException
        | AmbiguousObjectException e) {
      throw Problem.notFound("commit", cut(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A whole id is always that object; else branches before tags before shortened ids. Git's
   * expressions ({@code main~3}) are not taken.
   */
  private static ObjectId named(Repository repository, String name) throws IOException {
    if (name.length() > LONGEST_PATH) throw Problem.notFound("commit", cut(name));
    if (ObjectId.isId(name)) return ObjectId.fromString(name);
    for (String prefix : new String[] {Constants.R_HEADS, Constants.R_TAGS}) {
      if (!Repository.isValidRefName(prefix + name)) continue;
      Ref ref = repository.exactRef(prefix + name);
      if (ref != null && ref.getObjectId() != null) return ref.getObjectId();
    }
    ObjectId id = name.matches("[0-9a-f]{7,40}") ? repository.resolve(name + "^{commit}") : null;
    if (id == null) throw Problem.notFound("commit", cut(name));
    return id;
  }

  private static boolean isFile(FileMode mode) {
    return mode.equals(FileMode.REGULAR_FILE) || mode.equals(FileMode.EXECUTABLE_FILE);
  }

  private static String cut(String text) {
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }
}
