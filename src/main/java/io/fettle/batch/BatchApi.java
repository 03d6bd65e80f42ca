package io.fettle.batch;

import io.fettle.kernel.Label;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Jobs as JSON; a job without a machine of the viewer's teams answers 404. */
@RestController
@RequestMapping("/api/v1/jobs")
class BatchApi {
  private final Jobs jobs;

  BatchApi(Jobs jobs) {
    this.jobs = jobs;
  }

  /** A person's word on a job. */
  record Word(@Nullable String reason) {}

  /**
   * Which machines of an ended job.
   *
   * @param verdicts of machines to run again by name; without it those on which surely nothing ran
   * @param limit on each machine, such as {@code 5m}; without it the same as before
   */
  record Again(@Nullable List<String> verdicts, @Nullable String reason, @Nullable String limit) {}

  /** A list under a name, so that fields can be added. */
  record Items<T>(List<T> items) {}

  /**
   * What one machine said.
   *
   * @param text that it got, values filled in; null for an action
   * @param before parameters of the action that put back what it changed here
   */
  record OutputView(
      ItemView item, List<Jobs.Said> said, @Nullable String text, Map<String, Object> before) {}

  /** Machines that ended alike, with what they said. */
  record FoldView(
      Verdict verdict,
      @Nullable Integer exit,
      String digest,
      int machines,
      List<String> names,
      boolean cut,
      @Nullable Label why,
      int reasons,
      List<Jobs.Said> said) {}

  /**
   * The most frequent ones.
   *
   * @param moreFolds how many there are beyond these, on {@code moreMachines} machines
   */
  record FoldsView(List<FoldView> items, int moreFolds, int moreMachines) {}

  @PostMapping("/preview")
  @Allow({Role.OPERATOR})
  Jobs.Preview preview(@RequestBody JobWish wish, Viewer viewer) {
    return jobs.preview(wish.wish(), viewer);
  }

  @PostMapping
  @Allow({Role.OPERATOR})
  ResponseEntity<JobView> start(@RequestBody JobWish wish, Viewer viewer) {
    Job job = jobs.start(wish.wish(), viewer);
    return ResponseEntity.status(HttpStatus.CREATED).body(view(job, viewer));
  }

  /** Newest first. */
  @GetMapping
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Page<JobView> list(
      @RequestParam(name = "open", defaultValue = "false") boolean open,
      @RequestParam(name = "cursor", required = false) @Nullable String cursor,
      @RequestParam(name = "limit", defaultValue = "100") int limit,
      Viewer viewer) {
    Page<Jobs.Listed> page = jobs.list(open, cursor, limit, viewer);
    return new Page<>(
        page.items().stream().map(l -> JobView.of(l.job(), l.counts())).toList(), page.next());
  }

  @GetMapping("/{id}")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  JobView show(@PathVariable("id") String id, Viewer viewer) {
    return view(visible(id, viewer), viewer);
  }

  /**
   * Machines of the job, in the order of its frozen list.
   *
   * @param verdict a verdict, QUEUED or SENDING
   * @param digest of an output
   * @param said a text in the output
   */
  @GetMapping("/{id}/items")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Page<ItemView> items(
      @PathVariable("id") String id,
      @RequestParam(name = "verdict", defaultValue = "") String verdict,
      @RequestParam(name = "digest", defaultValue = "") String digest,
      @RequestParam(name = "said", defaultValue = "") String said,
      @RequestParam(name = "cursor", required = false) @Nullable String cursor,
      @RequestParam(name = "limit", defaultValue = "100") int limit,
      Viewer viewer) {
    var filter = new Jobs.ItemFilter(verdict.toUpperCase(Locale.ROOT), digest, said);
    int rows = Math.clamp(limit, 1, 1_000);
    Page<Item> page = jobs.items(visible(id, viewer).id(), filter, cursor, rows, viewer);
    return new Page<>(page.items().stream().map(ItemView::of).toList(), page.next());
  }

  @GetMapping("/{id}/items/{no}")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  OutputView output(@PathVariable("id") String id, @PathVariable("no") String no, Viewer viewer) {
    Job job = visible(id, viewer);
    return jobs.output(job.id(), number(no), viewer)
        .map(o ->
            new OutputView(
                ItemView.of(o.item()),
                o.said(),
                jobs.text(job.id(), o.item().no(), viewer).orElse(null),
                o.before()))
        .orElseThrow(() -> Problem.notFound("item", no));
  }

  /** Equal ends and outputs, the most frequent first. */
  @GetMapping("/{id}/folds")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  FoldsView folds(
      @PathVariable("id") String id,
      @RequestParam(name = "limit", defaultValue = "50") int limit,
      Viewer viewer) {
    Job job = visible(id, viewer);
    Jobs.Folds folds = jobs.folds(job.id(), limit, viewer);
    return new FoldsView(
        folds.folds().stream().map(fold -> fold(job.id(), fold, viewer)).toList(),
        folds.moreFolds(),
        folds.moreMachines());
  }

