package io.fettle.remediation;

import io.fettle.audit.Audit;
import io.fettle.cmdb.MachineCard;
import io.fettle.fault.Cause;
import io.fettle.fault.Edge;
import io.fettle.fault.Fault;
import io.fettle.fault.FaultId;
import io.fettle.fault.FaultState;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Changed;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;

/** The room's front door. */
final class Repairs implements Remediation {
  private static final int MOST_MACHINES = 100_000;
  private static final Set<FaultState> TOUCHED =
      Set.of(FaultState.CONFIRMED, FaultState.HELD, FaultState.PLANNED, FaultState.ESCALATED);
  private final Desk desk;
  private final Modes modes;
  private final Fuse fuse;
  private final Tally tally;
  private final Suggest suggest;
  private final Audit audit;
  private final ApplicationEventPublisher events;

  Repairs(Desk desk, Modes modes, Audit audit, ApplicationEventPublisher events) {
    this.desk = desk;
    this.modes = modes;
    this.fuse = new Fuse(desk.policies());
    this.tally = new Tally(desk.runs());
    this.suggest = new Suggest(desk, new Survey(desk, fuse, modes), audit);
    this.audit = audit;
    this.events = events;
  }

  @Override
  public List<PolicyView> policies() {
    return desk.shelf().policies().stream().map(this::view).toList();
  }

  @Override
  public Optional<PolicyView> policy(String name) {
    return desk.shelf().policy(name).map(this::view);
  }

  @Override
  public List<StepUse> uses(String action) {
    return desk.shelf().uses(action);
  }

  private PolicyView view(Policy policy) {
    var row = desk.policies().mode(policy.name());
    return new PolicyView(
        policy.name(),
        policy.label(),
        policy.faultClass(),
        policy.where().text(),
        modes.of(policy.name()),
        row.map(PolicyTable.ModeRow::reason).orElse(null),
        row.map(PolicyTable.ModeRow::changedBy).orElse(null),
        row.map(PolicyTable.ModeRow::changedAt).orElse(null),
        policy.ladder().stream().map(Policy.Rung::runbook).toList(),
        budgets(policy),
        fuse.look(policy, desk.now()).gate() != Breaker.Gate.CLOSED,
        touched(policy, 0).faults());
  }

  /** Budgets of the policy and of all together; racks are shown per run, not here. */
  private Map<String, BudgetUse> budgets(Policy policy) {
    Map<String, BudgetUse> budgets = new LinkedHashMap<>();
    Instant now = desk.now();
    for (Policy.Budget budget : policy.budgets()) {
      String scope =
          switch (budget.scope()) {
            case POLICY -> "policy:" + policy.name();
            case GLOBAL -> "global";
            case RACK -> "";
          };
      if (scope.isEmpty()) continue;
      String name = budget.scope().name().toLowerCase(java.util.Locale.ROOT);
      budgets.put(
          name + " concurrent", new BudgetUse(desk.leases().held(scope), budget.concurrent()));
      budget
          .per()
          .ifPresent(per ->
              budgets.put(
                  name + " per " + words(per.window()),
                  new BudgetUse(
                      desk.leases().debited(scope, now.minus(per.window())), per.count())));
    }
    budgets.putIfAbsent(
        "global concurrent",
        new BudgetUse(desk.leases().held("global"), desk.settings().globalConcurrent()));
    return budgets;
  }

  private static String words(Duration window) {
    return window.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
  }

  @Override
  public PolicyView setMode(String name, Mode mode, String reason, Actor actor) {
    Policy policy = desk.shelf().policy(name).orElseThrow(() -> Problem.notFound("policy", name));
    Mode before = modes.of(name);
    if (reason.isBlank() && mode.compareTo(before) > 0)
      throw Problem.badInput("reason", "", "提高模式必须写明原因", "Raising the mode needs a reason");
    WouldTouch would = wouldTouch(name, mode, 20);
    desk.transactions()
        .executeWithoutResult(t -> {
          desk.policies().setMode(name, mode, reason.strip(), actor.toString(), desk.now());
          audit.record(
              actor,
              "policy.mode_changed",
              "policy:" + name,
              reason.strip(),
              Map.of(
                  "from",
                  before.name(),
                  "to",
                  mode.name(),
                  "would_touch",
                  would.machines(),
                  "revision",
                  policy.revision()));
        });
    events.publishEvent(new Changed("policy", name));
    return view(policy);
  }

  @Override
  public WouldTouch wouldTouch(String name, Mode mode, int limit) {
    Policy policy = desk.shelf().policy(name).orElseThrow(() -> Problem.notFound("policy", name));
    if (mode != Mode.AUTO) return new WouldTouch(0, List.of());
    Touched touched = touched(policy, Math.clamp(limit, 0, 1_000));
    return new WouldTouch(touched.machines(), touched.names());
  }

  private record Touched(int faults, int machines, List<String> names) {}

