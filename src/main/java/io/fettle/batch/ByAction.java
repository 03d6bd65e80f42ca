package io.fettle.batch;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Label;
import io.fettle.kernel.RemoteText;
import io.fettle.reach.Reach;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import io.fettle.remediation.action.BulkLeases.Budget;
import io.fettle.remediation.action.Foresight;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * A typed action: looked at afterwards by a visit of its own, and the way back kept before anything
 * is changed. In a dry run only what it would come to, which nothing may leave for.
 */
final class ByAction implements Doing {
  private static final Logger LOG = LoggerFactory.getLogger(ByAction.class);
  private static final Duration LOOK_AFTERWARDS = Duration.ofSeconds(30);

  private final Action action;
  private final Job job;
  private final Desk desk;

  ByAction(Action action, Job job, Desk desk) {
    this.action = action;
    this.job = job;
    this.desk = desk;
  }

  @Override
  public Duration timeLimit() {
    return action.timeLimit().plus(LOOK_AFTERWARDS);
  }

  @Override
  public Budget budget() {
    return job.dry() || action.effect() == Action.Effect.READ ? Budget.NONE : Budget.CHANGES;
  }

  @Override
  public Came run(Item item, Transcript transcript, BooleanSupplier mayLeave) {
    Context context = null;
    try {
      Optional<MachineDoc> machine = desk.register().machine(item.machine());
      if (machine.isEmpty())
        return new Came(
            Verdict.NOT_STARTED, null, new Label("登记簿里已没有这台机器", "The register no longer has it"));
      context = new Context(machine.get(), item, transcript, job.dry() ? () -> false : mayLeave);
      Optional<Label> refusal = action.refuses(context);
      if (refusal.isPresent()) return new Came(Verdict.SKIPPED, null, safe(refusal.get()));
      return job.dry() ? foreseen(action.foresee(context), transcript) : did(context);
    } catch (DataAccessException | TransactionException e) {
      throw e; // the driver tries again what was not let out
    } catch (RuntimeException e) {
      LOG.warn("action={} broke off: {}", action.name(), e.toString());
      Label why =
          new Label(
              "动作异常中断：" + e.getClass().getSimpleName(),
              "The action broke: " + e.getClass().getSimpleName());
      boolean left = context != null && context.left;
      return new Came(left ? Verdict.UNKNOWN : Verdict.NOT_STARTED, null, why);
    }
  }

  /** Equal for machines on which the same would be done, so that they fold. */
  private static Came foreseen(Foresight foresight, Transcript transcript) {
    return switch (foresight) {
      case Foresight.AsWanted as ->
          new Came(
              Verdict.OK,
              null,
              safe(
                  new Label("不会改动：" + as.what().zh(), "Nothing would be done: " + as.what().en())));
      case Foresight.WouldRead read ->
          new Came(
              Verdict.OK,
              null,
              safe(new Label("会取回：" + read.what().zh(), "Would be fetched: " + read.what().en())));
      case Foresight.WouldNot not -> new Came(Verdict.SKIPPED, null, safe(not.why()));
      case Foresight.Untold untold ->
          new Came(
              Verdict.FAILED,
              null,
              safe(new Label("问不出：" + untold.why().zh(), "Cannot be told: " + untold.why().en())));
      case Foresight.Would would -> {
        for (Foresight.Change change : would.changes()) {
          transcript.say("- " + line(change.what() + ": " + change.from()));
          transcript.say("+ " + line(change.what() + ": " + change.to()));
        }
        for (String sent : would.sends()) transcript.say("→ " + line(sent));
        yield new Came(Verdict.OK, null, new Label("会改动", "It would be changed"));
      }
    };
  }

  private static String line(String text) {
    return RemoteText.cut(text, 2_000).replaceAll("\\R", " ");
  }

  private Came did(Context context) {
    return switch (action.run(context)) {
      case Action.Result.Done done -> seen(context, safe(done.what()));
      case Action.Result.Failed failed -> new Came(Verdict.FAILED, null, safe(failed.why()));
      case Action.Result.Uncertain doubt -> new Came(Verdict.UNKNOWN, null, safe(doubt.why()));
    };
  }

  /** Where a second look can tell, it has the last word; where it cannot, the action's own has. */
  private Came seen(Context context, Label done) {
    if (action.probe(context) != Action.Presence.ABSENT) return new Came(Verdict.OK, null, done);
    Label why =
        new Label(done.zh() + "；但再看一次并非如此", done.en() + "; but a second look shows otherwise");
    return new Came(Verdict.UNPROVEN, null, why);
  }

  private static Label safe(Label label) {
    return new Label(RemoteText.cut(label.zh(), 500), RemoteText.cut(label.en(), 500));
  }

  private final class Context implements ActionContext {
    private final MachineDoc machine;
    private final Item item;
    private final Transcript transcript;
    private final BooleanSupplier mayLeave;
    private final Map<String, Object> params;
    private volatile boolean left;

    private Context(
        MachineDoc machine, Item item, Transcript transcript, BooleanSupplier mayLeave) {
      this.machine = machine;
      this.item = item;
      this.transcript = transcript;
      this.mayLeave = mayLeave;
      Map<String, Object> all = new HashMap<>(job.params());
      if (job.undoOf() != null) all.putAll(desk.effects().given(job.id(), item.no()));
      params = Map.copyOf(all);
    }

    @Override
    public MachineDoc machine() {
      return machine;
    }

    @Override
    public String component() {
      return String.valueOf(params.getOrDefault("component", ""));
    }

    @Override
    public Map<String, Object> params() {
      return params;
    }

    @Override
    public Map<String, Object> evidence() {
      return Map.of();
    }

    @Override
    public Reach reach() {
      return desk.reach();
    }

    @Override
    public boolean late() {
      return !mayLeave.getAsBoolean();
    }

    @Override
    public boolean mayLeave() {
      boolean may = mayLeave.getAsBoolean();
      left |= may;
      return may;
    }

    @Override
    public void wayBack(Map<String, Object> back) {
      if (!job.dry()) desk.effects().wayBack(job.id(), item.no(), back);
    }

    @Override
    public boolean keep(String path, Path content, long size, String sha256) {
      desk.files().fetched(job.id(), new Jobs.Fetched(item.no(), item.name(), path, size, sha256));
      return true;
    }

    /** A dry run's output is what would be done, and nothing else. */
    @Override
    public void transcript(String line) {
      if (!job.dry()) transcript.say(RemoteText.cut(line, 2_000));
    }
  }
}
