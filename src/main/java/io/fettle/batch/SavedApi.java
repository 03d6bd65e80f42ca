package io.fettle.batch;

import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.remediation.Remediation;
import io.fettle.web.Allow;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Saved jobs as JSON. */
@RestController
@RequestMapping("/api/v1/saved-jobs")
class SavedApi {
  private static final int JOBS = 50;

  private final SavedJobs saved;
  private final Jobs jobs;

  SavedApi(SavedJobs saved, Jobs jobs) {
    this.saved = saved;
    this.jobs = jobs;
  }

  /**
   * What is to be kept under a name; writes a new version where there is one.
   *
   * @param job as it would be started
   * @param parameters each {@code name[:text|number|choice(a|b)][=usual value]}
   * @param most machines on which it may run at one time; without it as many as need no count
   * @param roles that may start it; without any, operators
   * @param teams whose owners may start it on machines of these teams
   * @param cron minute hour day month weekday; without it it starts by hand only
   * @param zone time zone of these, such as Asia/Shanghai
   */
  record Keeping(
      @Nullable String name,
      @Nullable JobWish job,
      @Nullable List<String> parameters,
      @Nullable Integer most,
      @Nullable List<String> roles,
      @Nullable List<String> teams,
      @Nullable String cron,
      @Nullable String zone) {
    SavedJobs.Keep keep() {
      if (job == null) throw Problem.badInput("job", "", "请给出作业", "give the job");
      Set<Role> allowed = EnumSet.noneOf(Role.class);
      if (roles != null) roles.forEach(role -> allowed.add(role(role)));
      return new SavedJobs.Keep(
          name == null ? "" : name,
          job.wish(),
          parameters == null ? List.of() : parameters,
          most,
          allowed,
          teams == null ? Set.of() : new LinkedHashSet<>(teams),
          cron,
          zone);
    }

    private static Role role(String name) {
      String upper = name.strip().toUpperCase(Locale.ROOT);
      if (!upper.equals("OPERATOR") && !upper.equals("ADMINISTRATOR"))
        throw Problem.badInput(
            "roles",
            name.length() > 40 ? "" : name,
            "可用：operator、administrator",
            "there are operator and administrator");
      return Role.valueOf(upper);
    }
  }

  /**
   * A start.
   *
   * @param set values of parameters
   * @param on only machines that match this too
   * @param reason instead of the one that was saved
   */
  record Starting(@Nullable Map<String, String> set, @Nullable String on, @Nullable String reason) {
    Map<String, String> values() {
      return set == null ? Map.of() : set;
    }
  }

  /** Which version is agreed to; without it the one that stands now. */
  record Agreeing(@Nullable Integer version) {}

  /** A list under a name, so that fields can be added. */
  record Items<T>(List<T> items) {}

  @GetMapping
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Items<SavedView> list(Viewer viewer) {
    return new Items<>(
        saved.list(viewer).stream().map(s -> SavedView.of(s, null, runbooks(s))).toList());
  }

  @PostMapping
  @Allow({Role.OPERATOR})
  SavedView save(@RequestBody Keeping keeping, Viewer viewer) {
    return view(saved.save(keeping.keep(), viewer));
  }

  @GetMapping("/{name}")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  SavedView show(@PathVariable("name") String name, Viewer viewer) {
    return view(visible(name, viewer));
  }

  /** Turns of its timetable, newest first; the newest hundred are kept. */
  @GetMapping("/{name}/turns")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Items<Saved.Turn> turns(@PathVariable("name") String name, Viewer viewer) {
    return new Items<>(saved.turns(visible(name, viewer).name()));
  }

  /** The newest jobs that it was started as. */
  @GetMapping("/{name}/jobs")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Items<JobView> jobs(@PathVariable("name") String name, Viewer viewer) {
    return new Items<>(
        saved.jobs(visible(name, viewer).name(), JOBS, viewer).stream()
            .map(l -> JobView.of(l.job(), l.counts()))
            .toList());
  }

  @PostMapping("/{name}/preview")
  @Allow({Role.OPERATOR, Role.OWNER})
  Jobs.Preview preview(
      @PathVariable("name") String name, @RequestBody Starting starting, Viewer viewer) {
    return saved.preview(name, starting.values(), starting.on(), viewer);
  }

  @PostMapping("/{name}/start")
  @Allow({Role.OPERATOR, Role.OWNER})
  ResponseEntity<JobView> start(
      @PathVariable("name") String name, @RequestBody Starting starting, Viewer viewer) {
    Job job = saved.start(name, starting.values(), starting.on(), starting.reason(), viewer);
    return ResponseEntity.status(HttpStatus.CREATED)
        .body(JobView.of(job, jobs.counts(job.id(), viewer)));
  }

  @PostMapping("/{name}/approve")
  @Allow({Role.OPERATOR})
  SavedView approve(
      @PathVariable("name") String name, @RequestBody Agreeing agreeing, Viewer viewer) {
    Integer version = agreeing.version();
    return view(
        saved.approve(name, version == null ? visible(name, viewer).version() : version, viewer));
  }

  @DeleteMapping("/{name}")
  @Allow({Role.OPERATOR})
  ResponseEntity<Void> forget(@PathVariable("name") String name, Viewer viewer) {
    saved.forget(name, viewer);
    return ResponseEntity.noContent().build();
  }

  private SavedView view(Saved one) {
    return SavedView.of(
        one, saved.turns(one.name()).stream().findFirst().orElse(null), runbooks(one));
  }

  private List<String> runbooks(Saved one) {
    return saved.uses(one.name()).stream().map(Remediation.StepUse::runbook).distinct().toList();
  }

  private Saved visible(String name, Viewer viewer) {
    return visible(saved, name, viewer);
  }

  static Saved visible(SavedJobs saved, String name, Viewer viewer) {
    return saved
        .find(name, viewer)
        .orElseThrow(
            () -> Problem.notFound("saved job", name.length() > 40 ? name.substring(0, 40) : name));
  }
}
