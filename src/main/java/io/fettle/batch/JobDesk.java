package io.fettle.batch;

import io.fettle.cmdb.MachineCard;
import io.fettle.identity.Tokens;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.monitoring.Monitoring;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What people do to jobs; each deed and its record in one transaction. */
final class JobDesk {
  private static final Label REJECTED = new Label("没有得到批准", "Nobody agreed to it");
  private static final int RECORDED = 4_000;
  private static final int BITE = 1_000;

  private final Desk desk;
  private final Engine engine;
  private final Dangers dangers;
  private final Tokens tokens;
  private final Targets targets;
  private final Wishes wishes;
  private final Scripts scripts;
  private final Filling filling;
  private final Monitoring monitoring;

  JobDesk(
      Desk desk,
      Engine engine,
      Dangers dangers,
      Tokens tokens,
      Scripts scripts,
      Filling filling,
      Monitoring monitoring) {
    this.monitoring = monitoring;
    this.tokens = tokens;
    this.scripts = scripts;
    this.filling = filling;
    this.desk = desk;
    this.engine = engine;
    this.dangers = dangers;
    this.targets = new Targets(desk);
    this.wishes = new Wishes(desk);
  }

  Jobs.Preview preview(Wish wanted, Viewer viewer) {
    monitoring.giveWay();
    Wish wish = scripts.taken(wanted);
    wishes.check(wish, false);
    Filling.Filled filled = filling.fill(wish, targets(wish, viewer));
    Targets.Chosen chosen = filled.chosen();
    int machines = chosen.chosen().size();
    return new Jobs.Preview(
        machines,
        chosen.names(),
        tally(chosen, Targets::rack),
        tally(chosen, card -> Targets.orEmpty(card.team())),
        tally(chosen, card -> Targets.orEmpty(card.service())),
        chosen.reasons(),
        chosen.outside(),
        wishes.order(wish, machines).steps(),
        machines > desk.settings().confirmAbove(),
        wishes.dangers(wish, filled.read(wish.body()), dangers),
        text(wish, filled));
  }

  private static Jobs.Text text(Wish wish, Filling.Filled filled) {
    MachineCard first = filled.chosen().chosen().stream().findFirst().orElse(null);
    Template template = filled.template();
    return new Jobs.Text(
        wish.origin().path(),
        wish.origin().commit(),
        first == null || !filled.any() ? wish.body() : filled.sent(wish.body(), first),
        first == null || !filled.any() ? null : first.name(),
        template == null ? List.of() : List.copyOf(template.names()),
        filled.lacking(),
        template == null ? List.of() : template.unknown());
  }

  private Targets.Chosen targets(Wish wish, Viewer viewer) {
    return targets.of(wish.query(), wishes.need(wish.kind(), wish.body()), viewer);
  }

