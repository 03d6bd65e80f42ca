package io.fettle.remediation;

import io.fettle.cmdb.MachineDoc;
import io.fettle.fault.Cause;
import io.fettle.fault.Edge;
import io.fettle.fault.Fault;
import io.fettle.fault.FaultState;
import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * The steps of a run, each in the same order: attempt on disk (tx2), the wire, result on disk
 * (tx3), edge (tx4). What is not on disk is never sent; what may have been sent is never sent again
 * from here.
 */
final class Send {
  private static final Logger LOG = LoggerFactory.getLogger(Send.class);
  private static final int STORE_TRIES = 40;
  private static final int MOST_UNSENT = 5;

  private final Desk desk;
  private final Finish finish;

  Send(Desk desk, Finish finish) {
    this.desk = desk;
    this.finish = finish;
  }

  /** Drives a RUNNING run that this node holds as far as it goes. */
  void drive(long id) {
    for (int guard = 0; guard < 100; guard++) {
      Optional<Rows.Run> run =
          desk.runs()
              .run(id)
              .filter(r -> r.state() == Rows.RunState.RUNNING && r.holder().equals(desk.node()));
      Optional<Fault> fault =
          run.flatMap(r -> desk.faults().find(r.fault()))
              .filter(f -> f.state() == FaultState.RUNNING);
      if (fault.isEmpty() || !step(fault.get(), run.get())) return;
    }
  }

  /** True when there is more to do at once. */
  private boolean step(Fault fault, Rows.Run run) {
    Optional<Rows.Attempt> last = desk.attempts().last(run.id(), run.nextStep(), false);
    if (last.isPresent()
        && last.get().status() != Rows.Sent.NOT_SENT
        && last.get().status() != Rows.Sent.ABSENT) return edge(fault, run, last.get());
    Runbook.Order order = run.orders().get(run.nextStep());
    Optional<Action> action = desk.shelf().action(order.action());
    Optional<MachineDoc> machine = desk.register().machine(run.machine());
    if (action.isEmpty() || machine.isEmpty()) {
      Label why =
          new Label("动作或机器已不存在：" + order.action(), "Action or machine is gone: " + order.action());
      finish.giveUp(fault, run, Edge.E26, "STOPPED", why, Map.of());
      return false;
    }
    int n = last.map(a -> a.n() + 1).orElse(1);
    if (n > MOST_UNSENT && last.filter(a -> a.status() == Rows.Sent.NOT_SENT).isPresent()) {
      Label why =
          new Label(
              "连续 " + MOST_UNSENT + " 次没能在租约内发出",
              "It could not be sent within the lease " + MOST_UNSENT + " times");
      finish.giveUp(fault, run, Edge.E26, "STOPPED", why, Map.of("step", run.nextStep() + 1));
      return false;
    }
    Optional<Rows.Attempt> attempt =
        write(fault, run, order, action.get(), run.nextStep(), n, false);
    if (attempt.isEmpty()) return false;
    send(run, order, action.get(), machine.get(), attempt.get());
    Optional<Rows.Attempt> after = desk.attempts().last(run.id(), run.nextStep(), false);
    return after.filter(a -> a.status() != Rows.Sent.NOT_SENT).isPresent()
        && edge(fault, run, after.get());
  }

  /** tx2: the attempt, under the fence, before the wire; a freeze stops here. */
  private Optional<Rows.Attempt> write(
      Fault fault,
      Rows.Run run,
      Runbook.Order order,
      Action action,
      int step,
      int n,
      boolean undo) {
    Instant now = desk.now();
    Instant sendBefore = now.plus(desk.settings().lease());
    Boolean[] frozen = {false};
    Boolean written =
        desk.transactions()
            .execute(t -> {
              if (!undo && desk.policies().frozenLocked()) {
                frozen[0] = true;
                return false;
              }
              Duration limit = action.timeLimit(order.params());
              Instant leaseEnd = sendBefore.plus(limit);
              if (!desk.leases().renew(run.machine(), desk.node(), run.fence(), leaseEnd))
                return false;
              desk.attempts().begin(run, step, undo, order, n, now, sendBefore, limit);
              desk.crash().at(Crash.Point.INSIDE_ATTEMPT);
              return true;
            });
    if (frozen[0]) stopped(fault, run);
    return Boolean.TRUE.equals(written)
        ? desk.attempts().last(run.id(), step, undo)
        : Optional.empty();
  }

