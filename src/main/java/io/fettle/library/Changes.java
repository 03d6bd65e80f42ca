package io.fettle.library;

import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.library.Histories.Commit;
import io.fettle.library.RefDesk.How;
import io.fettle.library.RefDesk.Move;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Branches that main does not have yet, and their way into it. */
@Component
public class Changes {
  private static final int MOST = 200;
  private static final int MOST_COMMITS = 100;
  private static final int LONGEST_REASON = 500;

  private final Store store;
  private final LibraryDesk library;
  private final RefDesk refs;
  private final RefTable table;
  private final Review review;
  private final Merges merges;

  Changes(
      Store store,
      LibraryDesk library,
      RefDesk refs,
      RefTable table,
      Review review,
      Merges merges) {
    this.store = store;
    this.library = library;
    this.refs = refs;
    this.table = table;
    this.review = review;
    this.merges = merges;
  }

  /**
   * A branch with commits that main does not have.
   *
   * @param tip the commit to look at and to merge
   * @param movers who pushed it, as actors
   * @param movedAt null until the sweep has seen a branch that was moved by hand
   * @param ahead how many commits main does not have, at most 100
   */
  public record Change(
      String branch,
      String tip,
      String subject,
      List<String> movers,
      @Nullable Instant movedAt,
      int ahead) {
    public Change {
      movers = List.copyOf(movers);
    }
  }

  /**
   * Whether a viewer may merge a change.
   *
   * @param needsReason true when it is an administrator's exception, which needs a reason
   * @param why why not, or why a reason is needed; null when nothing stands against it
   */
  public record Leave(boolean may, boolean needsReason, @Nullable Label why) {}

  /** A merge as it was made. */
  public record Merged(String branch, String tip, String commit) {}

  /** The newest first. */
  List<Change> open() {
    ObjectId main = library.commit("main");
    List<Change> open = new ArrayList<>();
    for (Map.Entry<String, ObjectId> ref : refs.refs().entrySet()) {
      if (!ref.getKey().startsWith(Constants.R_HEADS) || ref.getKey().equals(Store.MAIN)) continue;
      if (!Ancestry.isCommit(store.repository(), ref.getValue())) continue;
      if (Ancestry.holds(store.repository(), main, ref.getValue())) continue;
      open.add(change(ref.getKey(), ref.getValue(), main));
      if (open.size() == MOST) break;
    }
    open.sort(
        Comparator.comparing((Change c) -> Optional.ofNullable(c.movedAt()).orElse(Instant.MAX))
            .reversed());
    return open;
  }

  /** One that is open; 404 when there is none of this name, or it is merged. */
  Change find(String branch) {
    ObjectId tip = refs.refs().get(Constants.R_HEADS + branch);
    ObjectId main = library.commit("main");
    boolean open =
        tip != null
            && Ancestry.isCommit(store.repository(), tip)
            && !Ancestry.holds(store.repository(), main, tip);
    if (tip == null || !open) throw Problem.notFound("change", RemoteText.cut(branch, 80));
    return change(Constants.R_HEADS + branch, tip, main);
  }

  private Change change(String ref, ObjectId tip, ObjectId main) {
    return new Change(
        ref.substring(Constants.R_HEADS.length()),
        tip.name(),
        RemoteText.cut(library.commit(tip.name()).getShortMessage(), 200),
        table.movers(ref),
        table.movedAt(ref).orElse(null),
        commits(main, tip).size());
  }

  /** What main does not have of it, newest first. */
  List<Commit> commits(Change change) {
    return commits(library.commit("main"), ObjectId.fromString(change.tip()));
  }

  private List<Commit> commits(ObjectId main, ObjectId tip) {
    try (RevWalk walk = new RevWalk(store.repository())) {
      walk.markStart(walk.parseCommit(tip));
      walk.markUninteresting(walk.parseCommit(main));
      List<Commit> commits = new ArrayList<>();
      for (RevCommit commit : walk) {
        commits.add(Commit.of(commit));
        if (commits.size() == MOST_COMMITS) break;
      }
      return commits;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Leave leave(Change change, Viewer viewer) {
    if (!viewer.is(Role.OPERATOR))
      return new Leave(false, false, new Label("您的角色只能读取", "Your role may only read"));
    if (!review.required()) return new Leave(true, false, null);
    if (change.movers().stream().anyMatch(mover -> mover.startsWith("system:")))
      return found(viewer.is(Role.ADMINISTRATOR));
    if (review.isAnother(viewer, change.movers())) return new Leave(true, false, null);
    if (viewer.is(Role.ADMINISTRATOR))
      return new Leave(
          true,
          true,
          new Label(
              "这是您自己的改动：管理员可以例外合并，但必须写明原因",
              "This is your own change: as an administrator you may merge it as an exception, with a"
                  + " reason"));
    return new Leave(
        false,
        false,
        new Label("这是您自己的改动：请另一个人评审合并", "This is your own change: somebody else merges it"));
  }

  /** Moved past Fettle, or in an outage: who did it, and so who is another person, is not known. */
  private static Leave found(boolean administrator) {
    return administrator
        ? new Leave(
            true,
            true,
            new Label(
                "这个分支由谁推送没有记录：管理员可以例外合并，但必须写明原因",
                "Who moved this branch is not on record: as an administrator you may merge it as an"
                    + " exception, with a reason"))
        : new Leave(
            false,
            false,
            new Label(
                "这个分支由谁推送没有记录：请换一个名称重新推送",
                "Who moved this branch is not on record: push it again under another name"));
  }

  /**
   * Merges it, if it still is what the viewer looked at, and deletes the branch.
   *
   * @param tip the commit that was looked at, in full
   */
  Merged merge(String branch, String tip, String reason, Viewer viewer) {
    Change change = find(branch);
    if (!change.tip().equals(tip))
      throw Problem.conflict("这个分支又有了新的提交，请重新查看", "The branch has moved since: look at it again");
    String why = RemoteText.cut(reason.strip(), LONGEST_REASON);
    Leave leave = leave(change, viewer);
    Label against = leave.why();
    if (!leave.may() && against != null) throw Problem.forbidden(against.zh(), against.en());
    if (leave.needsReason() && why.isEmpty())
      throw Problem.badInput("reason", "", "请写明原因", "Give the reason");
    ObjectId main = library.commit("main").copy();
    ObjectId merged = merges.merge(main, change, why, viewer.actor());
    String ref = Constants.R_HEADS + branch;
    String note = why.isEmpty() ? null : why;
    try {
      refs.move(
          List.of(
              new Move(Store.MAIN, main, merged, viewer.actor(), How.MERGE, note),
              new Move(
                  ref,
                  ObjectId.fromString(tip),
                  ObjectId.zeroId(),
                  viewer.actor(),
                  How.MERGE,
                  note)));
    } catch (RefDesk.Elsewhere e) {
      throw Problem.conflict("main 或该分支刚刚移动，请重试", "main or the branch has just moved: try again");
    }
    return new Merged(branch, tip, merged.name());
  }
}
