package io.fettle.batch;

import io.fettle.identity.Tokens;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Changed;
import io.fettle.kernel.Problem;
import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.remediation.Remediation;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Saved jobs: what is kept was checked as if it were to start, so that a start surprises nobody.
 */
final class SavedDesk implements SavedJobs {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,39}");
  private static final int MOST_PARAMETERS = 20;
  private static final int RECORDED = 4_000;

  private final Desk desk;
  private final JobDesk jobs;
  private final SavedTable table;
  private final Tokens tokens;
  private final Remediation remediation;

  SavedDesk(Desk desk, JobDesk jobs, SavedTable table, Tokens tokens, Remediation remediation) {
    this.remediation = remediation;
    this.desk = desk;
    this.jobs = jobs;
    this.table = table;
    this.tokens = tokens;
  }

  @Override
  public Saved save(Keep keep, Viewer viewer) {
    if (!NAME.matcher(keep.name()).matches())
      throw Problem.badInput(
          "name",
          RemoteText.cut(keep.name(), 60),
          "名字为小写字母、数字、- 和 _，最多 40 个",
          "a name is of lower-case letters, digits, - and _, at most 40");
    Optional<Saved> old = table.find(keep.name());
    Set<Role> roles = keep.roles().isEmpty() ? Set.of(Role.OPERATOR) : keep.roles();
    if (roles.stream().noneMatch(viewer::is) || !old.map(s -> mayChange(s, viewer)).orElse(true))
      throw Problem.forbidden("只有可以发起它的人才能修改它", "Only who may start it may change it");
    List<Parameter> parameters = parameters(keep.parameters());
    JobDesk.Checked checked = jobs.checked(keep.wish(), parameters, viewer);
    Timetable timetable = timetable(keep, parameters);
    int most = keep.most() == null ? desk.settings().confirmAbove() : keep.most();
    if (most < 1 || most > desk.settings().machines())
      throw Problem.badInput(
          "most",
          "" + most,
          "应在 1 到 " + desk.settings().machines() + " 之间",
          "from 1 to " + desk.settings().machines());
    boolean agreed =
        old.filter(s -> s.wish().equals(checked.wish()))
            .filter(s -> s.parameters().equals(parameters))
            .filter(s -> s.most() >= most && s.roles().containsAll(roles))
            .filter(s -> s.teams().containsAll(keep.teams()))
            .filter(s -> s.dangers().containsAll(checked.dangers()))
            .filter(s -> timetable == null || timetable.equals(s.timetable()))
            .isPresent();
    Instant now = desk.now();
    Saved saved =
        new Saved(
            keep.name(),
            old.map(Saved::version).orElse(0) + 1,
            checked.wish(),
            parameters,
            most,
            roles,
            keep.teams(),
            checked.dangers(),
            viewer.actor().toString(),
            now,
            agreed ? old.map(Saved::approvedBy).orElse(null) : null,
            timetable,
            timetable == null ? null : timetable.next(now).orElse(null));
    written(saved, viewer);
    return saved;
  }

  private static boolean mayChange(Saved saved, Viewer viewer) {
    return saved.roles().stream().anyMatch(viewer::is);
  }

  private static List<Parameter> parameters(List<String> texts) {
    List<Parameter> parameters = texts.stream().map(Parameter::parse).toList();
    boolean twice = parameters.stream().map(Parameter::name).distinct().count() < parameters.size();
    if (twice || parameters.size() > MOST_PARAMETERS)
      throw Problem.badInput(
          "parameters", "", "参数最多 20 个，名字不能重复", "at most 20 parameters, each name once");
    return parameters;
  }

  private static @Nullable Timetable timetable(Keep keep, List<Parameter> parameters) {
    if (keep.cron() == null || keep.cron().isBlank()) return null;
    for (Parameter parameter : parameters)
      if (parameter.usual() == null)
        throw Problem.badInput(
            "parameters",
            parameter.name(),
            "定时执行时没有人填参数：请给出默认值",
            "nobody fills in a parameter at a set time: give it a usual value");
    return Timetable.of(keep.cron(), keep.zone());
  }

  private void written(Saved saved, Viewer viewer) {
    Boolean done =
        desk.transactions()
            .execute(t -> {
              if (!table.write(saved)) return false;
              Map<String, Object> facts = new LinkedHashMap<>();
              facts.put("version", saved.version());
              facts.put("kind", saved.wish().kind().name());
              facts.put("body", RemoteText.cut(saved.wish().body(), RECORDED));
              facts.put("query", saved.wish().query());
              facts.put("most", saved.most());
              if (saved.wish().origin().commit() != null)
                facts.put("commit", saved.wish().origin().commit());
              if (saved.timetable() != null)
                facts.put(
                    "timetable", saved.timetable().cron() + " " + saved.timetable().zone().getId());
              if (!saved.dangers().isEmpty()) facts.put("dangers", saved.dangers());
              record(viewer.actor(), "saved-job.saved", saved.name(), saved.wish().reason(), facts);
              return true;
            });
    if (!Boolean.TRUE.equals(done))
      throw Problem.conflict("刚被别人修改，请重新查看", "Somebody has just changed it: look again");
    changed(saved.name());
  }

  @Override
  public Saved approve(String name, int version, Viewer viewer) {
    Saved saved = visible(name, viewer);
    if (!viewer.is(Role.OPERATOR) || tokens.mayBeOne(viewer.actor(), List.of(saved.by())))
      throw Problem.forbidden("须由另一个操作员批准", "Another operator has to agree");
    Boolean done =
        desk.transactions()
            .execute(t -> {
              if (!saved.waits() || !table.approve(name, version, viewer.actor().toString()))
                return false;
              record(viewer.actor(), "saved-job.approved", name, null, Map.of("version", version));
              return true;
            });
    if (!Boolean.TRUE.equals(done))
      throw Problem.conflict("这一版不等待批准，请重新查看", "This version does not wait: look again");
    changed(name);
    return visible(name, viewer);
  }

  @Override
  public Job start(
      String name,
      Map<String, String> values,
      @Nullable String query,
      @Nullable String reason,
      Viewer viewer) {
    Saved saved = visible(name, viewer);
    return begin(saved, values, query, reason, starter(saved, viewer));
  }

  @Override
  public Jobs.Preview preview(
      String name, Map<String, String> values, @Nullable String query, Viewer viewer) {
    Saved saved = visible(name, viewer);
    return jobs.preview(wish(saved, values, query, null), starter(saved, viewer));
  }

  /** An owner starts it on machines of the teams that it was opened to, and on no others. */
  private static Viewer starter(Saved saved, Viewer viewer) {
    if (!saved.startedBy(viewer))
      throw Problem.forbidden("你不能发起这个作业", "You may not start this job");
    if (saved.roles().stream().anyMatch(viewer::is)) return viewer;
    Set<String> teams = new HashSet<>(viewer.teams());
    teams.retainAll(saved.teams());
    return new Viewer(viewer.actor(), Set.of(Role.OWNER), teams);
  }

  /** Starts it in the caller's transaction, where there is one. */
  Job begin(
      Saved saved,
      Map<String, String> values,
      @Nullable String query,
      @Nullable String reason,
      Viewer viewer) {
    if (saved.waits())
      throw Problem.conflict(
          saved.name() + " 含有危险内容，还没有第二个人批准",
          saved.name() + " holds something dangerous that no second person has agreed to");
    return jobs.start(
        wish(saved, values, query, reason),
        new JobDesk.Leave(saved.most(), Set.copyOf(saved.dangers()), saved.approvedBy()),
        viewer);
  }

  /** Both queries are read alone first: a bracket of one never ends the other. */
  private Wish wish(
      Saved saved, Map<String, String> values, @Nullable String query, @Nullable String reason) {
    boolean narrower = query != null && !query.isBlank();
    if (narrower) desk.register().query(String.valueOf(query));
    return saved
        .with(saved.values(values))
        .on(
            narrower ? "(" + saved.wish().query() + ") and (" + query + ")" : saved.wish().query(),
            reason == null || reason.isBlank() ? saved.wish().reason() : reason);
  }

  @Override
  public void forget(String name, Viewer viewer) {
    Saved saved = visible(name, viewer);
    if (!mayChange(saved, viewer))
      throw Problem.forbidden("只有可以发起它的人才能修改它", "Only who may start it may change it");
    List<Remediation.StepUse> uses = uses(name);
    if (!uses.isEmpty()) throw used(name, uses);
    desk.transactions()
        .executeWithoutResult(t -> {
          if (table.forget(name))
            record(
                viewer.actor(),
                "saved-job.forgotten",
                name,
                null,
                Map.of("version", saved.version()));
        });
    changed(name);
  }

  private static Problem used(String name, List<Remediation.StepUse> uses) {
    String runbooks =
        String.join(", ", uses.stream().map(Remediation.StepUse::runbook).distinct().toList());
    String policies =
        String.join(", ", uses.stream().flatMap(u -> u.policies().stream()).distinct().toList());
    return Problem.conflict(
        name
            + " 是预案 "
            + runbooks
            + " 的步骤"
            + (policies.isEmpty() ? "" : "（策略 " + policies + "）")
            + "：先从预案文件里去掉它，再删除",
        name
            + " is a step of the runbook "
            + runbooks
            + (policies.isEmpty() ? "" : " (policy " + policies + ")")
            + ": take it out of that file first, then forget it");
  }

  @Override
  public List<Remediation.StepUse> uses(String name) {
    return remediation.uses(SavedStep.NAME).stream()
        .filter(use -> name.equals(use.params().get(SavedStep.JOB)))
        .toList();
  }

  @Override
  public List<Saved> list(Viewer viewer) {
    return table.all().stream().filter(s -> s.seenBy(viewer)).toList();
  }

  @Override
  public Optional<Saved> find(String name, Viewer viewer) {
    return table.find(name).filter(s -> s.seenBy(viewer));
  }

  @Override
  public List<Saved.Turn> turns(String name) {
    return table.turns(name);
  }

  @Override
  public List<Jobs.Listed> jobs(String name, int limit, Viewer viewer) {
    String @Nullable [] teams = viewer.seesAll() ? null : viewer.teams().toArray(String[]::new);
    return desk.jobs().saved(name, teams, limit).stream()
        .map(job -> new Jobs.Listed(job, desk.views().counts(job.id(), teams)))
        .toList();
  }

  private Saved visible(String name, Viewer viewer) {
    return find(name, viewer)
        .orElseThrow(() -> Problem.notFound("saved job", RemoteText.cut(name, 60)));
  }

  void record(
      Actor actor, String action, String name, @Nullable String reason, Map<String, ?> facts) {
    desk.audit().record(actor, action, "saved-job:" + name, reason, Objects.requireNonNull(facts));
  }

  void changed(String name) {
    desk.events().publishEvent(new Changed("saved-job", name));
  }
}