  /** Open faults of the class on machines that the policy owns. */
  private Touched touched(Policy policy, int limit) {
    Map<AssetId, Integer> broken =
        desk.faults().machines(policy.faultClass(), TOUCHED, MOST_MACHINES);
    Set<AssetId> owned = desk.register().matching(policy.where(), broken.keySet());
    int faults = owned.stream().mapToInt(broken::get).sum();
    Set<AssetId> inOrder = new LinkedHashSet<>(broken.keySet());
    inOrder.retainAll(owned);
    return new Touched(faults, inOrder.size(), names(inOrder, limit));
  }

  private List<String> names(Set<AssetId> machines, int limit) {
    List<AssetId> shown = machines.stream().limit(limit).toList();
    Map<AssetId, MachineCard> cards = desk.register().cards(shown);
    List<String> names = new ArrayList<>();
    for (AssetId id : shown) {
      MachineCard card = cards.get(id);
      names.add(card == null ? id.toString() : card.name());
    }
    return names;
  }

  @Override
  public Freeze freeze() {
    return desk.policies().freeze();
  }

  @Override
  public void setFreeze(boolean on, String reason, Actor actor) {
    if (reason.isBlank())
      throw Problem.badInput("reason", "", "冻结与解冻都必须写明原因", "A freeze, on or off, needs a reason");
    desk.transactions()
        .executeWithoutResult(t -> {
          boolean changed =
              desk.policies().setFreeze(on, reason.strip(), actor.toString(), desk.now());
          if (changed)
            audit.record(
                actor, on ? "freeze.on" : "freeze.off", "freeze:global", reason.strip(), Map.of());
        });
    events.publishEvent(new Changed("policy", "freeze"));
  }

  @Override
  public List<RunView> runs(FaultId fault) {
    return views(desk.runs().of(fault));
  }

  @Override
  public List<RunView> active(int limit) {
    return views(desk.runs().active(0, Math.clamp(limit, 1, 500)));
  }

  private List<RunView> views(List<Rows.Run> runs) {
    Map<AssetId, MachineCard> cards =
        desk.register().cards(runs.stream().map(Rows.Run::machine).distinct().toList());
    return runs.stream().map(run -> view(run, cards.get(run.machine()))).toList();
  }

  private static RunView view(Rows.Run run, @Nullable MachineCard card) {
    boolean all = run.state() != Rows.RunState.RUNNING && run.state() != Rows.RunState.UNCERTAIN;
    return new RunView(
        run.id(),
        run.fault(),
        card == null ? run.machine().toString() : card.name(),
        run.policy(),
        run.runbook(),
        run.outcome() == null ? run.state().name() : run.outcome(),
        run.startedAt(),
        run.endedAt(),
        all && !"STOPPED".equals(run.outcome()) ? run.orders().size() : run.nextStep(),
        run.orders().size());
  }

  @Override
  public RepairCounts counts() {
    return tally.now(desk.now());
  }

  @Override
  public Optional<String> handedOver(FaultId fault) {
    return desk.plans().of(fault).map(Rows.Plan::outcome).filter(Decision.Reason::named);
  }

  @Override
  public Optional<Suggestion> suggestion(FaultId fault) {
    return suggest.of(fault);
  }

  @Override
  public void runSuggested(FaultId fault, String plan, Actor actor) {
    suggest.run(fault, plan, actor);
  }

  @Override
  public void saidFixed(FaultId id, Actor actor) {
    Fault fault =
        desk.faults().find(id).orElseThrow(() -> Problem.notFound("fault", id.toString()));
    if (fault.state() != FaultState.ESCALATED)
      throw Problem.conflict(
          id + " 当前是 " + fault.state() + "，只有已转人工的故障才能报修复",
          id + " is " + fault.state() + "; only an escalated fault can be said to be fixed");
    Boolean moved = desk.transactions().execute(t -> verify(fault, actor));
    if (!Boolean.TRUE.equals(moved))
      throw Problem.conflict(id + " 刚刚变了，请刷新后再试", id + " has just moved; look again");
  }

  private boolean verify(Fault fault, Actor actor) {
    Instant now = desk.now();
    Policy.Proof proof =
        desk.register().machine(fault.machine()).stream()
            .flatMap(m -> desk.shelf().owners(fault.faultClass(), m).stream())
            .findFirst()
            .map(Policy::verify)
            .orElse(new Policy.Proof(Duration.ofSeconds(10), 2, Duration.ofMinutes(10)));
    Instant deadline = now.plus(proof.deadline());
    Label why =
        new Label(
            actor.name() + " 说已修好，由检查证实", actor.name() + " says it is fixed; the check will tell");
    Cause cause = new Cause(actor, why, Map.of(), null, null, now, deadline, null);
    boolean moved =
        desk.faults()
            .advance(fault.id(), fault.version(), Edge.E35, FaultState.VERIFYING, cause)
            .isPresent();
    if (!moved) return false;
    desk.attempts()
        .verify(
            new Rows.Verification(
                fault.id(), null, "human", now, proof.ok(), 0, proof.gap(), deadline));
    desk.plans().outcome(fault.id(), "PAST");
    audit.record(actor, "fault.said_fixed", "fault:" + fault.id(), null, Map.of());
    return true;
  }
}
