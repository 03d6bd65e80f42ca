package io.fettle.ticket;

import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.Register;
import io.fettle.fault.Fault;
import io.fettle.fault.Faults;
import io.fettle.fault.StoryEntry;
import io.fettle.kernel.Label;
import io.fettle.kernel.RemoteText;
import io.fettle.remediation.Remediation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** A ticket's first moment: it says everything, so that its reader opens nothing else. */
@Component
class Birth {
  private static final Set<String> TRIED =
      Set.of("attempt", "run", "held", "decided", "why_not", "escalated");
  private final Register register;
  private final Faults faults;
  private final Remediation remediation;
  private final TicketTable table;
  private final TicketSettings settings;

  Birth(
      Register register,
      Faults faults,
      Remediation remediation,
      TicketTable table,
      TicketSettings settings) {
    this.register = register;
    this.faults = faults;
    this.remediation = remediation;
    this.table = table;
    this.settings = settings;
  }

  /**
   * Writes the ticket of an escalated fault, in the caller's transaction; its number, or empty when
   * the fault has one already.
   */
  Optional<Long> of(Fault fault, Instant now) {
    Optional<MachineCard> card = register.card(fault.machine());
    String name = card.map(MachineCard::name).orElse(fault.machine().toString());
    Label title =
        new Label(
            name + "：" + RemoteText.cut(fault.summary().zh(), 200),
            name + ": " + RemoteText.cut(fault.summary().en(), 200));
    String rack = card.map(Birth::rack).orElse("?");
    var place =
        new TicketTable.Place(
            card.map(MachineCard::assetNo).orElse(null),
            card.map(MachineCard::team).orElse(null),
            rack);
    Optional<Long> id = table.born(fault, place, title, snapshot(fault, card), now);
    id.ifPresent(ticket -> {
      table.event(ticket, now, "system:ticket", "born", fault.id().toString());
      gather(ticket, fault, rack, now);
    });
    return id;
  }

  /**
   * Many at once are one thing to look at: a rack full of what a policy only observes, or more than
   * so many of a class within the window that are not merely observed.
   */
  private void gather(long ticket, Fault fault, String rack, Instant now) {
    if (remediation.handedOver(fault.id()).filter("MODE"::equals).isPresent())
      observed(ticket, fault, rack, now);
    else storm(ticket, fault, now);
  }

  private void observed(long ticket, Fault fault, String rack, Instant now) {
    Label title =
        new Label(
            fault.faultClass() + "：机柜 " + rack + "（策略只观察，不动手）",
            fault.faultClass() + ": rack " + rack + " (the policy only observes)");
    table.under(ticket, table.parent("group", fault.faultClass(), rack, title, now));
  }

  private void storm(long ticket, Fault fault, Instant now) {
    Instant since = now.minus(settings.stormWindow());
    if (table.births(fault.faultClass(), since) <= settings.stormCount()) return;
    Label title =
        new Label(
            fault.faultClass() + "：短时间内大量转人工，应查共同原因",
            fault.faultClass() + ": many escalations at once; look for one cause");
    table.endStorm(fault.faultClass(), since);
    long parent = table.parent("storm", fault.faultClass(), "", title, now);
    table.gather(fault.faultClass(), since, parent);
    table.under(ticket, parent);
  }

  private static String rack(MachineCard card) {
    List<String> parts = new ArrayList<>();
    for (String part : new @Nullable String[] {card.site(), card.room(), card.rack()})
      if (part != null) parts.add(part);
    return parts.isEmpty() ? "?" : String.join(" / ", parts);
  }

  private Map<String, Object> snapshot(Fault fault, Optional<MachineCard> card) {
    Map<String, Object> all = new LinkedHashMap<>();
    card.ifPresent(c -> all.put("machine", machine(c)));
    card.ifPresent(c -> all.put("place", c.place()));
    all.put("fault", fault(fault));
    all.put("evidence", fault.evidence());
    all.put("tried", tried(fault));
    remediation
        .suggestion(fault.id())
        .ifPresent(s -> {
          all.put("suggested", suggested(s));
          all.put("suggested_why", Map.of("zh", s.why().zh(), "en", s.why().en()));
        });
    return RemoteText.safe(all, 4_000);
  }

  private static Map<String, Object> machine(MachineCard c) {
    Map<String, Object> card = new LinkedHashMap<>();
    put(card, "asset_no", c.assetNo());
    put(card, "serial", c.serial());
    put(card, "vendor", c.vendor());
    put(card, "model", c.model());
    put(card, "hostname", c.hostname());
    put(card, "ssh", c.ssh());
    put(card, "bmc", c.bmc());
    put(card, "team", c.team());
    put(card, "service", c.service());
    put(card, "contact", c.contact());
    put(card, "lifecycle", c.lifecycle());
    card.put("cmdb_version", c.version());
    return card;
  }

  private static void put(Map<String, Object> map, String key, @Nullable Object value) {
    if (value != null) map.put(key, value.toString());
  }

  private static Map<String, Object> fault(Fault f) {
    Map<String, Object> fault = new LinkedHashMap<>();
    fault.put("id", f.id().toString());
    fault.put("class", f.faultClass());
    fault.put("component", f.component());
    fault.put("check", f.check());
    fault.put("severity", f.severity().name());
    fault.put("zh", f.summary().zh());
    fault.put("en", f.summary().en());
    fault.put("opened_at", f.openedAt().toString());
    fault.put("relapses", f.relapses());
    return fault;
  }

  private static Map<String, Object> suggested(Remediation.Suggestion suggestion) {
    Map<String, Object> what = new LinkedHashMap<>();
    what.put("policy", suggestion.policy());
    what.put("runbook", suggestion.runbook());
    what.put("steps", suggestion.steps());
    return what;
  }

  /** The newest fifty decisions, attempts and endings. */
  private List<Map<String, Object>> tried(Fault fault) {
    List<StoryEntry> told =
        faults.story(fault.id()).stream().filter(e -> TRIED.contains(e.kind())).toList();
    return told.subList(Math.max(0, told.size() - 50), told.size()).stream()
        .map(e -> {
          Map<String, Object> line = new LinkedHashMap<>();
          line.put("at", e.at().toString());
          line.put("kind", e.kind());
          line.put("zh", e.title().zh());
          line.put("en", e.title().en());
          for (String key : List.of("status", "transcript", "not_used", "outcome", "reason"))
            put(line, key, e.details().get(key));
          return line;
        })
        .toList();
  }
}
