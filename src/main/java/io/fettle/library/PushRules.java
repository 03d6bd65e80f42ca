package io.fettle.library;

import io.fettle.kernel.Label;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.Constants;

/** Which branches and tags a push may move. Pure: facts in, a refusal or none out. */
final class PushRules {
  /** More branches and tags than this are a script gone wild. */
  static final int MOST_REFS = 2_000;

  /** More files and folders than this in one commit are no library of scripts. */
  static final int MOST_PATHS = 50_000;

  /** Bytes of a file's name that Linux takes. */
  static final int LONGEST_NAME = 255;

  /** What is taken for the (shortened) id of a commit: a name must not stand for another one. */
  private static final Pattern ID = Pattern.compile("refs/(heads|tags)/[0-9a-f]{7,40}");

  private PushRules() {}

  /**
   * What a push wants of one branch or tag, and what is so.
   *
   * @param creates it is not there yet
   * @param deletes it is to go
   * @param forward the new commit was built on the old one
   * @param commit the new object is a commit
   * @param mayMoveMain no other person is needed, or an administrator gave a reason
   * @param refs how many branches and tags there are, with those before it in this push
   * @param paths how many files and folders it has, counted as far as too many
   * @param longest bytes of the longest name among them
   */
  record Wish(
      String ref,
      boolean creates,
      boolean deletes,
      boolean forward,
      boolean commit,
      boolean mayMoveMain,
      int refs,
      int paths,
      int longest) {}

  static Optional<Label> refusal(Wish wish) {
    if (wish.paths() > MOST_PATHS)
      return refuse(
          "一个提交里超过 50000 个文件和目录", "more than 50,000 files and folders in one commit are not taken");
    if (wish.longest() > LONGEST_NAME)
      return refuse(
          "有文件名超过 255 字节，谁也检出不了",
          "a file's name has more than 255 bytes: nobody could check it out");
    if (wish.creates() && ID.matcher(wish.ref()).matches())
      return refuse(
          "这个名称看起来像提交的编号：请换一个", "the name looks like the id of a commit: choose another one");
    if (wish.ref().equals(Store.MAIN)) return main(wish);
    if (wish.ref().startsWith(Constants.R_TAGS)) return tag(wish);
    if (!wish.ref().startsWith(Constants.R_HEADS))
      return refuse("只接受分支和标签", "only branches and tags are taken");
    if (!wish.deletes() && !wish.commit()) return refuse("分支只能指向提交", "a branch points at a commit");
    return tooMany(wish);
  }

  private static Optional<Label> main(Wish wish) {
    if (wish.deletes()) return refuse("main 不能删除", "main cannot be deleted");
    if (!wish.forward() || !wish.commit())
      return refuse("main 的历史不能改写；请先 git pull", "the history of main is not rewritten; pull first");
    if (wish.mayMoveMain()) return Optional.empty();
    return refuse(
        "main 受保护：请推送到别的分支，由另一个人评审合并",
        "main is protected: push another branch and have it reviewed");
  }

  private static Optional<Label> tag(Wish wish) {
    if (!wish.creates() || wish.deletes())
      return refuse("标签一经建立不再变动", "a tag stays where it was put");
    return tooMany(wish);
  }

  private static Optional<Label> tooMany(Wish wish) {
    if (!wish.creates() || wish.refs() < MOST_REFS) return Optional.empty();
    return refuse("分支和标签已达 2000 个，请先清理", "there are 2,000 branches and tags: delete some");
  }

  private static Optional<Label> refuse(String zh, String en) {
    return Optional.of(new Label(zh, en));
  }
}
