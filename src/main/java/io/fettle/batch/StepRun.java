package io.fettle.batch;

import io.fettle.kernel.Label;
import io.fettle.kernel.RemoteText;
import io.fettle.remediation.action.Action.Result;
import io.fettle.remediation.action.ActionContext;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** The text of a saved job on one machine, as a step; told in the words of jobs. */
final class StepRun {
  private static final int OUTPUT = 64 * 1024;
  private static final int LINES = 200;
  private static final int FIRST = 3;
  private static final int WIDTH = 200;

  private final ActionContext context;

  StepRun(ActionContext context) {
    this.context = context;
  }

  Result of(String text, boolean root, Duration limit) {
    AtomicBoolean left = new AtomicBoolean();
    BooleanSupplier mayLeave =
        () -> {
          boolean may = context.mayLeave();
          if (may) left.set(true);
          return may;
        };
    Transcript heard = new Transcript(OUTPUT);
    context.transcript(
        "→ "
            + context.params().get(SavedStep.JOB)
            + " version "
            + context.params().get("job.version")
            + ", sha256 "
            + context.params().get("job.sha256")
            + (root ? ", as root" : ""));
    var command = new SshCommand(text, root, limit, OUTPUT, mayLeave, heard);
    SshOutcome outcome = context.reach().ssh(context.machine().id(), command);
    List<String> lines = said(heard);
    return switch (outcome) {
      case SshOutcome.Ran ran -> ran(ran, lines);
      case SshOutcome.Failed failed -> failed(failed, left.get(), lines);
    };
  }

  private List<String> said(Transcript heard) {
    List<String> lines =
        heard.rest().stream()
            .map(Transcript.Part::text)
            .collect(Collectors.joining())
            .lines()
            .toList();
    lines.stream()
        .limit(LINES)
        .forEach(line -> context.transcript("← " + RemoteText.cut(line, 2_000)));
    if (lines.size() > LINES) context.transcript("… " + (lines.size() - LINES) + " lines more");
    if (heard.sum().cut()) context.transcript("… cut at " + OUTPUT + " bytes");
    return lines;
  }

  private Result ran(SshOutcome.Ran ran, List<String> lines) {
    context.transcript("← exit " + ran.exit());
    Label words = with(new Label("退出码 " + ran.exit(), "exit " + ran.exit()), first(lines));
    return ran.exit() == 0 ? new Result.Done(words) : new Result.Failed(words);
  }

  private Result failed(SshOutcome.Failed failed, boolean left, List<String> lines) {
    Verdict verdict = ByShell.verdict(failed.kind(), left);
    Label why = failed.words();
    Label words =
        new Label(
            verdict.label().zh() + "：" + RemoteText.cut(why.zh(), 500),
            verdict.label().en() + ": " + RemoteText.cut(why.en(), 500));
    context.transcript("← " + words.en());
    return verdict == Verdict.UNKNOWN
        ? new Result.Uncertain(with(words, first(lines)))
        : new Result.Failed(with(words, first(lines)));
  }

  private static String first(List<String> lines) {
    return lines.stream()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .limit(FIRST)
        .map(line -> RemoteText.cut(line, WIDTH))
        .collect(Collectors.joining(" / "));
  }

  private static Label with(Label words, String said) {
    return said.isEmpty() ? words : new Label(words.zh() + "：" + said, words.en() + ": " + said);
  }
}
