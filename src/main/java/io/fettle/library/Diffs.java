package io.fettle.library;

import io.fettle.kernel.RemoteText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.eclipse.jgit.diff.DiffEntry;
import org.eclipse.jgit.diff.DiffFormatter;
import org.eclipse.jgit.diff.RawTextComparator;
import org.eclipse.jgit.errors.StopWalkException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevTree;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.eclipse.jgit.treewalk.AbstractTreeIterator;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What changed between two commits, file by file, bounded in files, bytes and lines. */
@Component
public class Diffs {
  private static final int MOST_FILES = 300;
  private static final int MOST_ENTRIES = 2 * PushRules.MOST_PATHS;
  private static final int LARGEST_FILE = 1 << 20;
  private static final int MOST_BYTES_OF_A_FILE = 200_000;
  private static final int MOST_BYTES = 600_000;
  private static final int LONGEST_LINE = 2_000;

  private final Store store;

  Diffs(Store store) {
    this.store = store;
  }

  /**
   * What kind of line: {@code ' '} the same, {@code '+'} new, {@code '-'} gone, {@code '@'} where.
   */
  public record Line(char sign, String text) {}

  /**
   * One file.
   *
   * @param change add, modify, delete, rename or copy
   * @param from its path before; null when it is new
   * @param to its path after; null when it is gone
   * @param binary true when no lines can be shown
   * @param cut true when there are more lines than are shown
   */
  public record FileDiff(
      String change,
      @Nullable String from,
      @Nullable String to,
      boolean binary,
      boolean cut,
      List<Line> lines) {
    public FileDiff {
      lines = List.copyOf(lines);
    }

    public String path() {
      return String.valueOf(to == null ? from : to);
    }
  }

  /**
   * All files.
   *
   * @param more how many changed files are not shown
   */
  public record Diff(List<FileDiff> files, int more) {
    public Diff {
      files = List.copyOf(files);
    }
  }

  /** What this commit did to its first parent. */
  Diff of(RevCommit commit) {
    try (RevWalk walk = new RevWalk(store.repository())) {
      RevTree before =
          commit.getParentCount() == 0 ? null : walk.parseCommit(commit.getParent(0)).getTree();
      return between(before, commit.getTree());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a branch did since it left the other one. */
  Diff since(ObjectId base, ObjectId tip) {
    try (RevWalk walk = new RevWalk(store.repository())) {
      RevTree after = walk.parseCommit(tip).getTree();
      walk.setRevFilter(RevFilter.MERGE_BASE);
      walk.markStart(walk.parseCommit(base));
      walk.markStart(walk.parseCommit(tip));
      RevCommit common = walk.next();
      RevTree before = common == null ? null : walk.parseCommit(common).getTree();
      return between(before, after);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Diff between(@Nullable RevTree before, RevTree after) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ObjectReader reader = store.repository().newObjectReader();
        DiffFormatter format = new DiffFormatter(new Ceiling(out))) {
      format.setRepository(store.repository());
      format.setDiffComparator(RawTextComparator.DEFAULT);
      format.setBinaryFileThreshold(LARGEST_FILE);
      format.setQuotePaths(false);
      format.setDetectRenames(true);
      format.setPathFilter(new Counted());
      List<DiffEntry> entries = format.scan(tree(reader, before), tree(reader, after));
      List<FileDiff> files = new ArrayList<>();
      int left = MOST_BYTES;
      for (DiffEntry entry : entries) {
        if (files.size() == MOST_FILES || left <= 0) break;
        out.reset();
        boolean cut = !formatted(format, entry);
        left -= out.size();
        files.add(file(entry, Decoded.beginning(out.toByteArray()), cut));
      }
      return new Diff(files, entries.size() - files.size());
    }
  }

  /** False when it was cut at the ceiling. */
  private static boolean formatted(DiffFormatter format, DiffEntry entry) throws IOException {
    try {
      format.format(entry);
      return true;
    } catch (Ceiling.Reached e) {
      return false;
    }
  }

  private static AbstractTreeIterator tree(ObjectReader reader, @Nullable RevTree tree)
      throws IOException {
    return tree == null ? new EmptyTreeIterator() : new CanonicalTreeParser(null, reader, tree);
  }

  private static FileDiff file(DiffEntry entry, Decoded text, boolean cut) {
    List<Line> lines = new ArrayList<>();
    boolean inHunk = false;
    boolean binary = text.binary();
    for (String line : text.text().split("\n")) {
      if (line.startsWith("@@")) inHunk = true;
      else if (!inHunk) {
        binary |= line.startsWith("Binary files ");
        continue;
      }
      if (!line.isEmpty())
        lines.add(new Line(line.charAt(0), RemoteText.cut(line.substring(1), LONGEST_LINE)));
    }
    boolean added = entry.getChangeType() == DiffEntry.ChangeType.ADD;
    boolean deleted = entry.getChangeType() == DiffEntry.ChangeType.DELETE;
    return new FileDiff(
        entry.getChangeType().name().toLowerCase(Locale.ROOT),
        added ? null : entry.getOldPath(),
        deleted ? null : entry.getNewPath(),
        binary,
        cut,
        lines);
  }

  /**
   * Ends the walk after so many entries: a few objects can stand for more paths than any disk has.
   */
  private static final class Counted extends TreeFilter {
    private int seen;

    @Override
    public boolean include(TreeWalk walker) {
      if (++seen > MOST_ENTRIES) throw StopWalkException.INSTANCE;
      return true;
    }

    @Override
    public boolean shouldBeRecursive() {
      return false;
    }

    @Override
    public TreeFilter clone() {
      return this;
    }
  }

  /** Takes so much of one file and no more. */
  private static final class Ceiling extends java.io.OutputStream {
    /** There is more than is shown. */
    static final class Reached extends IOException {
      private static final long serialVersionUID = 1L;
    }

    private final ByteArrayOutputStream out;

    Ceiling(ByteArrayOutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int room = MOST_BYTES_OF_A_FILE - out.size();
      out.write(bytes, offset, Math.min(room, length));
      if (length > room) throw new Reached();
    }
  }
}
