package io.fettle.library;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;

/** Which commit stands in whose history. */
final class Ancestry {
  private Ancestry() {}

  /** True when {@code tip} is {@code old} or was built on it; false when either is not there. */
  static boolean holds(Repository repository, ObjectId tip, ObjectId old) {
    try (RevWalk walk = new RevWalk(repository)) {
      return walk.isMergedInto(walk.parseCommit(old), walk.parseCommit(tip));
    } catch (MissingObjectException | IncorrectObjectTypeException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** True when the object is there and a commit. */
  static boolean isCommit(Repository repository, ObjectId id) {
    return holds(repository, id, id);
  }
}
