package io.fettle.ticket;

import io.fettle.cmdb.Itself;
import io.fettle.cmdb.Register;
import io.fettle.cmdb.Resolution;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Tickets as JSON; another team's ticket answers 404. */
@RestController
@RequestMapping("/api/v1/tickets")
class TicketApi {
  private final Tickets tickets;
  private final Register register;

  TicketApi(Tickets tickets, Register register) {
    this.tickets = tickets;
    this.register = register;
  }

  /** A ticket with what happened to it. */
  record Whole(Tickets.TicketView ticket, List<Tickets.TicketEvent> events) {}

  /** A remark. */
  record Note(@Nullable String text) {}

  private AssetId machine(String key, Viewer viewer) {
    List<Resolution.Hit> hits = register.find(key, viewer).hits();
    if (hits.isEmpty())
      return Itself.called(key, viewer).orElseThrow(() -> Problem.notFound("machine", key));
    if (hits.size() > 1)
      throw Problem.conflict(
          key + " 对应 " + hits.size() + " 台机器，请写得更准确",
          key + " leads to " + hits.size() + " machines: be more exact");
    return hits.getFirst().id();
  }

  /**
   * @param machine any key of a machine
   * @param sort opened, changed, machine or class, with - before it for descending
   */
  @GetMapping
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Page<Tickets.TicketView> list(
      @RequestParam(name = "open", defaultValue = "true") boolean open,
      @RequestParam(name = "class", required = false) @Nullable String faultClass,
      @RequestParam(name = "machine", required = false) @Nullable String machine,
      @RequestParam(name = "sort", defaultValue = "-opened") String sort,
      @RequestParam(name = "cursor", required = false) @Nullable String cursor,
      @RequestParam(name = "limit", defaultValue = "100") int limit,
      Viewer viewer) {
    TicketFilter filter =
        new TicketFilter(open, faultClass, machine == null ? null : machine(machine, viewer));
    return tickets.list(filter, viewer, TicketSorting.parse(sort), cursor, limit);
  }

  @GetMapping("/{id}")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Whole whole(@PathVariable("id") String id, Viewer viewer) {
    Tickets.TicketView ticket = visible(id, viewer);
    return new Whole(ticket, tickets.events(ticket.id(), viewer));
  }

  @PostMapping("/{id}/take")
  @Allow({Role.OPERATOR})
  Whole take(@PathVariable("id") String id, Viewer viewer) {
    tickets.take(visible(id, viewer).id(), viewer.actor());
    return whole(id, viewer);
  }

  @PostMapping("/{id}/fixed")
  @Allow({Role.OPERATOR})
  Whole fixed(@PathVariable("id") String id, Viewer viewer) {
    tickets.saidFixed(visible(id, viewer).id(), viewer.actor());
    return whole(id, viewer);
  }

  @PostMapping("/{id}/note")
  @Allow({Role.OPERATOR, Role.OWNER})
  Whole note(@PathVariable("id") String id, @RequestBody Note note, Viewer viewer) {
    long ticket = visible(id, viewer).id();
    tickets.note(ticket, note.text() == null ? "" : note.text(), viewer.actor());
    return whole(id, viewer);
  }

  private Tickets.TicketView visible(String id, Viewer viewer) {
    try {
      return tickets
          .find(Long.parseLong(id.startsWith("T-") ? id.substring(2) : id), viewer)
          .orElseThrow(() -> Problem.notFound("ticket", id));
    } catch (NumberFormatException e) {
      throw Problem.notFound("ticket", id);
    }
  }
}
