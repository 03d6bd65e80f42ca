package io.fettle.batch;

import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.library.Library;
import io.fettle.web.Allow;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.util.UriComponentsBuilder;

/** Jobs as pages: the list, a new one, and one job as it happens. */
@Controller
class BatchPages {
  private static final int LISTED = 50;
  private static final int GRID = 5_000;
  private static final int FOLDS = 40;
  private static final int SCRIPTS = 2_000;
  private static final int TAIL = 12;
  private static final int TEXT = 20_000;

  private final Jobs jobs;
  private final FollowApi follow;
  private final Desk desk;
  private final Library library;
  private final FilesApi files;

  BatchPages(Jobs jobs, FollowApi follow, Desk desk, Library library, FilesApi files) {
    this.files = files;
    this.library = library;
    this.jobs = jobs;
    this.follow = follow;
    this.desk = desk;
  }

  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/jobs")
  String list(@RequestParam(required = false) @Nullable String cursor, Viewer viewer, Model model) {
    Page<Jobs.Listed> page = jobs.list(false, cursor, LISTED, viewer);
    model.addAttribute("jobs", page.items());
    model.addAttribute("next", page.next() == null ? "" : page.next());
    return "batch/list";
  }

  @Allow(Role.OPERATOR)
  @GetMapping("/jobs/new")
  String form(@RequestParam Map<String, String> given, Model model) {
    return form(new JobForm(given), null, null, model);
  }

  /** Hands a file in and goes on with the form for putting it on machines. */
  @Allow(Role.OPERATOR)
  @PostMapping("/jobs/files")
  String give(
      @RequestParam("file") MultipartFile file,
      @RequestParam(defaultValue = "") String on,
      @RequestParam(defaultValue = "") String to,
      Viewer viewer)
      throws IOException {
    FileTable.Given given;
    try (InputStream content = file.getInputStream()) {
      given = files.taken(String.valueOf(file.getOriginalFilename()), content, viewer);
    }
    return "redirect:"
        + UriComponentsBuilder.fromPath("/jobs/new")
            .queryParam("kind", "action")
            .queryParam("action", FilePut.NAME)
            .queryParam("on", "{on}")
            .queryParam("with", "{with}")
            .encode()
            .buildAndExpand(
                on,
                "file=%s\nname=%s\nto=%s"
                    .formatted(given.sha256(), given.name().replace('\n', ' '), to))
            .toUriString();
  }

  /** Looks only; a post because what is typed may be long. */
  @Allow(Role.OPERATOR)
  @PostMapping("/jobs/new")
  String preview(@RequestParam Map<String, String> given, Viewer viewer, Model model) {
    JobForm form = new JobForm(given);
    try {
      return form(form, jobs.preview(form.wish(), viewer), null, model);
    } catch (Problem wrong) {
      return form(form, null, known(wrong), model);
    }
  }

  @Allow(Role.OPERATOR)
  @PostMapping("/jobs")
  String start(@RequestParam Map<String, String> given, Viewer viewer, Model model) {
    JobForm form = new JobForm(given);
    try {
      return "redirect:/jobs/" + jobs.start(form.wish(), viewer).id();
    } catch (Problem wrong) {
      Problem known = known(wrong);
      return form(form, looked(form, viewer), known, model);
    }
  }

  private Jobs.@Nullable Preview looked(JobForm form, Viewer viewer) {
    try {
      return jobs.preview(form.wish(), viewer);
    } catch (Problem wrong) {
      return null;
    }
  }

  static Problem known(Problem wrong) {
    if (wrong.status() == 422 || wrong.status() == 409) return wrong;
    throw wrong;
  }

  String form(JobForm form, Jobs.@Nullable Preview preview, @Nullable Problem wrong, Model model) {
    model.addAttribute("form", form);
    model.addAttribute("preview", preview);
    model.addAttribute("wrong", wrong == null ? null : wrong.title());
    model.addAttribute("actions", List.copyOf(desk.actions().values()));
    model.addAttribute("settings", desk.settings().steps());
    model.addAttribute("scripts", library.paths("main", SCRIPTS));
    return "batch/new";
  }

  /**
   * One job.
   *
   * @param verdict shows the machines that ended so, or are so
   * @param said shows the machines in whose output this is
   */
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/jobs/{id}")
  String show(
      @PathVariable String id,
      @RequestParam(defaultValue = "") String verdict,
      @RequestParam(defaultValue = "") String said,
      Viewer viewer,
      Model model) {
    Job job = BatchApi.visible(jobs, id, viewer);
    String wanted = verdict.toUpperCase(Locale.ROOT);
    model.addAttribute("job", job);
    model.addAttribute("counts", jobs.counts(job.id(), viewer));
    model.addAttribute("mayApprove", jobs.mayApprove(job, viewer));
    model.addAttribute("undoable", jobs.undoable(job, viewer));
    model.addAttribute("again", BatchApi.rerunnable(jobs, job, viewer));
    model.addAttribute("verdict", wanted);
    model.addAttribute("said", said);
    model.addAttribute("items", items(job, "", "", GRID, viewer));
    Jobs.Folds folds = jobs.folds(job.id(), FOLDS, viewer);
    model.addAttribute("folds", folded(job, folds.folds(), viewer));
    model.addAttribute("more", folds);
    model.addAttribute(
        "tail",
        job.state() == JobState.ENDED
            ? List.of()
            : JobLook.Line.of(jobs.latest(job.id(), TAIL, viewer), TAIL));
    model.addAttribute(
        "found", wanted.isEmpty() && said.isEmpty() ? List.of() : found(job, wanted, said, viewer));
    model.addAttribute(
        "fetched",
        job.body().equals(FileGet.NAME)
            && !jobs.files(job.id(), null, 1, viewer).items().isEmpty());
    model.addAttribute(
        "followUps",
        jobs.followUps(job.id(), viewer).stream()
            .map(one -> new Jobs.Listed(one, jobs.counts(one.id(), viewer)))
            .toList());
    return "batch/show";
  }