  private FoldView fold(JobId id, Jobs.Fold fold, Viewer viewer) {
    return new FoldView(
        fold.verdict(),
        fold.exit(),
        fold.digest(),
        fold.machines(),
        fold.names(),
        fold.cut(),
        fold.why(),
        fold.reasons(),
        jobs.output(id, fold.first(), viewer).map(Jobs.Output::said).orElse(List.of()));
  }

  @PostMapping("/{id}/approve")
  @Allow({Role.OPERATOR})
  JobView approve(@PathVariable("id") String id, Viewer viewer) {
    return view(jobs.approve(visible(id, viewer).id(), viewer), viewer);
  }

  @PostMapping("/{id}/reject")
  @Allow({Role.OPERATOR})
  JobView reject(@PathVariable("id") String id, @RequestBody Word word, Viewer viewer) {
    return view(jobs.reject(visible(id, viewer).id(), text(word.reason()), viewer), viewer);
  }

  @PostMapping("/{id}/stop")
  @Allow({Role.OPERATOR})
  JobView stop(@PathVariable("id") String id, Viewer viewer) {
    return view(jobs.stop(visible(id, viewer).id(), viewer), viewer);
  }

  @PostMapping("/{id}/continue")
  @Allow({Role.OPERATOR})
  JobView goOn(@PathVariable("id") String id, Viewer viewer) {
    return view(jobs.goOn(visible(id, viewer).id(), viewer), viewer);
  }

  @PostMapping("/{id}/rerun")
  @Allow({Role.OPERATOR})
  ResponseEntity<JobView> rerun(
      @PathVariable("id") String id, @RequestBody Again again, Viewer viewer) {
    Job job =
        jobs.rerun(
            visible(id, viewer).id(),
            verdicts(again.verdicts()),
            text(again.reason()),
            JobWish.lasting("limit", again.limit()),
            viewer);
    return ResponseEntity.status(HttpStatus.CREATED).body(view(job, viewer));
  }

  /** A new job on exactly the machines that this one changed, which puts back what was there. */
  @PostMapping("/{id}/undo")
  @Allow({Role.OPERATOR})
  ResponseEntity<JobView> undo(
      @PathVariable("id") String id, @RequestBody Word word, Viewer viewer) {
    Job job = jobs.undo(visible(id, viewer).id(), text(word.reason()), viewer);
    return ResponseEntity.status(HttpStatus.CREATED).body(view(job, viewer));
  }

  private JobView view(Job job, Viewer viewer) {
    List<Job> followUps = jobs.followUps(job.id(), viewer);
    return JobView.of(
        job,
        jobs.counts(job.id(), viewer),
        rerunnable(jobs, job, viewer),
        ids(followUps, j -> job.id().equals(j.rerunOf())),
        ids(followUps, j -> job.id().equals(j.undoOf())),
        jobs.undoable(job, viewer));
  }

  static Jobs.Counts rerunnable(Jobs jobs, Job job, Viewer viewer) {
    return job.state() == JobState.ENDED
        ? jobs.rerunnable(job.id(), viewer)
        : new Jobs.Counts(0, 0, Map.of());
  }

  private static List<String> ids(List<Job> jobs, Predicate<Job> which) {
    return jobs.stream().filter(which).map(j -> j.id().toString()).toList();
  }

  static Set<Verdict> verdicts(@Nullable List<String> names) {
    Set<Verdict> verdicts = EnumSet.noneOf(Verdict.class);
    if (names != null) for (String name : names) verdicts.add(verdict(name));
    return verdicts;
  }

  private static Verdict verdict(String name) {
    try {
      return Verdict.valueOf(name.strip().toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException e) {
      String all = java.util.Arrays.toString(Verdict.values()).toLowerCase(Locale.ROOT);
      throw Problem.badInput(
          "verdicts",
          name.length() > 40 ? name.substring(0, 40) : name,
          "可用：" + all,
          "there are " + all);
    }
  }

  private Job visible(String id, Viewer viewer) {
    return visible(jobs, id, viewer);
  }

  static Job visible(Jobs jobs, String id, Viewer viewer) {
    try {
      return jobs.find(JobId.of(id), viewer).orElseThrow(() -> Problem.notFound("job", id));
    } catch (NumberFormatException e) {
      throw Problem.notFound("job", id.length() > 40 ? id.substring(0, 40) : id);
    }
  }

  static int number(String no) {
    try {
      return Integer.parseInt(no);
    } catch (NumberFormatException e) {
      throw Problem.notFound("item", no.length() > 40 ? no.substring(0, 40) : no);
    }
  }

  private static String text(@Nullable String given) {
    return given == null ? "" : given;
  }

  static Map<String, Integer> named(Jobs.Counts counts) {
    Map<String, Integer> named = new java.util.TreeMap<>();
    counts.verdicts().forEach((verdict, n) -> named.put(verdict.name(), n));
    return named;
  }
}