  private void stopped(Fault fault, Rows.Run run) {
    Label why = new Label("全局冻结：这一步还没有发送", "Global freeze: this step was not sent");
    finish.giveUp(fault, run, Edge.E26, "STOPPED", why, Map.of("step", run.nextStep() + 1));
  }

  /** The wire, and tx3. */
  private void send(
      Rows.Run run, Runbook.Order order, Action action, MachineDoc machine, Rows.Attempt attempt) {
    SendTime time = new SendTime(desk, run, attempt);
    desk.crash().at(Crash.Point.BEFORE_SEND);
    if (!time.begins()) {
      notSent(attempt);
      return;
    }
    var context =
        new Context(
            machine,
            run.component(),
            order.params(),
            run.evidence(),
            desk.reach(),
            time::begins,
            time::goesOn);
    Action.Result result = result(action, context);
    if (result instanceof Action.Result.Failed && context.nothingLeft()) {
      notSent(attempt);
      return;
    }
    desk.crash().at(Crash.Point.AFTER_SEND);
    store(attempt, result, context.lines());
    desk.crash().at(Crash.Point.AFTER_RESULT);
  }

  private void notSent(Rows.Attempt attempt) {
    Label why = new Label("租约已到期，未发送", "The lease had ended; nothing was sent");
    desk.attempts().settle(attempt.id(), Rows.Sent.SENDING, Rows.Sent.NOT_SENT, why, desk.now());
  }

  private static Action.Result result(Action action, Context context) {
    try {
      return action.run(context);
    } catch (RuntimeException e) {
      LOG.warn("action={} broke off: {}", action.name(), e.toString());
      return new Action.Result.Uncertain(
          new Label(
              "动作异常中断：" + e.getClass().getSimpleName(),
              "The action broke: " + e.getClass().getSimpleName()));
    }
  }

