package io.fettle.library;

import io.fettle.kernel.RemoteText;
import io.fettle.library.Histories.Commit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jgit.blame.BlameGenerator;
import org.eclipse.jgit.revwalk.RevCommit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Which commit wrote which line. */
@Component
public class Blames {
  private static final long LONGEST = Duration.ofSeconds(10).toNanos();
  private static final int MOST_LINES = 5_000;
  private static final int LONGEST_LINE = 2_000;

  private final Store store;
  private final Trees trees;

  Blames(Store store, Trees trees) {
    this.store = store;
    this.trees = trees;
  }

  /**
   * Lines of one commit that stand together.
   *
   * @param commit null where the search was ended before it was found
   * @param first number of its first line, from 1
   */
  public record Piece(@Nullable Commit commit, int first, List<String> lines) {
    public Piece {
      lines = List.copyOf(lines);
    }
  }

  /** A file with the commits of its lines; pieces are empty when it is binary or too large. */
  public record Blame(Trees.Text file, List<Piece> pieces) {
    public Blame {
      pieces = List.copyOf(pieces);
    }
  }

  Blame of(String ref, String path) {
    Trees.Text file = trees.file(ref, path);
    boolean binary = file.encoding().equals(Decoded.BINARY.encoding());
    String[] lines = file.text().split("\n", -1);
    int count = lines[lines.length - 1].isEmpty() ? lines.length - 1 : lines.length;
    if (binary || file.cut() || count > MOST_LINES) return new Blame(file, List.of());
    return new Blame(file, pieces(lines, commits(file, count)));
  }

  private @Nullable RevCommit[] commits(Trees.Text file, int count) {
    @Nullable RevCommit[] commits = new RevCommit[count];
    long end = System.nanoTime() + LONGEST;
    try (BlameGenerator blame = new BlameGenerator(store.repository(), file.path())) {
      blame.push(null, store.repository().resolve(file.commit()));
      while (System.nanoTime() - end < 0 && blame.next())
        for (int i = blame.getResultStart(); i < Math.min(count, blame.getResultEnd()); i++)
          commits[i] = blame.getSourceCommit();
      return commits;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Piece> pieces(String[] lines, @Nullable RevCommit[] commits) {
    Map<RevCommit, Commit> known = new HashMap<>();
    List<Piece> pieces = new ArrayList<>();
    for (int i = 0; i < commits.length; ) {
      int first = i;
      RevCommit commit = commits[i];
      List<String> own = new ArrayList<>();
      while (i < commits.length && Objects.equals(commits[i], commit))
        own.add(RemoteText.cut(lines[i++], LONGEST_LINE));
      Commit shown = commit == null ? null : known.computeIfAbsent(commit, Commit::of);
      pieces.add(new Piece(shown, first + 1, own));
    }
    return pieces;
  }
}
