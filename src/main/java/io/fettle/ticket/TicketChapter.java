package io.fettle.ticket;

import io.fettle.fault.Fault;
import io.fettle.fault.FaultChapter;
import io.fettle.fault.StoryEntry;
import io.fettle.kernel.Label;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** The ticket's chapter of a fault's story. */
@Component
class TicketChapter implements FaultChapter {
  private final TicketTable table;

  TicketChapter(TicketTable table) {
    this.table = table;
  }

  @Override
  public List<StoryEntry> of(Fault fault) {
    return table
        .ofFault(fault.id().value())
        .map(row -> table.events(row.view().id()).stream().map(e -> entry(row, e)).toList())
        .orElse(List.of());
  }

  private static StoryEntry entry(TicketTable.Row row, Tickets.TicketEvent event) {
    long id = row.view().id();
    Label words =
        switch (event.kind()) {
          case "born" -> new Label("工单 " + id + " 建立", "Ticket " + id + " opened");
          case "taken" ->
              new Label("工单由 " + event.text() + " 接手", "Ticket taken by " + event.text());
          case "said_fixed" -> new Label("工单报称已修复，开始验证", "Ticket said to be fixed; proof begins");
          case "verifying" -> new Label("工单进入验证", "Ticket waits for proof");
          case "not_proven" -> new Label("验证未通过，工单退回", "Not proven; the ticket is back");
          case "reopened" -> new Label("故障复发，工单重开", "It came back; the ticket is open again");
          case "resolved" -> new Label("工单解决", "Ticket resolved");
          case "closed" -> new Label("工单关闭", "Ticket closed");
          default -> Label.same(event.text());
        };
    return new StoryEntry(
        event.at(),
        "ticket",
        words,
        Map.of(
            "ticket",
            id,
            "event",
            event.kind(),
            "actor",
            event.actor(),
            "state",
            row.view().state().name()));
  }
}