  private List<Item> items(Job job, String verdict, String said, int most, Viewer viewer) {
    var filter = new Jobs.ItemFilter(verdict, "", said);
    return jobs.items(job.id(), filter, null, most, viewer).items();
  }

  private List<JobLook.Shown> found(Job job, String verdict, String said, Viewer viewer) {
    return items(job, verdict, said, JobLook.FOUND, viewer).stream()
        .map(item -> new JobLook.Shown(item, text(job, item.no(), viewer)))
        .toList();
  }

  /** Each is compared with the most frequent one, if that is more than one machine's own. */
  private List<JobLook.Folded> folded(Job job, List<Jobs.Fold> folds, Viewer viewer) {
    List<JobLook.Folded> folded = new ArrayList<>();
    boolean frequent = false;
    String first = "";
    for (Jobs.Fold fold : folds) {
      String text = text(job, fold.first(), viewer);
      boolean compared = frequent && !text.isEmpty();
      folded.add(new JobLook.Folded(fold, text, compared ? Difference.of(first, text) : List.of()));
      if (!first.isEmpty()) continue;
      first = text;
      frequent = !text.isEmpty() && fold.machines() > 1;
    }
    return folded;
  }

  private String text(Job job, int no, Viewer viewer) {
    return jobs.output(job.id(), no, viewer)
        .map(output -> RemoteText.cut(output.text(), TEXT))
        .orElse("");
  }

  /** One machine of a job with all it said. */
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/jobs/{id}/items/{no}")
  String item(@PathVariable String id, @PathVariable String no, Viewer viewer, Model model) {
    Job job = BatchApi.visible(jobs, id, viewer);
    model.addAttribute("job", job);
    model.addAttribute(
        "text",
        job.origin().filled() ? jobs.text(job.id(), BatchApi.number(no), viewer).orElse("") : "");
    model.addAttribute(
        "output",
        jobs.output(job.id(), BatchApi.number(no), viewer)
            .orElseThrow(() -> Problem.notFound("item", no)));
    model.addAttribute("fetched", jobs.file(job.id(), BatchApi.number(no), viewer).orElse(null));
    return "batch/item";
  }

  /** What was fetched from one machine, to keep. */
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/jobs/{id}/items/{no}/file")
  void file(
      @PathVariable String id, @PathVariable String no, Viewer viewer, HttpServletResponse response)
      throws IOException {
    files.send(BatchApi.visible(jobs, id, viewer).id(), no, viewer, response);
  }

  /** What was fetched from all of them, to keep. */
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/jobs/{id}/files.zip")
  void files(@PathVariable String id, Viewer viewer, HttpServletResponse response)
      throws IOException {
    files.zip(BatchApi.visible(jobs, id, viewer).id(), viewer, response);
  }

  /** Every line of every machine, to keep. */
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/jobs/{id}/output")
  void output(@PathVariable String id, Viewer viewer, HttpServletResponse response)
      throws IOException {
    follow.output(id, viewer, response);
  }

  @Allow(Role.OPERATOR)
  @PostMapping("/jobs/{id}/approve")
  String approve(@PathVariable String id, Viewer viewer) {
    return to(jobs.approve(visible(id, viewer), viewer));
  }

  @Allow(Role.OPERATOR)
  @PostMapping("/jobs/{id}/reject")
  String reject(
      @PathVariable String id, @RequestParam(defaultValue = "") String reason, Viewer viewer) {
    return to(jobs.reject(visible(id, viewer), reason, viewer));
  }

  @Allow(Role.OPERATOR)
  @PostMapping("/jobs/{id}/stop")
  String stop(@PathVariable String id, Viewer viewer) {
    return to(jobs.stop(visible(id, viewer), viewer));
  }

  @Allow(Role.OPERATOR)
  @PostMapping("/jobs/{id}/continue")
  String goOn(@PathVariable String id, Viewer viewer) {
    return to(jobs.goOn(visible(id, viewer), viewer));
  }

  /**
   * @param verdict of the machines to run again by name; empty for those on which nothing ran
   */
  @Allow(Role.OPERATOR)
  @PostMapping("/jobs/{id}/rerun")
  String rerun(
      @PathVariable String id, @RequestParam(defaultValue = "") String verdict, Viewer viewer) {
    Set<Verdict> named =
        verdict.isEmpty() ? Set.of() : BatchApi.verdicts(List.of(verdict.split(",")));
    return to(jobs.rerun(visible(id, viewer), named, "", null, viewer));
  }

  @Allow(Role.OPERATOR)
  @PostMapping("/jobs/{id}/undo")
  String undo(
      @PathVariable String id, @RequestParam(defaultValue = "") String reason, Viewer viewer) {
    return to(jobs.undo(visible(id, viewer), reason, viewer));
  }

  private JobId visible(String id, Viewer viewer) {
    return BatchApi.visible(jobs, id, viewer).id();
  }

  private static String to(Job job) {
    return "redirect:/jobs/" + job.id();
  }
}
