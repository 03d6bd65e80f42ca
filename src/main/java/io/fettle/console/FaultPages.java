package io.fettle.console;

import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.Register;
import io.fettle.fault.Fault;
import io.fettle.fault.FaultFigures;
import io.fettle.fault.FaultId;
import io.fettle.fault.FaultSorting;
import io.fettle.fault.FaultState;
import io.fettle.fault.Faults;
import io.fettle.fault.StoryEntry;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.monitoring.Monitoring;
import io.fettle.remediation.Remediation;
import io.fettle.web.Allow;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The faults, and the whole story of one. */
@Controller
@Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
class FaultPages {
  private static final int ROWS = 50;
  private static final Duration BEFORE = Duration.ofDays(365);

  private final Faults faults;
  private final FaultFigures figures;
  private final FaultRows rows;
  private final Register register;
  private final Remediation remediation;
  private final Monitoring monitoring;
  private final ClassNames names;

  FaultPages(
      Faults faults,
      FaultFigures figures,
      FaultRows rows,
      Register register,
      Remediation remediation,
      Monitoring monitoring,
      ClassNames names) {
    this.faults = faults;
    this.figures = figures;
    this.rows = rows;
    this.register = register;
    this.remediation = remediation;
    this.monitoring = monitoring;
    this.names = names;
  }

  @GetMapping("/faults")
  String list(
      @RequestParam(defaultValue = "open") String state,
      @RequestParam(name = "class", required = false) @Nullable String faultClass,
      @RequestParam(required = false) @Nullable String machine,
      @RequestParam(defaultValue = "-changed") String sort,
      @RequestParam(required = false) @Nullable String cursor,
      Viewer viewer,
      Model model) {
    FaultSorting sorting = FaultSorting.parse(sort);
    FaultFilterForm form =
        new FaultFilterForm(state, blank(faultClass), blank(machine), sorting, cursor);
    Candidates candidates = Candidates.of(form.machine(), register, viewer);
    Page<Fault> page =
        candidates.several()
            ? new Page<>(List.of(), null)
            : faults.list(form.filter(candidates.only()), viewer, sorting, cursor, ROWS);
    model.addAttribute("candidates", candidates);
    model.addAttribute("form", form);
    model.addAttribute("rows", rows.of(page.items()));
    model.addAttribute("next", page.next());
    model.addAttribute("counts", faults.counts(viewer));
    model.addAttribute("classes", figures.openByClass(viewer));
    model.addAttribute("names", names.all());
    return "console/faults";
  }

  @GetMapping("/faults/{id}")
  String story(@PathVariable String id, Viewer viewer, Model model) {
    Fault fault = find(id, viewer);
    List<Telling.Part> parts =
        faults.story(fault.id()).stream().map((StoryEntry e) -> Telling.part(e)).toList();
    MachineCard card = register.card(fault.machine()).orElse(null);
    model.addAttribute("row", new FaultRow(fault, card, names.of(fault.faultClass())));
    model.addAttribute("parts", parts);
    model.addAttribute("runs", remediation.runs(fault.id()));
    model.addAttribute("suggestion", remediation.suggestion(fault.id()).orElse(null));
    model.addAttribute("check", monitoring.check(fault.check()).orElse(null));
    model.addAttribute("suppressed", faults.suppressedFor(fault).orElse(null));
    model.addAttribute("earlier", faults.earlier(fault, BEFORE));
    return "console/fault";
  }

  @Allow(Role.OPERATOR)
  @PostMapping("/faults/{id}/fixed")
  String fixed(@PathVariable String id, Viewer viewer) {
    Fault fault = find(id, viewer);
    if (fault.state() != FaultState.ESCALATED)
      throw Problem.conflict(
          "这个故障现在是 " + fault.state() + "，只有等人处理时才能说“修好了”",
          "This fault is "
              + fault.state()
              + "; only one that waits for a person can be said fixed");
    remediation.saidFixed(fault.id(), viewer.actor());
    return "redirect:/faults/" + fault.id();
  }

  /**
   * @param plan of the suggestion that the person saw: another one is not run on this word
   */
  @Allow(Role.OPERATOR)
  @PostMapping("/faults/{id}/run")
  String run(@PathVariable String id, @RequestParam String plan, Viewer viewer) {
    Fault fault = find(id, viewer);
    remediation.runSuggested(fault.id(), plan, viewer.actor());
    return "redirect:/faults/" + fault.id();
  }

  @Allow(Role.OPERATOR)
  @PostMapping("/faults/{id}/look")
  String look(@PathVariable String id, Viewer viewer) {
    Fault fault = find(id, viewer);
    monitoring.lookAgainSoon(fault.machine(), fault.check());
    return "redirect:/faults/" + fault.id();
  }

  private Fault find(String id, Viewer viewer) {
    try {
      return faults
          .find(FaultId.of(id))
          .filter(fault -> register.visible(fault.machine(), viewer))
          .orElseThrow(() -> Problem.notFound("fault", id));
    } catch (NumberFormatException e) {
      throw Problem.notFound("fault", id);
    }
  }

  private static @Nullable String blank(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }
}
