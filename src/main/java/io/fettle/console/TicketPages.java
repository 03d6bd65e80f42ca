package io.fettle.console;

import io.fettle.cmdb.Register;
import io.fettle.fault.FaultId;
import io.fettle.kernel.Label;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.remediation.Remediation;
import io.fettle.remediation.Remediation.Suggestion;
import io.fettle.ticket.TicketSorting;
import io.fettle.ticket.Tickets;
import io.fettle.ticket.Tickets.TicketView;
import io.fettle.web.Allow;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Tickets: what a person has to know, with everything needed to act. */
@Controller
class TicketPages {
  private static final int ROWS = 50;

  private final Tickets tickets;
  private final Remediation remediation;
  private final Register register;
  private final ClassNames names;

  TicketPages(Tickets tickets, Remediation remediation, Register register, ClassNames names) {
    this.tickets = tickets;
    this.remediation = remediation;
    this.register = register;
    this.names = names;
  }

  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/tickets")
  String list(
      @RequestParam(defaultValue = "open") String state,
      @RequestParam(name = "class", required = false) @Nullable String faultClass,
      @RequestParam(required = false) @Nullable String machine,
      @RequestParam(defaultValue = "-opened") String sort,
      @RequestParam(required = false) @Nullable String cursor,
      Viewer viewer,
      Model model) {
    TicketFilterForm form =
        new TicketFilterForm(
            state.equals("all"), blank(faultClass), blank(machine), TicketSorting.parse(sort));
    Candidates candidates = Candidates.of(form.machine(), register, viewer);
    Page<TicketView> page =
        candidates.several()
            ? new Page<>(List.of(), null)
            : tickets.list(form.filter(candidates.only()), viewer, form.sorting(), cursor, ROWS);
    model.addAttribute("tickets", page.items());
    model.addAttribute("next", page.next());
    model.addAttribute("form", form);
    model.addAttribute("candidates", candidates);
    model.addAttribute("names", names.all());
    model.addAttribute("open", tickets.open(viewer));
    return "console/tickets";
  }

  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/tickets/{id}")
  String show(@PathVariable String id, Viewer viewer, Model model) {
    TicketView ticket = find(id, viewer);
    model.addAttribute("ticket", ticket);
    model.addAttribute("pieces", Telling.pieces(ticket.snapshot()));
    model.addAttribute("events", tickets.events(ticket.id(), viewer));
    model.addAttribute("suggestion", suggestion(ticket));
    return "console/ticket";
  }

  @Allow(Role.OPERATOR)
  @PostMapping("/tickets/{id}/take")
  String take(@PathVariable String id, Viewer viewer) {
    tickets.take(find(id, viewer).id(), viewer.actor());
    return back(id);
  }

  @Allow(Role.OPERATOR)
  @PostMapping("/tickets/{id}/fixed")
  String fixed(@PathVariable String id, Viewer viewer) {
    tickets.saidFixed(find(id, viewer).id(), viewer.actor());
    return back(id);
  }

  @Allow({Role.OPERATOR, Role.OWNER})
  @PostMapping("/tickets/{id}/note")
  String note(@PathVariable String id, @RequestParam String text, Viewer viewer) {
    if (text.isBlank() || text.length() > 10_000)
      throw new Problem(
          422,
          "bad-input",
          new Label("备注要有 1 到 10,000 个字", "A note has 1 to 10,000 characters"),
          List.of());
    tickets.note(find(id, viewer).id(), text.strip(), viewer.actor());
    return back(id);
  }

  private TicketView find(String id, Viewer viewer) {
    String digits = id.startsWith("T-") ? id.substring(2) : id;
    if (digits.isEmpty()
        || digits.length() > 18
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9'))
      throw Problem.notFound("ticket", id);
    return tickets
        .find(Long.parseLong(digits), viewer)
        .orElseThrow(() -> Problem.notFound("ticket", id));
  }

  private @Nullable Suggestion suggestion(TicketView ticket) {
    return ticket.fault() == null
        ? null
        : remediation.suggestion(new FaultId(ticket.fault())).orElse(null);
  }

  private static @Nullable String blank(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  private static String back(String id) {
    return "redirect:/tickets/" + Links.encode(id);
  }
}
