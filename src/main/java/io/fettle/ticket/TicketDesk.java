package io.fettle.ticket;

import io.fettle.audit.Audit;
import io.fettle.cmdb.Register;
import io.fettle.fault.Fault;
import io.fettle.fault.FaultId;
import io.fettle.fault.FaultState;
import io.fettle.fault.Faults;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Changed;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Viewer;
import io.fettle.remediation.Remediation;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** The room's front door. */
@Component
class TicketDesk implements Tickets {
  private static final int BITE = 500;
  private final TicketTable table;
  private final Birth birth;
  private final Faults faults;
  private final Register register;
  private final Remediation remediation;
  private final Audit audit;
  private final ApplicationEventPublisher events;
  private final TransactionOperations transactions;
  private final Clock clock;

  TicketDesk(
      TicketTable table,
      Birth birth,
      Faults faults,
      Register register,
      Remediation remediation,
      Audit audit,
      ApplicationEventPublisher events,
      TransactionOperations transactions,
      Clock clock) {
    this.table = table;
    this.birth = birth;
    this.faults = faults;
    this.register = register;
    this.remediation = remediation;
    this.audit = audit;
    this.events = events;
    this.transactions = transactions;
    this.clock = clock;
  }

  @Override
  public Page<TicketView> list(
      TicketFilter filter,
      Viewer viewer,
      TicketSorting sorting,
      @Nullable String cursor,
      int limit) {
    int size = Math.clamp(limit, 1, 500);
    TicketCursor after = TicketCursor.read(cursor, sorting);
    List<TicketTable.Row> rows = table.list(filter, teams(viewer), sorting, after, size + 1);
    List<TicketView> page = rows.stream().limit(size).map(TicketTable.Row::view).toList();
    boolean more = rows.size() > size;
    return new Page<>(page, more ? TicketCursor.after(rows.get(size - 1), sorting) : null);
  }

  private static @Nullable Set<String> teams(Viewer viewer) {
    return viewer.seesAll() ? null : viewer.teams();
  }

  @Override
  public Optional<TicketView> find(long id, Viewer viewer) {
    return row(id, viewer).map(TicketTable.Row::view);
  }

  private Optional<TicketTable.Row> row(long id, Viewer viewer) {
    return table.find(id).filter(row -> visible(row, viewer));
  }

  private boolean visible(TicketTable.Row row, Viewer viewer) {
    if (viewer.seesAll()) return true;
    return row.machine() != null && register.visible(row.machine(), viewer);
  }

  @Override
  public List<TicketEvent> events(long id, Viewer viewer) {
    return row(id, viewer).map(row -> table.events(id)).orElse(List.of());
  }

  @Override
  public int open(Viewer viewer) {
    return table.open(teams(viewer));
  }

  @Override
  public void take(long id, Actor actor) {
    TicketTable.Row row = known(id);
    in(() -> {
      take(row, actor);
      audit.record(actor, "ticket.taken", "ticket:" + id, null, Map.of());
      return true;
    });
    inBites(
        id,
        bite ->
            in(() -> {
              bite.forEach(child -> assign(child, actor));
              return true;
            }));
    changed(id);
  }

  /** Every open ticket under this one; interrupted, the same again does the rest. */
  private void inBites(long parent, Consumer<List<TicketTable.Row>> work) {
    long after = 0;
    while (true) {
      List<TicketTable.Row> bite = table.openChildren(parent, after, BITE);
      if (bite.isEmpty()) return;
      work.accept(bite);
      after = bite.getLast().view().id();
    }
  }

  private void take(TicketTable.Row row, Actor actor) {
    State state = row.view().state();
    if (state == State.CLOSED) throw Problem.conflict("工单已关闭", "The ticket is closed");
    if (!assign(row, actor))
      throw Problem.conflict("工单刚刚变了，请刷新", "The ticket has just moved; look again");
  }

  /** False when it has moved meanwhile: nothing is done then. */
  private boolean assign(TicketTable.Row row, Actor actor) {
    if (row.view().state() == State.OPEN
        && !table.move(row.view().id(), State.OPEN, State.ASSIGNED, clock.instant())) return false;
    table.assign(row.view().id(), actor.name());
    table.event(row.view().id(), clock.instant(), actor.toString(), "taken", actor.name());
    return true;
  }

