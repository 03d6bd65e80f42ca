package io.fettle.batch;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Viewer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Jobs that come from another: run again where nothing ran, take back what was changed. */
final class Sequels {
  private final Desk desk;
  private final JobDesk deeds;
  private final Targets targets;
  private final Wishes wishes;

  Sequels(Desk desk, JobDesk deeds) {
    this.desk = desk;
    this.deeds = deeds;
    this.targets = new Targets(desk);
    this.wishes = new Wishes(desk);
  }

  Job rerun(JobId id, Set<Verdict> named, String reason, @Nullable Duration limit, Viewer viewer) {
    Job job = ended(id, viewer);
    if (named.contains(Verdict.OK))
      throw Problem.badInput("also", "OK", "成功的不会重跑", "what succeeded is not run again");
    List<AssetId> machines =
        desk.views().rerunnable(id).stream()
            .filter(item -> wanted(Objects.requireNonNull(item.verdict()), named))
            .map(Item::machine)
            .toList();
    if (machines.isEmpty())
      throw Problem.conflict(
          id + " 没有可重跑的机器，或已由后来的作业重跑",
          id + " has no machine to run again, or a later job has run them");
    Map<AssetId, Map<String, Object>> given = new HashMap<>(desk.effects().given(id));
    given.keySet().retainAll(machines);
    Wish again = again(job, reason, limit == null ? job.order().limit() : limit);
    return begin(job, machines, again, new Sequel(id, job.undoOf(), given), viewer);
  }

  private static boolean wanted(Verdict verdict, Set<Verdict> named) {
    return named.isEmpty() ? verdict.missed() : named.contains(verdict);
  }

  /**
   * A new job on exactly the machines that this one changed and proved, each with its own values.
   */
  Job undo(JobId id, String reason, Viewer viewer) {
    Job job = ended(id, viewer);
    Map<AssetId, Map<String, Object>> back = desk.effects().undoable(id);
    if (back.isEmpty())
      throw Problem.conflict(
          id + " 没有可撤销的改动：动作没有回退，或什么都没改，或已经撤销",
          id
              + " has nothing to undo: its action has no way back, it changed nothing, or that was"
              + " undone already");
    String why = reason.isBlank() ? "undo " + id + ": " + job.reason() : reason;
    return begin(
        job,
        List.copyOf(back.keySet()),
        again(job, why, job.order().limit()),
        new Sequel(null, id, back),
        viewer);
  }

  private Job ended(JobId id, Viewer viewer) {
    Job job = deeds.visible(id, viewer);
    if (job.state() != JobState.ENDED)
      throw Problem.conflict(id + " 还没有结束", id + " has not ended yet");
    return job;
  }

  private Job begin(Job job, List<AssetId> machines, Wish again, Sequel sequel, Viewer viewer) {
    Targets.Chosen chosen = targets.of(machines, wishes.need(job.kind(), job.body()));
    if (chosen.chosen().isEmpty())
      throw Problem.conflict(
          "这些机器现在都不能运行：" + words(chosen, true),
          "None of these machines can be run on now: " + words(chosen, false));
    return deeds.follow(again, chosen, sequel, viewer);
  }

  private static String words(Targets.Chosen chosen, boolean zh) {
    return String.join(
        "; ",
        chosen.reasons().stream()
            .map(r -> (zh ? r.label().zh() : r.label().en()) + " " + r.machines())
            .toList());
  }

  /**
   * The same, as carefully: the list is known, so its number was seen. What went at once goes at
   * once again; steps are made anew for the machines that are left.
   */
  private static Wish again(Job job, String reason, Duration limit) {
    Order o = job.order();
    return new Wish(
        job.kind(),
        job.body(),
        job.file(),
        job.params(),
        job.root(),
        job.dry(),
        job.query(),
        reason.isBlank() ? job.reason() : reason,
        o.steps().size() == 1 && job.machines() > 1 ? "100%" : null,
        o.width(),
        o.perRack(),
        o.perService(),
        o.ask(),
        o.pause(),
        limit,
        o.total(),
        o.stopShare(),
        null,
        null,
        job.origin());
  }
}
