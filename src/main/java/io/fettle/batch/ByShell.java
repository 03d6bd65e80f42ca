package io.fettle.batch;

import io.fettle.kernel.Label;
import io.fettle.reach.Reach;
import io.fettle.remediation.action.BulkLeases.Budget;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.springframework.dao.DataAccessException;

/** A command or a script over SSH. */
final class ByShell implements Doing {
  private static final Label NO_VALUES =
      new Label("数据库没有给出变量的值", "The database did not give the values of its variables");

  private final Reach reach;
  private final Job job;
  private final Texts texts;
  private final int outputLimit;

  ByShell(Reach reach, Job job, Texts texts, int outputLimit) {
    this.reach = reach;
    this.job = job;
    this.texts = texts;
    this.outputLimit = outputLimit;
  }

  @Override
  public Duration timeLimit() {
    return job.order().limit();
  }

  @Override
  public Budget budget() {
    return Budget.COMMANDS;
  }

  @Override
  public Doing near(Collection<Item> items) {
    return new ByShell(
        reach.near(items.stream().map(Item::machine).toList()), job, texts, outputLimit);
  }

  @Override
  public Came run(Item item, Transcript transcript, BooleanSupplier mayLeave) {
    AtomicBoolean left = new AtomicBoolean();
    BooleanSupplier marked =
        () -> {
          boolean may = mayLeave.getAsBoolean();
          if (may) left.set(true);
          return may;
        };
    String text;
    try {
      text = text(item);
    } catch (DataAccessException e) {
      return new Came(Verdict.NOT_STARTED, null, NO_VALUES);
    }
    var command =
        new SshCommand(text, job.root(), job.order().limit(), outputLimit, marked, transcript);
    return switch (reach.ssh(item.machine(), command)) {
      case SshOutcome.Ran ran when ran.exit() == 0 -> new Came(Verdict.OK, 0, null);
      case SshOutcome.Ran ran -> new Came(Verdict.EXIT, ran.exit(), null);
      case SshOutcome.Failed failed when failed.kind() == SshOutcome.Kind.BUSY && !left.get() ->
          throw new Crowded(failed.why());
      case SshOutcome.Failed failed ->
          new Came(verdict(failed.kind(), left.get()), null, words(failed));
    };
  }

  private String text(Item item) {
    String text = texts.of(job, item.no());
    return job.kind() == JobKind.SCRIPT ? Interpreter.sent(job.body(), text) : text;
  }

  /**
   * Doubt only where something was let out: before that, whatever broke, nothing can have run.
   *
   * @param left whether the script was let out
   */
  static Verdict verdict(SshOutcome.Kind kind, boolean left) {
    return switch (kind) {
      case REFUSED -> Verdict.REFUSED;
      case CONNECT_TIMEOUT -> Verdict.CONNECT_TIMEOUT;
      case BANNER_TIMEOUT -> Verdict.BANNER_TIMEOUT;
      case AUTH_TIMEOUT -> Verdict.AUTH_TIMEOUT;
      case HOST_KEY_CHANGED -> Verdict.HOST_KEY_CHANGED;
      case AUTH_REFUSED -> Verdict.AUTH_REFUSED;
      case SUDO_REFUSED -> Verdict.SUDO_REFUSED;
      case NO_ADDRESS, NO_CREDENTIAL, BUSY, TOO_LATE, BROKEN_BEFORE_SEND -> Verdict.NOT_STARTED;
      case KILLED_AT_LIMIT -> left ? Verdict.KILLED : Verdict.NOT_STARTED;
      case BROKEN_AFTER_SEND -> left ? Verdict.UNKNOWN : Verdict.NOT_STARTED;
    };
  }

  private static Label words(SshOutcome.Failed failed) {
    Label words = failed.words();
    return new Label(cut(words.zh()), cut(words.en()));
  }

  private static String cut(String text) {
    return io.fettle.kernel.RemoteText.cut(text, 500);
  }
}
