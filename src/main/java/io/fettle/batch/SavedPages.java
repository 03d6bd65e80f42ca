package io.fettle.batch;

import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Saved jobs as pages: the list, and one with its form, its turns and its jobs. */
@Controller
class SavedPages {
  private static final int JOBS = 20;
  private static final String VALUE = "p_";

  private final SavedJobs saved;
  private final BatchPages pages;

  SavedPages(SavedJobs saved, BatchPages pages) {
    this.saved = saved;
    this.pages = pages;
  }

  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/jobs/saved")
  String list(Viewer viewer, Model model) {
    model.addAttribute("saved", saved.list(viewer));
    return "batch/saved";
  }

  @Allow(Role.OPERATOR)
  @PostMapping("/jobs/saved")
  String save(@RequestParam Map<String, String> given, Viewer viewer, Model model) {
    JobForm form = new JobForm(given);
    try {
      return "redirect:/jobs/saved/" + saved.save(form.keep(), viewer).name();
    } catch (Problem wrong) {
      return pages.form(form, null, BatchPages.known(wrong), model);
    }
  }

  /** The form of a new job, filled in with this one, to be saved again. */
  @Allow(Role.OPERATOR)
  @GetMapping("/jobs/saved/{name}/edit")
  String edit(@PathVariable String name, Viewer viewer, Model model) {
    return pages.form(JobForm.of(SavedApi.visible(saved, name, viewer)), null, null, model);
  }

  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/jobs/saved/{name}")
  String show(@PathVariable String name, Viewer viewer, Model model) {
    return show(SavedApi.visible(saved, name, viewer), Map.of(), null, null, viewer, model);
  }

  /** Looks only; a post because what is typed may be long. */
  @Allow({Role.OPERATOR, Role.OWNER})
  @PostMapping("/jobs/saved/{name}")
  String look(
      @PathVariable String name,
      @RequestParam Map<String, String> given,
      Viewer viewer,
      Model model) {
    Saved one = SavedApi.visible(saved, name, viewer);
    try {
      Jobs.Preview preview = saved.preview(name, values(given), given.get("on"), viewer);
      return show(one, given, preview, null, viewer, model);
    } catch (Problem wrong) {
      return show(one, given, null, BatchPages.known(wrong), viewer, model);
    }
  }

  @Allow({Role.OPERATOR, Role.OWNER})
  @PostMapping("/jobs/saved/{name}/start")
  String start(
      @PathVariable String name,
      @RequestParam Map<String, String> given,
      Viewer viewer,
      Model model) {
    Saved one = SavedApi.visible(saved, name, viewer);
    try {
      Job job = saved.start(name, values(given), given.get("on"), given.get("reason"), viewer);
      return "redirect:/jobs/" + job.id();
    } catch (Problem wrong) {
      return show(one, given, null, BatchPages.known(wrong), viewer, model);
    }
  }

  /** What was left empty has its usual value. */
  private static Map<String, String> values(Map<String, String> given) {
    Map<String, String> values = new LinkedHashMap<>();
    given.forEach((field, value) -> {
      if (field.startsWith(VALUE) && !value.isEmpty())
        values.put(field.substring(VALUE.length()), value.replace("\r\n", "\n"));
    });
    return values;
  }

  private String show(
      Saved one,
      Map<String, String> given,
      Jobs.@Nullable Preview preview,
      @Nullable Problem wrong,
      Viewer viewer,
      Model model) {
    model.addAttribute("one", one);
    model.addAttribute("form", new JobForm(given));
    model.addAttribute("preview", preview);
    model.addAttribute("wrong", wrong == null ? null : wrong.title());
    model.addAttribute("may", one.startedBy(viewer));
    model.addAttribute("mine", one.by().equals(viewer.actor().toString()));
    model.addAttribute("uses", saved.uses(one.name()));
    model.addAttribute("turns", saved.turns(one.name()));
    model.addAttribute("jobs", saved.jobs(one.name(), JOBS, viewer));
    return "batch/saved-one";
  }

  @Allow(Role.OPERATOR)
  @PostMapping("/jobs/saved/{name}/approve")
  String approve(
      @PathVariable String name, @RequestParam(name = "version") int version, Viewer viewer) {
    return "redirect:/jobs/saved/" + saved.approve(name, version, viewer).name();
  }

  @Allow(Role.OPERATOR)
  @PostMapping("/jobs/saved/{name}/forget")
  String forget(@PathVariable String name, Viewer viewer, Model model) {
    try {
      saved.forget(name, viewer);
      return "redirect:/jobs/saved";
    } catch (Problem wrong) {
      Saved one = SavedApi.visible(saved, name, viewer);
      return show(one, Map.of(), null, BatchPages.known(wrong), viewer, model);
    }
  }
}
