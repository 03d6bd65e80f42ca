package io.fettle.console;

import io.fettle.fault.FaultFigures;
import io.fettle.fault.Storms.Storm;
import io.fettle.fault.Turn;
import io.fettle.kernel.Label;
import io.fettle.remediation.Remediation.RunView;
import io.fettle.ticket.Tickets;
import io.fettle.ticket.Tickets.TicketView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the home page says.
 *
 * @param byTurn machines with an open fault by what asks for most attention
 * @param changedKeys host keys that wait for a person; more than 99 is 100
 */
public record Home(
    long machines,
    Map<Turn, Integer> byTurn,
    FaultCounts faults,
    List<Storm> storms,
    List<TicketView> tickets,
    int openTickets,
    int changedKeys,
    List<Active> active,
    Today today,
    List<Site> sites,
    int racksHidden) {

  /** A run in flight with the name of what it repairs. */
  public record Active(RunView run, Label name) {}

  /** Today's numbers since midnight of the server's zone. */
  public record Today(
      List<FaultFigures.Recovered> byClass,
      Map<String, Label> names,
      Instant chartFrom,
      List<Integer> perHour) {
    public int byRun() {
      return byClass.stream().mapToInt(FaultFigures.Recovered::byRun).sum();
    }

    public int byPerson() {
      return byClass.stream().mapToInt(FaultFigures.Recovered::byPerson).sum();
    }

    /** Of what was repaired, the share in which nobody had a hand. */
    public double share() {
      int all = byRun() + byPerson();
      return all == 0 ? 0 : (double) byRun() / all;
    }

    public int most() {
      return byClass.stream().mapToInt(FaultFigures.Recovered::all).max().orElse(1);
    }

    /** Times in epoch seconds and counts, as the chart script reads them. */
    public String chart() {
      StringBuilder times = new StringBuilder();
      for (int i = 0; i < perHour.size(); i++)
        times.append(i == 0 ? "" : ",").append(chartFrom.getEpochSecond() + i * 3600L);
      String values = perHour.stream().map(String::valueOf).collect(Collectors.joining(","));
      return "{\"times\":[" + times + "],\"values\":[" + values + "]}";
    }
  }

  /** A site with its racks. */
  public record Site(String name, List<RackCell> racks) {}

  /** A rack on the map; colour is the worst state in it. */
  public record RackCell(
      @Nullable String site,
      @Nullable String room,
      String rack,
      Tone tone,
      long machines,
      int faulty) {

    /** Its name within its site: the room is part of it where the site has rooms. */
    public String name() {
      return site == null || room == null ? rack : room + " / " + rack;
    }
  }

  public long fine() {
    int not =
        byTurn.entrySet().stream()
            .filter(e -> e.getKey() != Turn.NONE)
            .mapToInt(Map.Entry::getValue)
            .sum();
    return Math.max(0, machines - not);
  }

  public int machines(Turn turn) {
    return byTurn.getOrDefault(turn, 0);
  }

  /**
   * Things that wait for a person: storms, tickets, and the pile of changed host keys. A listed
   * ticket that is being verified waits for Fettle.
   */
  public int needs() {
    int verifying =
        (int) tickets.stream().filter(t -> t.state() == Tickets.State.VERIFYING).count();
    return storms.size() + openTickets - verifying + (changedKeys > 0 ? 1 : 0);
  }
}
