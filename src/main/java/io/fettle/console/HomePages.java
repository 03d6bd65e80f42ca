package io.fettle.console;

import io.fettle.fault.FaultFigures;
import io.fettle.fault.Faults;
import io.fettle.fault.Storms;
import io.fettle.kernel.Label;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.remediation.Remediation;
import io.fettle.ticket.Tickets;
import io.fettle.web.Allow;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Home: is anything wrong, is it being repaired, does it need me? */
@Controller
class HomePages {
  private static final int SHOWN = 6;
  private static final int HOURS = 24;

  private final Census census;
  private final Faults faults;
  private final FaultFigures figures;
  private final Storms storms;
  private final Remediation remediation;
  private final Tickets tickets;
  private final ClassNames names;
  private final RackMap racks;
  private final Clock clock;

  HomePages(
      Census census,
      Faults faults,
      FaultFigures figures,
      Storms storms,
      Remediation remediation,
      Tickets tickets,
      ClassNames names,
      RackMap racks,
      Clock clock) {
    this.census = census;
    this.faults = faults;
    this.figures = figures;
    this.storms = storms;
    this.remediation = remediation;
    this.tickets = tickets;
    this.names = names;
    this.racks = racks;
    this.clock = clock;
  }

  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/")
  String home(Viewer viewer, Model model) {
    boolean all = viewer.seesAll();
    RackMap.Map map = racks.of(viewer);
    Home home =
        new Home(
            census.machines(viewer),
            figures.machines(viewer),
            FaultCounts.of(faults.counts(viewer)),
            all ? storms.blowing() : List.of(),
            tickets.list(true, viewer, null, SHOWN).items(),
            tickets.open(viewer),
            all ? census.changedKeys() : 0,
            all ? active() : List.of(),
            today(viewer),
            map.sites(),
            map.hidden());
    model.addAttribute("home", home);
    return "console/home";
  }

  @Allow(Role.OPERATOR)
  @PostMapping("/storms/{id}/release")
  String release(@PathVariable long id, @RequestParam String reason, Viewer viewer) {
    storms.release(id, reason, viewer.actor());
    return "redirect:/";
  }

  private List<Home.Active> active() {
    Map<String, Label> labels = names.all();
    return remediation.active(SHOWN).stream()
        .map(run -> new Home.Active(run, name(run, labels)))
        .toList();
  }

  private Label name(Remediation.RunView run, Map<String, Label> labels) {
    return faults
        .find(run.fault())
        .map(f -> labels.getOrDefault(f.faultClass(), Label.same(f.faultClass())))
        .orElse(Label.same(run.runbook()));
  }

  private Home.Today today(Viewer viewer) {
    Instant now = clock.instant();
    Instant midnight = now.atZone(ZoneId.systemDefault()).truncatedTo(ChronoUnit.DAYS).toInstant();
    Instant from = now.truncatedTo(ChronoUnit.HOURS).minus(HOURS - 1, ChronoUnit.HOURS);
    return new Home.Today(
        figures.recovered(midnight, viewer),
        names.all(),
        from,
        figures.confirmedPerHour(from, HOURS, viewer));
  }
}
