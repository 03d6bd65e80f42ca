package io.fettle.library;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.library.PushRules.Wish;
import io.fettle.library.RefDesk.How;
import io.fettle.library.RefDesk.Move;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceiveCommand.Result;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Takes what a push brought, after its objects were checked and stored: judges, then moves. */
@Component
class PushDesk {
  private static final Logger LOG = LoggerFactory.getLogger(PushDesk.class);
  private static final String REASON = "reason=";
  private static final int LONGEST_REASON = 500;

  private final Store store;
  private final RefDesk refs;
  private final Review review;

  PushDesk(Store store, RefDesk refs, Review review) {
    this.store = store;
    this.refs = refs;
    this.review = review;
  }

  /** Receives one push of this viewer; what they are told is in their language. */
  ReceivePack receiver(Viewer viewer, Locale locale, LibrarySettings settings) {
    ReceivePack receiver = new ReceivePack(store.repository());
    receiver.setBiDirectionalPipe(false);
    receiver.setAllowPushOptions(true);
    receiver.setMaxPackSizeLimit(settings.packLimit().toBytes());
    receiver.setMaxObjectSizeLimit(settings.fileLimit().toBytes());
    receiver.setMaxCommandBytes(1 << 20);
    receiver.setMaxCommandDiscardBytes(4 << 20);
    receiver.setRefLogIdent(store.person(viewer.actor().name(), viewer.actor().toString()));
    receiver.setPreReceiveHook((pack, commands) -> take(pack, commands, viewer, locale));
    return receiver;
  }

  /** Sets every command's result itself, so that JGit moves nothing. */
  private void take(
      ReceivePack pack, Collection<ReceiveCommand> commands, Viewer viewer, Locale locale) {
    String reason = reason(pack);
    boolean mayMoveMain = !review.required() || viewer.is(Role.ADMINISTRATOR) && !reason.isEmpty();
    List<ReceiveCommand> good = new ArrayList<>();
    int count = refs.refs().size();
    for (ReceiveCommand command : commands) {
      Wish wish = wish(command, mayMoveMain, count);
      if (wish.creates()) count++;
      Optional<Label> refusal = PushRules.refusal(wish);
      refusal.ifPresentOrElse(
          why -> command.setResult(Result.REJECTED_OTHER_REASON, why.in(locale)),
          () -> good.add(command));
      if (refusal.isPresent() && command.getRefName().equals(Store.MAIN)) advise(pack, locale);
    }
    if (pack.isAtomic() && good.size() < commands.size()) return;
    syncObjects();
    if (pack.isAtomic()) move(good, viewer.actor(), reason, locale);
    else good.forEach(command -> move(List.of(command), viewer.actor(), reason, locale));
  }

  private Wish wish(ReceiveCommand command, boolean mayMoveMain, int count) {
    Repository repository = store.repository();
    boolean creates = command.getOldId().equals(ObjectId.zeroId());
    boolean deletes = command.getNewId().equals(ObjectId.zeroId());
    boolean forward =
        creates || !deletes && Ancestry.holds(repository, command.getNewId(), command.getOldId());
    boolean commit = !deletes && Ancestry.isCommit(repository, command.getNewId());
    Paths paths = commit ? paths(repository, command.getNewId()) : new Paths(0, 0);
    return new Wish(
        command.getRefName(),
        creates,
        deletes,
        forward,
        commit,
        mayMoveMain,
        count,
        paths.count(),
        paths.longest());
  }

  private record Paths(int count, int longest) {}

  /** Few objects can stand for more paths than any disk has, so it is not counted further. */
  private static Paths paths(Repository repository, ObjectId commit) {
    try (RevWalk walk = new RevWalk(repository);
        TreeWalk tree = new TreeWalk(repository)) {
      tree.addTree(walk.parseCommit(commit).getTree());
      int count = 0;
      int longest = 0;
      while (count <= PushRules.MOST_PATHS && tree.next()) {
        count++;
        longest = Math.max(longest, Export.bytesOfName(tree.getRawPath()));
        if (tree.isSubtree()) tree.enterSubtree();
      }
      return new Paths(count, longest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void advise(ReceivePack pack, Locale locale) {
    pack.sendMessage(
        new Label(
                "请推送到别的分支：git push origin HEAD:refs/heads/我的改动，再请另一个人在“脚本库”页面评审合并",
                "Push another branch: git push origin HEAD:refs/heads/my-change; somebody else then"
                    + " merges it on the page Scripts")
            .in(locale));
  }

  private void move(List<ReceiveCommand> commands, Actor actor, String reason, Locale locale) {
    if (commands.isEmpty()) return;
    try {
      String why = reason.isEmpty() ? null : reason;
      refs.move(
          commands.stream()
              .map(c -> new Move(c.getRefName(), c.getOldId(), c.getNewId(), actor, How.PUSH, why))
              .toList());
      commands.forEach(command -> command.setResult(Result.OK));
    } catch (RefDesk.Elsewhere e) {
      Label why = new Label("分支刚被别人移动，请先拉取", "it was moved meanwhile: fetch first");
      commands.forEach(c -> c.setResult(Result.REJECTED_OTHER_REASON, why.in(locale)));
    } catch (RefDesk.NamesClash e) {
      Label why = new Label("名称与 " + e.other() + " 冲突", "the name clashes with " + e.other());
      commands.forEach(c -> c.setResult(Result.REJECTED_OTHER_REASON, why.in(locale)));
    } catch (Problem e) {
      commands.forEach(c -> c.setResult(Result.REJECTED_OTHER_REASON, e.title().in(locale)));
    } catch (DataAccessException | TransactionException | UncheckedIOException e) {
      LOG.warn("a push was not recorded and is refused: {}", e.toString());
      Label why = new Label("无法记录，请稍后重推", "it could not be recorded: push again shortly");
      commands.forEach(c -> c.setResult(Result.REJECTED_OTHER_REASON, why.in(locale)));
    }
  }

  /** The pack is synced by JGit; that it is in its folder, by us, before any branch needs it. */
  private void syncObjects() {
    try {
      Path git = store.repository().getDirectory().toPath();
      Disk.sync(git.resolve("objects/pack"), git);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of {@code git push -o reason='…'}. */
  private static String reason(ReceivePack pack) {
    List<String> options = pack.getPushOptions();
    if (options == null) return "";
    return options.stream()
        .filter(option -> option.startsWith(REASON))
        .map(option -> RemoteText.cut(option.substring(REASON.length()).strip(), LONGEST_REASON))
        .findFirst()
        .orElse("");
  }
}