  @Override
  public void saidFixed(long id, Actor actor) {
    TicketTable.Row row = known(id);
    if (row.view().fault() == null) {
      parentSaidFixed(id, actor);
    } else if (!startProof(row, actor)) {
      throw Problem.conflict(
          "只有等人处理的工单才能报修复，当前为 " + row.view().state(),
          "Only a ticket that waits for a person can be said to be fixed; it is "
              + row.view().state());
    }
    changed(id);
  }

  private void parentSaidFixed(long id, Actor actor) {
    AtomicInteger started = new AtomicInteger();
    inBites(
        id,
        bite -> {
          for (TicketTable.Row child : bite)
            if (child.view().state() != State.VERIFYING && startProof(child, actor))
              started.incrementAndGet();
        });
    if (started.get() == 0)
      throw Problem.conflict("下面没有等人处理的工单", "No ticket under it waits for a person");
    table.event(id, clock.instant(), actor.toString(), "said_fixed", started.toString());
  }

  /** Edge 35 and the ticket's move in one transaction; false when it is not for a person now. */
  private boolean startProof(TicketTable.Row row, Actor actor) {
    Long number = row.view().fault();
    if (number == null || !TicketGraph.open(row.view().state())) return false;
    Optional<Fault> fault =
        faults.find(new FaultId(number)).filter(f -> f.state() == FaultState.ESCALATED);
    if (fault.isEmpty()) return false;
    return in(() -> {
      remediation.saidFixed(fault.get().id(), actor);
      table.move(row.view().id(), row.view().state(), State.VERIFYING, clock.instant());
      table.event(row.view().id(), clock.instant(), actor.toString(), "said_fixed", "");
      return true;
    });
  }

  @Override
  public void note(long id, String text, Actor actor) {
    known(id);
    if (text.isBlank() || text.length() > 10_000)
      throw Problem.badInput("text", "", "备注须为 1 到 10000 字", "A note has 1 to 10,000 characters");
    in(() -> {
      table.event(id, clock.instant(), actor.toString(), "note", text.strip());
      audit.record(actor, "ticket.noted", "ticket:" + id, null, Map.of("length", text.length()));
      return true;
    });
    changed(id);
  }

  /** Gives an escalated fault its ticket, unless it has one. */
  boolean bear(Fault fault) {
    if (fault.state() != FaultState.ESCALATED) return false;
    Optional<Long> id =
        Optional.ofNullable(
            transactions.execute(t -> birth.of(fault, clock.instant()).orElse(null)));
    id.ifPresent(this::changed);
    return id.isPresent();
  }

  /** Brings tickets to where their faults, or their children, ask them to be. */
  void follow(List<TicketTable.Row> rows) {
    List<FaultId> of = new ArrayList<>();
    for (TicketTable.Row row : rows)
      if (row.view().fault() != null) of.add(new FaultId(row.view().fault()));
    Map<FaultId, FaultState> states = faults.states(of);
    for (TicketTable.Row row : rows) follow(row, states);
  }

  private void follow(TicketTable.Row row, Map<FaultId, FaultState> states) {
    State at = row.view().state();
    boolean assigned = row.view().assignee() != null;
    Long fault = row.view().fault();
    Optional<State> to =
        fault == null
            ? TicketGraph.followChildren(at, assigned, table.childStates(row.view().id()))
            : TicketGraph.follow(
                at, assigned, states.getOrDefault(new FaultId(fault), FaultState.CLOSED));
    if (to.isEmpty()) return;
    boolean moved =
        in(() -> {
          if (!table.move(row.view().id(), at, to.get(), clock.instant())) return false;
          table.event(
              row.view().id(),
              clock.instant(),
              "system:ticket",
              kind(at, to.get()),
              at + " → " + to.get());
          return true;
        });
    if (moved) changed(row.view().id());
  }

  private static String kind(State from, State to) {
    return switch (to) {
      case RESOLVED -> "resolved";
      case CLOSED -> "closed";
      case VERIFYING -> "verifying";
      case OPEN, ASSIGNED -> from == State.RESOLVED ? "reopened" : "not_proven";
    };
  }

  private TicketTable.Row known(long id) {
    return table.find(id).orElseThrow(() -> Problem.notFound("ticket", String.valueOf(id)));
  }

  private boolean in(java.util.function.Supplier<Boolean> work) {
    return Boolean.TRUE.equals(transactions.execute(t -> work.get()));
  }

  private void changed(long id) {
    events.publishEvent(new Changed("ticket", String.valueOf(id)));
  }
}
