package io.fettle.console;

import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.reach.HostKeyDecisions;
import io.fettle.reach.HostKeyDecisions.Decision;
import io.fettle.web.Allow;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Host keys of machines that were reinstalled together: see whose, then accept them at once. */
@Controller
@Allow(Role.OPERATOR)
class ReinstallPages {
  private static final int SHOWN = 50;

  private final HostKeyDecisions decisions;

  ReinstallPages(HostKeyDecisions decisions) {
    this.decisions = decisions;
  }

  @GetMapping("/host-keys/reinstalled")
  String preview(
      @RequestParam String query, @RequestParam String since, Viewer viewer, Model model) {
    Decision decision = decision(query, since, "");
    model.addAttribute("query", query);
    model.addAttribute("since", decision.since());
    model.addAttribute("meant", decisions.meant(decision, SHOWN, viewer));
    return "console/reinstalled";
  }

  @PostMapping("/host-keys/reinstalled")
  String accept(
      @RequestParam String query,
      @RequestParam String since,
      @RequestParam(defaultValue = "") String reason,
      Viewer viewer) {
    decisions.accept(decision(query, since, reason), viewer);
    return "redirect:/host-keys";
  }

  private static Decision decision(String query, String since, String reason) {
    return new Decision(List.of(), query, since(since), Set.of(), reason);
  }

  /** What the preview wrote, or what a time field gives: a local time in the zone of the pages. */
  private static Instant since(String text) {
    try {
      return text.endsWith("Z")
          ? Instant.parse(text)
          : LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
    } catch (DateTimeParseException e) {
      throw Problem.badInput(
          "since", text, "请给出重装开始的时间", "Give the time at which the reinstall began");
    }
  }
}
