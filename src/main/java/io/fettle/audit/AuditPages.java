package io.fettle.audit;

import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The record as pages, for auditors. */
@Controller
@RequestMapping("/audit")
@Allow(Role.AUDITOR)
class AuditPages {
  private static final int ROWS = 100;

  private final AuditTrail trail;

  AuditPages(AuditTrail trail) {
    this.trail = trail;
  }

  @GetMapping
  ModelAndView list(
      @RequestParam(defaultValue = "") String actor,
      @RequestParam(defaultValue = "") String action,
      @RequestParam(defaultValue = "") String object,
      @RequestParam(required = false) @Nullable String cursor,
      Viewer viewer) {
    AuditAsked asked = new AuditAsked(actor, action, object);
    return new ModelAndView(
        "audit/list",
        Map.of("rows", trail.page(asked.filter(), cursor, ROWS, viewer), "asked", asked));
  }

  @GetMapping("/verification")
  ModelAndView verification(Viewer viewer) {
    return new ModelAndView("audit/verification", Map.of("proof", trail.verify(viewer)));
  }
}
