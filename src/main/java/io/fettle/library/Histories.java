package io.fettle.library;

import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.RemoteText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.filter.AndTreeFilter;
import org.eclipse.jgit.treewalk.filter.PathFilter;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Commits, newest first. */
@Component
public class Histories {
  private static final int MOST = 200;
  private static final int DEEPEST = 20_000;
  private static final int LONGEST_MESSAGE = 20_000;
  private static final Pattern CURSOR = Pattern.compile("([0-9a-f]{40})-([0-9]{1,6})");

  private final Store store;
  private final LibraryDesk library;

  Histories(Store store, LibraryDesk library) {
    this.store = store;
    this.library = library;
  }

  /**
   * A commit as lists show it.
   *
   * @param author as the commit says; who pushed it stands in the audit record
   * @param subject first line of its message
   */
  public record Commit(String id, String author, Instant at, String subject, List<String> parents) {
    public Commit {
      parents = List.copyOf(parents);
    }

    static Commit of(RevCommit commit) {
      PersonIdent author = commit.getAuthorIdent();
      List<String> parents = new ArrayList<>();
      for (RevCommit parent : commit.getParents()) parents.add(parent.name());
      return new Commit(
          commit.name(),
          RemoteText.cut(author.getName(), 100),
          author.getWhenAsInstant(),
          RemoteText.cut(commit.getShortMessage(), 200),
          parents);
    }
  }

  static String message(RevCommit commit) {
    return RemoteText.cut(commit.getFullMessage(), LONGEST_MESSAGE);
  }

  /**
   * The commits of a branch; with a path only those that changed it.
   *
   * @param path empty for all
   * @param cursor the {@code next} of the page before; it stays with the commit it began at
   */
  Page<Commit> page(String ref, String path, @Nullable String cursor, int limit) {
    int size = Math.clamp(limit, 1, MOST);
    Matcher at = CURSOR.matcher(cursor == null ? "" : cursor);
    if (cursor != null && !at.matches()) throw badCursor(cursor);
    ObjectId head = library.commit(cursor == null ? ref : at.group(1));
    int skip = cursor == null ? 0 : Integer.parseInt(at.group(2));
    if (skip > DEEPEST) throw badCursor(String.valueOf(cursor));
    try (RevWalk walk = new RevWalk(store.repository())) {
      walk.markStart(walk.parseCommit(head));
      if (!path.isEmpty())
        walk.setTreeFilter(AndTreeFilter.create(PathFilter.create(path), TreeFilter.ANY_DIFF));
      List<Commit> commits = new ArrayList<>();
      int number = 0;
      for (RevCommit commit : walk) {
        if (number++ < skip) continue;
        if (commits.size() == size) return new Page<>(commits, head.name() + "-" + (skip + size));
        commits.add(Commit.of(commit));
      }
      return new Page<>(commits, null);
    } catch (IllegalArgumentException e) {
      throw Problem.notFound("file", RemoteText.cut(path, 80));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Problem badCursor(String cursor) {
    return Problem.badInput(
        "cursor",
        RemoteText.cut(cursor, 80),
        "游标无效，请使用上一页返回的 next",
        "not a cursor: use the next of the page before");
  }
}
