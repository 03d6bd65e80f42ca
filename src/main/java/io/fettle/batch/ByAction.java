package io.fettle.batch;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.RemoteText;
import io.fettle.reach.Reach;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A typed action; in a dry run only what it would refuse and whether the effect is there. */
final class ByAction implements Doing {
  private static final Logger LOG = LoggerFactory.getLogger(ByAction.class);

  private final Action action;
  private final Job job;
  private final Reach reach;
  private final Function<AssetId, Optional<MachineDoc>> machines;

  ByAction(Action action, Job job, Reach reach, Function<AssetId, Optional<MachineDoc>> machines) {
    this.action = action;
    this.job = job;
    this.reach = reach;
    this.machines = machines;
  }

  @Override
  public Duration timeLimit() {
    return action.timeLimit();
  }

  @Override
  public Came run(Item item, Transcript transcript, BooleanSupplier mayLeave) {
    Optional<MachineDoc> machine = machines.apply(item.machine());
    if (machine.isEmpty())
      return new Came(
          Verdict.NOT_STARTED, null, new Label("登记簿里已没有这台机器", "The register no longer has it"));
    var context = new Context(machine.get(), transcript, job.dry() ? () -> false : mayLeave);
    try {
      Optional<Label> refusal = action.refuses(context);
      if (refusal.isPresent()) return new Came(Verdict.SKIPPED, null, safe(refusal.get()));
      return job.dry() ? looked(context) : did(context);
    } catch (RuntimeException e) {
      LOG.warn("action={} broke off: {}", action.name(), e.toString());
      Label why =
          new Label(
              "动作异常中断：" + e.getClass().getSimpleName(),
              "The action broke: " + e.getClass().getSimpleName());
      return new Came(context.left ? Verdict.UNKNOWN : Verdict.NOT_STARTED, null, why);
    }
  }

  private Came looked(Context context) {
    Label found =
        switch (action.probe(context)) {
          case PRESENT -> new Label("已是所要的样子，不会改动", "As wanted already: nothing would be done");
          case ABSENT -> new Label("会执行", "Would be done");
          case UNKNOWN -> new Label("现在看不出是否已生效；会执行", "Cannot be told now; would be done");
        };
    context.transcript(found.en());
    return new Came(Verdict.OK, null, found);
  }

  private Came did(Context context) {
    return switch (action.run(context)) {
      case Action.Result.Done done -> new Came(Verdict.OK, null, safe(done.what()));
      case Action.Result.Failed failed -> new Came(Verdict.FAILED, null, safe(failed.why()));
      case Action.Result.Uncertain doubt -> new Came(Verdict.UNKNOWN, null, safe(doubt.why()));
    };
  }

  private static Label safe(Label label) {
    return new Label(RemoteText.cut(label.zh(), 500), RemoteText.cut(label.en(), 500));
  }

  private final class Context implements ActionContext {
    private final MachineDoc machine;
    private final Transcript transcript;
    private final BooleanSupplier mayLeave;
    private volatile boolean left;

    private Context(MachineDoc machine, Transcript transcript, BooleanSupplier mayLeave) {
      this.machine = machine;
      this.transcript = transcript;
      this.mayLeave = mayLeave;
    }

    @Override
    public MachineDoc machine() {
      return machine;
    }

    @Override
    public String component() {
      return String.valueOf(job.params().getOrDefault("component", ""));
    }

    @Override
    public Map<String, Object> params() {
      return job.params();
    }

    @Override
    public Map<String, Object> evidence() {
      return Map.of();
    }

    @Override
    public Reach reach() {
      return reach;
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
    public void transcript(String line) {
      transcript.say(RemoteText.cut(line, 2_000));
    }
  }
}