  /**
   * A result must not be lost because the database is away for a moment: without it the attempt is
   * in doubt.
   */
  private void store(Rows.Attempt attempt, Action.Result result, String lines) {
    for (int i = 1; ; i++) {
      try {
        desk.transactions()
            .executeWithoutResult(t -> {
              desk.attempts()
                  .settle(
                      attempt.id(),
                      Rows.Sent.SENDING,
                      Rows.status(result),
                      Rows.words(result),
                      desk.now());
              if (!lines.isEmpty()) desk.attempts().transcript(attempt.id(), lines);
              desk.crash().at(Crash.Point.INSIDE_RESULT);
            });
        return;
      } catch (DataAccessException | TransactionException e) {
        if (i >= STORE_TRIES) throw e;
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(250);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while storing a result", e);
    }
  }

  /** tx4: what the stored result leads to. True when there is another step. */
  boolean edge(Fault fault, Rows.Run run, Rows.Attempt attempt) {
    boolean more =
        switch (attempt.status()) {
          case DONE, PRESENT -> doneEdge(fault, run, attempt);
          case FAILED -> failedEdge(fault, run, attempt);
          case UNCERTAIN -> doubt(fault, run, attempt);
          case SENDING, NOT_SENT, ABSENT -> false;
        };
    desk.crash().at(Crash.Point.AFTER_EDGE);
    return more;
  }

  private boolean doneEdge(Fault fault, Rows.Run run, Rows.Attempt attempt) {
    if (run.lastStep(run.nextStep())) {
      Label why = new Label("最后一步已返回，等待验证", "The last step returned; waits for proof");
      finish.verify(fault, run, Edge.E21, why, true);
      return false;
    }
    int next = run.nextStep() + 1;
    return Boolean.TRUE.equals(
        desk.transactions()
            .execute(t -> {
              desk.runs().nextStep(run.id(), next);
              Label why =
                  new Label(
                      "下一步：" + run.orders().get(next).action(),
                      "Next step: " + run.orders().get(next).action());
              boolean moved =
                  desk.move(
                          fault,
                          Edge.E20,
                          FaultState.RUNNING,
                          run.policy(),
                          why,
                          Map.of("run", run.id(), "step", next + 1, "steps", run.orders().size()))
                      .isPresent();
              if (!moved) t.setRollbackOnly();
              return moved;
            }));
  }

  /** Edge 26, or 21 while a rung is left: the check, not the exit code, says what is true. */
  private boolean failedEdge(Fault fault, Rows.Run run, Rows.Attempt attempt) {
    Label words = attempt.words() == null ? Label.same("failed") : attempt.words();
    if (run.nextStep() > 0 && !run.undo().isEmpty() && !undone(fault, run)) return false;
    boolean rungLeft =
        desk.shelf().policy(run.policy()).flatMap(p -> p.rungAt(run.position() + 1)).isPresent();
    if (rungLeft) {
      Label why =
          new Label(
              "步骤失败：" + words.zh() + "；由检查确认",
              "Step failed: " + words.en() + "; the check will tell");
      finish.verify(fault, run, Edge.E21, why, false);
    } else {
      Label why = new Label("步骤最终失败：" + words.zh(), "Step failed for good: " + words.en());
      finish.giveUp(fault, run, Edge.E26, "FAILED", why, Map.of("step", run.nextStep() + 1));
    }
    return false;
  }

  /** Compensation steps; false when one of them is in doubt, which a person must look at. */
  private boolean undone(Fault fault, Rows.Run run) {
    for (int step = 0; step < run.undo().size(); step++) {
      Optional<Rows.Attempt> last = desk.attempts().last(run.id(), step, true);
      if (last.isEmpty()) last = sendUndo(fault, run, step);
      Rows.Sent status = last.map(Rows.Attempt::status).orElse(Rows.Sent.UNCERTAIN);
      if (status == Rows.Sent.SENDING
          || status == Rows.Sent.UNCERTAIN
          || status == Rows.Sent.NOT_SENT) {
        Label why = new Label("回退步骤结果不明", "What became of an undo step is not known");
        finish.giveUp(fault, run, Edge.E26, "DOUBT", why, Map.of("undo_step", step + 1));
        return false;
      }
    }
    return true;
  }

  private Optional<Rows.Attempt> sendUndo(Fault fault, Rows.Run run, int step) {
    Runbook.Order order = run.undo().get(step);
    Optional<Action> action = desk.shelf().action(order.action());
    Optional<MachineDoc> machine = desk.register().machine(run.machine());
    if (action.isEmpty() || machine.isEmpty()) return Optional.empty();
    Optional<Rows.Attempt> attempt = write(fault, run, order, action.get(), step, 1, true);
    attempt.ifPresent(a -> send(run, order, action.get(), machine.get(), a));
    return desk.attempts().last(run.id(), step, true);
  }

  /** Edge 22. */
  boolean doubt(Fault fault, Rows.Run run, Rows.Attempt attempt) {
    Label words = attempt.words() == null ? new Label("结果未知", "outcome unknown") : attempt.words();
    Label why =
        new Label("动作结果不明：" + words.zh(), "What became of the action is not known: " + words.en());
    desk.transactions()
        .executeWithoutResult(t -> {
          Cause cause =
              new Cause(
                  Desk.actor(run.policy()),
                  why,
                  Map.of("run", run.id(), "attempt", attempt.n()),
                  null,
                  null,
                  null,
                  desk.now().plus(desk.settings().doubt()).plus(attempt.timeLimit()),
                  null);
          boolean moved =
              desk.faults()
                  .advance(fault.id(), fault.version(), Edge.E22, FaultState.UNCERTAIN, cause)
                  .isPresent();
          if (!moved
              || !desk.runs().state(run.id(), Rows.RunState.RUNNING, Rows.RunState.UNCERTAIN)) {
            t.setRollbackOnly();
            return;
          }
          if (attempt.status() == Rows.Sent.SENDING)
            desk.attempts()
                .settle(attempt.id(), Rows.Sent.SENDING, Rows.Sent.UNCERTAIN, null, desk.now());
        });
    return false;
  }
}
