package io.fettle.library;

import io.fettle.kernel.RemoteText;
import io.fettle.library.MirrorWork.Behind;
import java.io.IOException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;

/**
 * What at a mirror may give way to what is here: only what this library itself once had under that
 * name. A library that was restored from an older backup does not know what came after it, and
 * somebody may have pushed to the mirror: both are the only copy there is.
 */
final class Replaceable {
  private static final int LONGEST = 100;

  private final Repository repository;
  private final RefTable table;

  Replaceable(Repository repository, RefTable table) {
    this.repository = repository;
    this.table = table;
  }

  /** For main and tags only what leads forward. */
  static boolean isLasting(String ref) {
    return ref.equals(Store.MAIN) || ref.startsWith(Constants.R_TAGS);
  }

  /**
   * True when nothing is lost there by it.
   *
   * @param to the zero id: it is gone here
   */
  boolean by(String ref, ObjectId there, ObjectId to) throws IOException {
    boolean gone = to.equals(ObjectId.zeroId());
    if (!gone && (to.equals(there) || Ancestry.holds(repository, to, there))) return true;
    if (isLasting(ref) && !(gone && !ref.equals(Store.MAIN))) return false;
    return repository.getObjectDatabase().has(there) && table.stood(ref, there.name());
  }

  /** Why a branch was left as it is, and the way out. */
  static Behind not(String ref, ObjectId there, int more) {
    String name = RemoteText.cut(Repository.shortenRefName(ref), LONGEST);
    String id = there.abbreviate(10).name();
    return new Behind(
        "那里的 "
            + name
            + (more == 0 ? "" : "（另有 " + more + " 个）")
            + " 在 "
            + id
            + "，这里从未有过：不覆盖。请从镜像取回（git fetch）并推送到这里，不需要的话在那里删除它",
        name
            + (more == 0 ? "" : " (and " + more + " more)")
            + " stands there at "
            + id
            + ", where it never stood here: it is not overwritten. Fetch it from the mirror and push it"
            + " here or, if nobody needs it, delete it there");
  }
}
