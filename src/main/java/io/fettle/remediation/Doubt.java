package io.fettle.remediation;

import io.fettle.cmdb.MachineDoc;
import io.fettle.fault.Edge;
import io.fettle.fault.Fault;
import io.fettle.fault.FaultState;
import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** UNCERTAIN runs: look for the effect, then exactly what the crash table says. */
final class Doubt {
  private static final Logger LOG = LoggerFactory.getLogger(Doubt.class);
  private final Desk desk;
  private final Send send;
  private final TakeOver takeOver;
  private final Finish finish;

  Doubt(Desk desk, Send send, TakeOver takeOver, Finish finish) {
    this.desk = desk;
    this.send = send;
    this.takeOver = takeOver;
    this.finish = finish;
  }

  void on(long id) {
    Optional<Rows.Run> open = desk.runs().run(id).filter(r -> r.state() == Rows.RunState.UNCERTAIN);
    if (open.isEmpty()) return;
    Rows.Run run = open.get();
    Optional<Fault> fault = desk.faults().find(run.fault());
    if (fault.isEmpty() || fault.get().state() != FaultState.UNCERTAIN) {
      finish.cancelled(run);
      return;
    }
    Optional<Rows.Attempt> attempt = desk.attempts().last(run.id(), run.nextStep(), false);
    if (attempt.isEmpty()) {
      person(fault.get(), run, new Label("找不到发送记录", "No record of the sending"));
      return;
    }
    if (desk.now().isBefore(attempt.get().quietAfter(desk.settings().margin()))) return;
    desk.crash().at(Crash.Point.IN_DOUBT);
    resolve(fault.get(), run, attempt.get());
    desk.crash().at(Crash.Point.AFTER_DOUBT);
  }

  private void resolve(Fault fault, Rows.Run run, Rows.Attempt attempt) {
    Optional<Action> action = desk.shelf().action(attempt.action());
    Optional<MachineDoc> machine = desk.register().machine(run.machine());
    if (action.isEmpty() || machine.isEmpty()) {
      person(fault, run, new Label("动作或机器已不存在", "Action or machine is gone"));
      return;
    }
    Action.Presence presence = probe(action.get(), machine.get(), run, attempt);
    Instant deadline = fault.deadlineAt();
    boolean timeLeft = deadline == null || desk.now().isBefore(deadline);
    switch (CrashTable.of(
        presence, action.get().effect(), action.get().idempotence(), attempt.n(), timeLeft)) {
      case GO_ON -> present(fault, run, attempt);
      case SEND_AGAIN -> again(fault, run, attempt);
      case PERSON -> person(fault, run, words(presence, action.get()));
      case WAIT -> {}
    }
  }

  private Action.Presence probe(
      Action action, MachineDoc machine, Rows.Run run, Rows.Attempt attempt) {
    var context =
        new Context(
            machine,
            run.component(),
            attempt.params(),
            run.evidence(),
            desk.reach(),
            Context.LOOKS_ONLY);
    Action.Presence presence;
    try {
      presence = action.probe(context);
    } catch (RuntimeException e) {
      LOG.warn("probe of action={} broke off: {}", action.name(), e.toString());
      presence = Action.Presence.UNKNOWN;
    }
    String lines = context.lines();
    if (presence != Action.Presence.UNKNOWN)
      desk.attempts().transcript(attempt.id(), "probe: " + presence + "\n" + lines);
    return presence;
  }

  /**
   * Edge 24; with steps left the run goes on with the next one (edge 23), nothing is sent twice.
   */
  private void present(Fault fault, Rows.Run run, Rows.Attempt attempt) {
    Label why = new Label("探测证明效果已在", "A probe proves the effect present");
    if (run.lastStep(run.nextStep())) {
      desk.attempts().settle(attempt.id(), attempt.status(), Rows.Sent.PRESENT, why, desk.now());
      finish.verify(fault, run, Edge.E24, why, true);
      return;
    }
    if (running(fault, run, attempt, Rows.Sent.PRESENT, why)) send.drive(run.id());
  }

  private void again(Fault fault, Rows.Run run, Rows.Attempt attempt) {
    Label why =
        new Label("探测证明效果不在，可以重发", "A probe proves the effect absent; it may be sent again");
    if (running(fault, run, attempt, Rows.Sent.ABSENT, why)) send.drive(run.id());
  }

  /** Edge 23 with a new fence of this node, in one transaction. */
  private boolean running(
      Fault fault, Rows.Run run, Rows.Attempt attempt, Rows.Sent status, Label why) {
    return Boolean.TRUE.equals(
        desk.transactions()
            .execute(t -> {
              boolean ok =
                  desk.move(
                              fault,
                              Edge.E23,
                              FaultState.RUNNING,
                              run.policy(),
                              why,
                              Map.of("run", run.id(), "presence", status.name()))
                          .isPresent()
                      && takeOver.fence(run, desk.now())
                      && desk.attempts()
                          .settle(attempt.id(), attempt.status(), status, why, desk.now())
                      && desk.runs()
                          .state(run.id(), Rows.RunState.UNCERTAIN, Rows.RunState.RUNNING);
              if (!ok) t.setRollbackOnly();
              return ok;
            }));
  }

  private void person(Fault fault, Rows.Run run, Label why) {
    finish.giveUp(fault, run, Edge.E25, "DOUBT", why, Map.of("run", run.id()));
  }

  private static Label words(Action.Presence presence, Action action) {
    if (presence == Action.Presence.UNKNOWN)
      return new Label(
          "无法判断动作是否生效，需要人看", "Whether the action took effect cannot be told; a person must look");
    if (action.idempotence() == Action.Idempotence.NONE)
      return new Label(
          "动作没有生效，但它不允许重发", "The action took no effect, and it must never be sent again");
    return new Label("动作多次没有生效", "The action took no effect, several times");
  }
}