  private static Map<String, Integer> tally(
      Targets.Chosen chosen, Function<MachineCard, String> by) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    chosen.chosen().forEach(card -> counts.merge(by.apply(card), 1, Integer::sum));
    Map<String, Integer> most = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(20)
        .forEach(e -> most.put(e.getKey(), e.getValue()));
    return most;
  }

  Job start(Wish wanted, Viewer viewer) {
    monitoring.giveWay();
    Wish wish = scripts.taken(wanted);
    wishes.check(wish, true);
    Filling.Filled filled = filling.fill(wish, targets(wish, viewer));
    wishes.counted(wish, filled.chosen().chosen().size());
    return begin(wish, filled, viewer, Sequel.NONE);
  }

  /** One that comes from another job, on machines that are known. */
  Job follow(Wish wish, Targets.Chosen chosen, Sequel sequel, Viewer viewer) {
    return begin(wish, filling.fill(wish, chosen), viewer, sequel);
  }

  /**
   * What a saved job was left to do.
   *
   * @param most machines at one time
   * @param dangers that were agreed to when it was saved
   */
  record Leave(int most, Set<String> dangers, @Nullable String approvedBy) {}

  /** A saved job's start: its list is bounded, and what was agreed to needs no second person. */
  Job start(Wish wish, Leave leave, Viewer viewer) {
    wishes.check(wish, true);
    Filling.Filled filled = filling.fill(wish, targets(wish, viewer));
    int machines = filled.chosen().chosen().size();
    if (machines > leave.most())
      throw Problem.badInput(
          "most",
          "" + machines,
          "匹配 " + machines + " 台，超过这个作业的上限 " + leave.most(),
          "it matches " + machines + " machines, more than this job's limit of " + leave.most());
    wishes.counted(wish.counted(machines), machines);
    return begin(wish, filled, viewer, Sequel.NONE, leave);
  }

  /** A wish that may be kept, with its text taken from where it comes from. */
  record Checked(Wish wish, List<String> dangers) {}

  /** Whatever can be said of a wish before its machines and its parameters are known. */
  Checked checked(Wish wanted, List<Parameter> parameters, Viewer viewer) {
    Wish wish = scripts.taken(wanted);
    wishes.check(wish, true);
    targets(wish, viewer);
    wishes.order(wish, 1);
    List<String> texts = filling.readable(wish, parameters);
    return new Checked(
        wish, wishes.dangers(wish, texts, dangers).stream().map(Jobs.Danger::name).toList());
  }

  private Job begin(Wish wish, Filling.Filled filled, Viewer viewer, Sequel sequel) {
    return begin(wish, filled, viewer, sequel, null);
  }

  /** Stores it with its frozen list and starts it, or has it wait for a second person. */
  private Job begin(
      Wish wish, Filling.Filled filled, Viewer viewer, Sequel sequel, @Nullable Leave leave) {
    Targets.Chosen chosen = filled.chosen();
    int machines = chosen.chosen().size();
    Order order = wishes.order(wish, machines);
    Job job =
        wishes.job(
            wish,
            order,
            wishes.dangers(wish, filled.read(wish.body()), dangers),
            filled.any(),
            machines,
            viewer.actor().toString(),
            sequel);
    if (leave != null
        && leave.approvedBy() != null
        && job.state() == JobState.AWAITING
        && leave.dangers().containsAll(job.dangers())) job = job.agreed(leave.approvedBy());
    JobId id = store(job, Targets.items(chosen, order), filled, sequel, viewer);
    desk.changed(id);
    engine.hint();
    return found(id);
  }

  private JobId store(
      Job job, List<Item> items, Filling.Filled filled, Sequel sequel, Viewer viewer) {
    return Objects.requireNonNull(
        desk.transactions()
            .execute(t -> {
              sequel.lock(desk, items);
              JobId id = desk.jobs().add(job);
              for (int i = 0; i < items.size(); i += BITE)
                desk.items()
                    .add(id, items.subList(i, Math.min(items.size(), i + BITE)), desk.now());
              List<ValueTable.Values> values = filled.stored(items);
              for (int i = 0; i < values.size(); i += BITE)
                desk.values().add(id, values.subList(i, Math.min(values.size(), i + BITE)));
              desk.effects().give(id, sequel.given());
              record(viewer, "job.started", id, job.reason(), facts(job, items));
              return id;
            }));
  }

  private static Map<String, Object> facts(Job job, List<Item> items) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("kind", job.kind().name());
    facts.put("body", RemoteText.cut(job.body(), RECORDED));
    if (job.origin().saved() != null) facts.put("saved", job.origin().saved());
    if (job.origin().path() != null) {
      facts.put("library", job.origin().path());
      facts.put("commit", String.valueOf(job.origin().commit()));
    }
    if (!job.params().isEmpty()) facts.put("params", job.params());
    facts.put("root", job.root());
    facts.put("query", job.query());
    facts.put("machines", job.machines());
    facts.put("skipped", items.size() - job.machines());
    facts.put("first", items.stream().limit(50).map(Item::name).toList());
    if (!job.dangers().isEmpty()) facts.put("dangers", job.dangers());
    if (job.breakGlass() != null) facts.put("break_glass", job.breakGlass());
    if (job.rerunOf() != null) facts.put("rerun_of", job.rerunOf().toString());
    if (job.undoOf() != null) facts.put("undo_of", job.undoOf().toString());
    return facts;
  }

  boolean mayApprove(Job job, Viewer viewer) {
    return viewer.is(Role.OPERATOR) && !tokens.mayBeOne(viewer.actor(), List.of(job.by()));
  }

  Job approve(JobId id, Viewer viewer) {
    Job job = visible(id, viewer);
    if (!mayApprove(job, viewer))
      throw Problem.forbidden(
          "须由另一个人批准；紧急时请带理由重新发起（break-glass）",
          "Another person has to agree; in an emergency start it anew with a break-glass reason");
    return moved(
        job,
        JobState.AWAITING,
        j -> desk.jobs().approve(id, viewer.actor().toString(), desk.now()),
        viewer,
        "job.approved",
        null);
  }

  Job reject(JobId id, String reason, Viewer viewer) {
    Job job = visible(id, viewer);
    return moved(
        job,
        JobState.AWAITING,
        j -> {
          desk.items().giveUp(id, null, Verdict.NOT_STARTED, REJECTED, desk.now());
          return desk.jobs().end(id, JobState.AWAITING, "REJECTED", desk.now());
        },
        viewer,
        "job.rejected",
        RemoteText.cut(reason.strip(), 1_000));
  }

  Job stop(JobId id, Viewer viewer) {
    Job job = visible(id, viewer);
    if (job.state() == JobState.AWAITING) return reject(id, "", viewer);
    return moved(
        job,
        job.state() == JobState.PAUSED ? JobState.PAUSED : JobState.RUNNING,
        j -> desk.jobs().move(id, j.state(), JobState.STOPPING, null),
        viewer,
        "job.stopped",
        null);
  }

  Job goOn(JobId id, Viewer viewer) {
    Job job = visible(id, viewer);
    return moved(
        job,
        JobState.PAUSED,
        j -> {
          if ("FAILURES".equals(j.pausedFor()))
            desk.jobs().acceptFailures(id, desk.views().failures(id));
          boolean ready = !"STEP".equals(j.pausedFor()) || desk.jobs().nextStep(id, j.step(), null);
          return ready && desk.jobs().move(id, JobState.PAUSED, JobState.RUNNING, null);
        },
        viewer,
        "job.continued",
        null);
  }

  private Job moved(
      Job seen,
      JobState from,
      Predicate<Job> move,
      Viewer viewer,
      String action,
      @Nullable String reason) {
    Boolean done =
        desk.transactions()
            .execute(t -> {
              Job job = desk.jobs().locked(seen.id()).orElse(seen);
              boolean ok = job.state() == from && move.test(job);
              if (ok) record(viewer, action, seen.id(), reason, Map.of("step", job.step() + 1));
              else t.setRollbackOnly();
              return ok;
            });
    Job now = found(seen.id());
    if (!Boolean.TRUE.equals(done))
      throw Problem.conflict(
          seen.id() + " 现在是 " + now.state() + "，不能这样做",
          seen.id() + " is " + now.state() + " now: that cannot be done");
    desk.changed(seen.id());
    engine.hint();
    return now;
  }

  private void record(
      Viewer viewer, String action, JobId id, @Nullable String reason, Map<String, ?> details) {
    desk.audit().record(viewer.actor(), action, "job:" + id, reason, details);
  }

  private Job found(JobId id) {
    return desk.jobs().find(id).orElseThrow(() -> Problem.notFound("job", id.toString()));
  }

  /** One that this person may do something to. */
  Job visible(JobId id, Viewer viewer) {
    if (!viewer.is(Role.OPERATOR)) throw Problem.notFound("job", id.toString());
    return found(id);
  }
}
