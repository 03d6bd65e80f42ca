package io.fettle.remediation;

import io.fettle.cmdb.MachineDoc;
import io.fettle.fault.Fault;
import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Gathers the ground that a decision stands on. */
final class Survey {
  private static final Duration MONTH = Duration.ofDays(30);
  private final Desk desk;
  private final Fuse fuse;
  private final Modes modes;

  Survey(Desk desk, Fuse fuse, Modes modes) {
    this.desk = desk;
    this.fuse = fuse;
    this.modes = modes;
  }

  Ground of(Fault fault, MachineDoc machine) {
    return of(fault, machine, desk.runs().position(fault.id()));
  }

  /** The ground as if the ladder stood at this position. */
  Ground of(Fault fault, MachineDoc machine, int position) {
    List<Policy> owners = desk.shelf().owners(fault.faultClass(), machine);
    Optional<Policy> policy =
        owners.size() == 1 ? Optional.of(owners.getFirst()) : Optional.empty();
    return new Ground(
        fault,
        machine,
        owners,
        policy.map(p -> modes.of(p.name())).orElse(Remediation.Mode.OBSERVE),
        position,
        desk.faults().suppressedFor(fault),
        desk.policies().freeze().on(),
        policy.flatMap(p -> breaker(p)),
        (int)
            desk.faults().earlier(fault, MONTH).stream()
                .filter(f -> "run".equals(f.fixedBy()))
                .count(),
        desk.settings().lemon(),
        policy.map(p -> offers(p, position, fault, machine)).orElse(List.of()),
        desk.plans().approved(fault.id(), desk.now().minus(Approval.LASTS)).map(Approval::plan));
  }

  private Optional<String> breaker(Policy policy) {
    Fuse.State state = fuse.look(policy, desk.now());
    return state.gate() == Breaker.Gate.OPEN
        ? Optional.of(state.why().orElse("open"))
        : Optional.empty();
  }

  /** What each rung from here on would do: the current place first, then each later rung. */
  private List<Ground.Offer> offers(Policy policy, int position, Fault fault, MachineDoc machine) {
    List<Ground.Offer> offers = new ArrayList<>();
    int at = position;
    for (Optional<Integer> rung = policy.rungAt(at); rung.isPresent(); rung = policy.rungAt(at)) {
      offers.add(offer(policy, at, rung.get(), fault, machine));
      at = policy.afterRungAt(at);
    }
    return offers;
  }

  private Ground.Offer offer(
      Policy policy, int position, int rung, Fault fault, MachineDoc machine) {
    String name = policy.ladder().get(rung).runbook();
    Optional<Runbook> runbook = desk.shelf().runbook(name);
    if (runbook.isEmpty())
      return refused(position, rung, name, new Label("预案文件缺失", "the runbook is missing"));
    List<Runbook.Order> orders = new ArrayList<>();
    List<Runbook.Order> undo = new ArrayList<>();
    Optional<Label> refused =
        collect(runbook.get().steps(), orders, fault, machine)
            .or(() -> collect(runbook.get().undo(), undo, fault, machine));
    if (refused.isEmpty() && orders.isEmpty())
      refused = Optional.of(new Label("没有适用于这台机器的步骤", "no step applies to this machine"));
    return new Ground.Offer(position, rung, name, orders, undo, refused);
  }

  private static Ground.Offer refused(int position, int rung, String name, Label why) {
    return new Ground.Offer(position, rung, name, List.of(), List.of(), Optional.of(why));
  }

  private Optional<Label> collect(
      List<Runbook.Step> steps, List<Runbook.Order> orders, Fault fault, MachineDoc machine) {
    for (Runbook.Step step : steps) {
      if (step.when().isPresent() && !step.when().get().matches(machine.doc())) continue;
      Optional<Action> action = desk.shelf().action(step.action());
      if (action.isEmpty())
        return Optional.of(
            new Label("没有动作 " + step.action(), "there is no action " + step.action()));
      Map<String, Object> params = new LinkedHashMap<>();
      Optional<Label> missing = lookUp(step.params(), params, machine);
      if (missing.isPresent()) return missing;
      switch (terms(action.get(), params, fault, machine)) {
        case Action.Terms.Refused refused -> {
          return Optional.of(refused.why());
        }
        case Action.Terms.Agreed agreed ->
            orders.add(new Runbook.Order(step.action(), agreed.params()));
      }
    }
    return Optional.empty();
  }

  private Action.Terms terms(
      Action action, Map<String, Object> params, Fault fault, MachineDoc machine) {
    if (action.effect() == Action.Effect.DESTRUCTIVE)
      return new Action.Terms.Refused(
          new Label(
              action.name() + " 具有破坏性，不会自动执行",
              action.name() + " is destructive and never runs by itself"));
    var context =
        new Context(
            machine, fault.component(), params, fault.evidence(), desk.reach(), Context.LOOKS_ONLY);
    return action.terms(context);
  }

  private static Optional<Label> lookUp(
      Map<String, Object> written, Map<String, Object> found, MachineDoc machine) {
    for (var param : written.entrySet()) {
      if (!(param.getValue() instanceof String text) || !text.startsWith("$")) {
        found.put(param.getKey(), param.getValue());
        continue;
      }
      JsonNode value = machine.at(text.substring(1));
      if (value.isMissingNode() || value.isNull())
        return Optional.of(
            new Label(
                "登记簿中没有 " + text.substring(1), "the register does not say " + text.substring(1)));
      found.put(param.getKey(), value.isValueNode() ? PolicyReader.plain(value) : value.toString());
    }
    return Optional.empty();
  }
}
