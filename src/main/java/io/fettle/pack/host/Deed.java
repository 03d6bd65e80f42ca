package io.fettle.pack.host;

import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action.Presence;
import io.fettle.remediation.action.Action.Result;
import io.fettle.remediation.action.ActionContext;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import java.time.Duration;
import java.util.stream.Collectors;

/**
 * One script for root that ends in {@code done_ WHAT} after it has read back what it did, or in
 * {@code refused WHY} when it has changed nothing; both take the same in Chinese as a second word.
 */
final class Deed {
  private static final String HEAD =
      Said.SHELL
          + """
          refused() { say refused "$1"; say zh "${2:-$1}"; exit 9; }
          done_() { say done "$1"; say zh "${2:-$1}"; exit 0; }
          """;
  private static final Duration LOOK = Duration.ofSeconds(20);
  private static final int OUTPUT = 16_384;

  private Deed() {}

  /** Runs it; its words are the attempt's transcript. */
  static Result run(ActionContext context, String script, Duration limit) {
    SshCommand command = new SshCommand(HEAD + script, true, limit, OUTPUT, context::mayLeave);
    SshOutcome outcome = context.reach().ssh(context.machine().id(), command);
    return switch (outcome) {
      case SshOutcome.Ran ran -> result(context, ran);
      case SshOutcome.Failed failed -> {
        context.transcript("× " + failed.why());
        yield failed.maybeStarted()
            ? new Result.Uncertain(label("途中断开：", "broken off half-way: ", failed.words()))
            : new Result.Failed(label("未能执行：", "not started: ", failed.words()));
      }
    };
  }

  private static Result result(ActionContext context, SshOutcome.Ran ran) {
    Said said = Said.read(ran.out());
    said.values()
        .forEach((word, values) -> {
          if (!word.equals("zh")) values.forEach(v -> context.transcript("← " + word + " " + v));
        });
    if (!ran.err().isBlank())
      context.transcript(
          "← " + ran.err().strip().lines().limit(10).collect(Collectors.joining(" / ")));
    if (said.one("done").isPresent()) return new Result.Done(words(said, "done"));
    if (said.one("refused").isPresent())
      return new Result.Failed(label("没有做：", "not done: ", words(said, "refused")));
    return new Result.Uncertain(
        label("没有说完，退出码 ", "it did not come to its end, exit ", Label.same("" + ran.exit())));
  }

  /** Runs a script that only reads: done means present, refused means absent. */
  static Presence probe(ActionContext context, String script) {
    SshOutcome outcome =
        context
            .reach()
            .ssh(context.machine().id(), new SshCommand(HEAD + script, true, LOOK, OUTPUT));
    if (!(outcome instanceof SshOutcome.Ran ran)) return Presence.UNKNOWN;
    Said said = Said.read(ran.out());
    if (said.one("done").isPresent()) return Presence.PRESENT;
    return said.one("refused").isPresent() ? Presence.ABSENT : Presence.UNKNOWN;
  }

  private static Label words(Said said, String word) {
    String en = said.one(word).orElse("");
    return new Label(said.one("zh").orElse(en), en);
  }

  private static Label label(String zh, String en, Label what) {
    return new Label(zh + what.zh(), en + what.en());
  }
}
