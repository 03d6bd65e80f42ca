package io.fettle.console;

import io.fettle.cmdb.History;
import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.MachineLists;
import io.fettle.cmdb.Provenance;
import io.fettle.cmdb.Query;
import io.fettle.cmdb.Register;
import io.fettle.cmdb.Resolution;
import io.fettle.cmdb.Sorting;
import io.fettle.fault.Fault;
import io.fettle.fault.FaultFigures;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.monitoring.Maintenance;
import io.fettle.monitoring.Monitoring;
import io.fettle.monitoring.Monitoring.CheckInfo;
import io.fettle.monitoring.Observations;
import io.fettle.monitoring.Observations.Seen;
import io.fettle.web.Allow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The machines, and everything known of one. */
@Controller
@Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
class MachinePages {
  private static final int ROWS = 100;
  private static final int COUNTED_MOST = 10_000;
  private static final int CHANGES = 40;
  private static final int FAULTS = 20;

  private final Register register;
  private final MachineLists lists;
  private final Provenance provenance;
  private final History history;
  private final FaultFigures figures;
  private final FaultRows rows;
  private final Monitoring monitoring;
  private final Observations observations;
  private final Maintenance maintenance;
  private final ClassNames names;
  private final Census census;
  private final Clock clock;

  MachinePages(
      Register register,
      MachineLists lists,
      Provenance provenance,
      History history,
      FaultFigures figures,
      FaultRows rows,
      Monitoring monitoring,
      Observations observations,
      Maintenance maintenance,
      ClassNames names,
      Census census,
      Clock clock) {
    this.register = register;
    this.lists = lists;
    this.provenance = provenance;
    this.history = history;
    this.figures = figures;
    this.rows = rows;
    this.monitoring = monitoring;
    this.observations = observations;
    this.maintenance = maintenance;
    this.names = names;
    this.census = census;
    this.clock = clock;
  }

  @GetMapping("/machines")
  String list(
      @RequestParam(defaultValue = "") String q,
      @RequestParam(defaultValue = "name") String sort,
      @RequestParam(required = false) @Nullable String cursor,
      Viewer viewer,
      Model model) {
    Sorting sorting = Sorting.parse(sort);
    model.addAttribute("q", q);
    model.addAttribute("sorting", sorting);
    model.addAttribute("names", names.all());
    model.addAttribute("most", COUNTED_MOST);
    try {
      Query query = register.query(q);
      Page<MachineCard> page = lists.list(query, viewer, sorting, cursor, ROWS);
      Map<AssetId, List<Fault>> open =
          figures.open(page.items().stream().map(MachineCard::id).toList());
      model.addAttribute(
          "count",
          q.isBlank() ? census.machines(viewer) : census.matching(query, viewer, COUNTED_MOST));
      model.addAttribute("rows", page.items().stream().map(c -> row(c, open)).toList());
      model.addAttribute("next", page.next());
      model.addAttribute("wrong", null);
    } catch (Problem wrong) {
      if (wrong.status() != 422 || q.isBlank()) throw wrong;
      model.addAttribute("count", 0L);
      model.addAttribute("rows", List.of());
      model.addAttribute("next", null);
      model.addAttribute("wrong", QueryMistake.of(q, wrong));
    }
    return "console/machines";
  }

  @GetMapping("/machines/{key}")
  String show(@PathVariable String key, Viewer viewer, Model model) {
    Optional<AssetId> found = id(key);
    if (found.isEmpty()) return "redirect:/find?q=" + Links.encode(key);
    AssetId id = found.get();
    if (!register.visible(id, viewer)) throw Problem.notFound("machine", key);
    MachineCard card = register.card(id).orElseThrow(() -> Problem.notFound("machine", key));
    List<Fault> faults = figures.ofMachine(id, FAULTS);
    List<Fault> open = figures.open(List.of(id)).getOrDefault(id, List.of());
    List<MachineFacts.Card> facts = MachineFacts.cards(provenance.of(id));
    model.addAttribute("row", new MachineRow(card, open));
    model.addAttribute("facts", facts);
    model.addAttribute("drifts", MachineFacts.drifts(facts));
    model.addAttribute("open", rows.of(open));
    model.addAttribute("checks", checks(id));
    model.addAttribute("window", maintenance.covering(id).orElse(null));
    model.addAttribute("timeline", Timeline.of(history.of(id, CHANGES), faults, names, CHANGES));
    return "console/machine";
  }

  private List<CheckLine> checks(AssetId id) {
    List<CheckInfo> bound = monitoring.bound(id);
    List<Seen> kept = observations.lately(id, bound.stream().map(CheckInfo::name).toList());
    return CheckLine.of(bound, kept, observations.seen(id));
  }

  /** Asks for a fresh slot of every check soon, instead of waiting a whole interval. */
  @Allow(Role.OPERATOR)
  @PostMapping("/machines/{key}/look")
  String look(@PathVariable String key, Viewer viewer) {
    AssetId id = visible(key, viewer);
    monitoring.bound(id).forEach(check -> monitoring.lookAgainSoon(id, check.name()));
    return "redirect:/machines/" + id;
  }

  @Allow(Role.OPERATOR)
  @PostMapping("/machines/{key}/maintenance")
  String maintain(
      @PathVariable String key,
      @RequestParam int hours,
      @RequestParam(defaultValue = "") String reason,
      Viewer viewer) {
    AssetId id = visible(key, viewer);
    if (hours < 1 || hours > 24 * 14)
      throw Problem.badInput("hours", "" + hours, "维护窗口可以是 1 小时到 14 天", "1 hour to 14 days");
    Instant now = clock.instant();
    maintenance.declare(id, now, now.plus(Duration.ofHours(hours)), reason.strip(), viewer.actor());
    return "redirect:/machines/" + id;
  }

  @Allow(Role.OPERATOR)
  @PostMapping("/machines/{key}/maintenance/{window}/end")
  String endMaintenance(@PathVariable String key, @PathVariable long window, Viewer viewer) {
    AssetId id = visible(key, viewer);
    boolean ended =
        maintenance
            .covering(id)
            .filter(w -> w.id() == window)
            .flatMap(w -> maintenance.end(w.id(), viewer.actor()))
            .isPresent();
    if (!ended) throw Problem.conflict("这个维护窗口已经结束", "This maintenance window is over already");
    return "redirect:/machines/" + id;
  }

  private static MachineRow row(MachineCard card, Map<AssetId, List<Fault>> open) {
    return new MachineRow(card, open.getOrDefault(card.id(), List.of()));
  }

  private AssetId visible(String key, Viewer viewer) {
    return id(key)
        .or(() -> register.find(key, viewer).hits().stream().map(Resolution.Hit::id).findFirst())
        .filter(id -> register.visible(id, viewer))
        .orElseThrow(() -> Problem.notFound("machine", key));
  }

  private static Optional<AssetId> id(String key) {
    try {
      return key.length() == 36 ? Optional.of(AssetId.of(key)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
