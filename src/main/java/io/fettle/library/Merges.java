package io.fettle.library;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.merge.MergeStrategy;
import org.eclipse.jgit.merge.Merger;
import org.eclipse.jgit.merge.RecursiveMerger;
import org.springframework.stereotype.Component;

/** Makes merge commits without a work tree. */
@Component
class Merges {
  private static final int MOST_PATHS = 20;

  private final Store store;

  Merges(Store store) {
    this.store = store;
  }

  /**
   * A durable commit of both, which no branch has yet.
   *
   * @throws Problem 409 naming the files that both changed
   */
  ObjectId merge(ObjectId main, Changes.Change change, String reason, Actor actor) {
    Repository repository = store.repository();
    try {
      Merger merger = MergeStrategy.RECURSIVE.newMerger(repository, true);
      ObjectId tip = ObjectId.fromString(change.tip());
      if (!merger.merge(main, tip)) throw conflict(merger);
      PersonIdent author = store.person(actor.name(), actor.toString());
      CommitBuilder commit = new CommitBuilder();
      commit.setTreeId(merger.getResultTreeId());
      commit.setParentIds(main, tip);
      commit.setAuthor(author);
      commit.setCommitter(author);
      commit.setMessage(message(change, reason, actor));
      try (ObjectInserter inserter = repository.newObjectInserter()) {
        ObjectId id = inserter.insert(commit);
        inserter.flush();
        Path git = repository.getDirectory().toPath();
        Disk.syncObjects(git.resolve("objects"));
        return id;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String message(Changes.Change change, String reason, Actor actor) {
    return "Merge "
        + change.branch()
        + "\n\n"
        + (reason.isEmpty() ? "" : reason + "\n\n")
        + "Pushed-by: "
        + String.join(", ", change.movers())
        + "\nMerged-by: "
        + actor
        + "\n";
  }

  private static Problem conflict(Merger merger) {
    List<String> paths =
        merger instanceof RecursiveMerger both ? both.getUnmergedPaths() : List.of();
    String files = paths.stream().limit(MOST_PATHS).collect(Collectors.joining(", "));
    return new Problem(
        409,
        "conflict",
        new Label(
            "main 也改了这些文件，无法自动合并：" + files + "；请在本地合并或变基后再推送",
            "main changed the same lines of "
                + files
                + ": merge or rebase on your machine, then push again"),
        List.of());
  }
}
