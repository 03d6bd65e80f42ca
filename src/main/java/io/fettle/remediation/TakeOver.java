package io.fettle.remediation;

import io.fettle.fault.Edge;
import io.fettle.fault.Fault;
import io.fettle.fault.FaultState;
import io.fettle.kernel.Label;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.check.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** RUNNING runs whose holder is gone: what is on disk says what may be done. */
final class TakeOver {
  private final Desk desk;
  private final Send send;
  private final Finish finish;

  TakeOver(Desk desk, Send send, Finish finish) {
    this.desk = desk;
    this.send = send;
    this.finish = finish;
  }

  /** Looks at one run that no job of this process is driving. */
  void on(long id) {
    Optional<Rows.Run> open = desk.runs().run(id).filter(r -> r.state() == Rows.RunState.RUNNING);
    if (open.isEmpty()) return;
    Rows.Run run = open.get();
    Optional<Fault> found = desk.faults().find(run.fault());
    if (found.isEmpty() || found.get().state() != FaultState.RUNNING) {
      finish.cancelled(run);
      return;
    }
    desk.crash().at(Crash.Point.BEFORE_TAKE_OVER);
    take(found.get(), run);
  }

  private void take(Fault fault, Rows.Run run) {
    Instant now = desk.now();
    Optional<Rows.Attempt> last = desk.attempts().last(run.id(), run.nextStep(), false);
    if (last.isPresent() && last.get().status() == Rows.Sent.SENDING) {
      if (!now.isBefore(last.get().quietAfter(desk.settings().margin())))
        send.doubt(fault, run, last.get());
      return;
    }
    boolean leased =
        desk.leases().lease(run.machine()).filter(l -> l.expiresAt().isAfter(now)).isPresent();
    if (leased) return;
    boolean unsent =
        last.isEmpty()
            || last.get().status() == Rows.Sent.NOT_SENT
            || last.get().status() == Rows.Sent.ABSENT;
    boolean restored = run.holder().equals(Rows.Run.RESTORED);
    if ((restored || unsent && run.nextStep() == 0) && !stillBad(fault, run)) return;
    if (fence(run, now)) send.drive(run.id());
  }

  /**
   * Nothing was sent and time has passed, or a backup does not say what was: a fresh look decides
   * whether anything shall be.
   */
  private boolean stillBad(Fault fault, Rows.Run run) {
    Optional<Reading> reading = desk.look(fault).filter(r -> r.verdict() != Verdict.UNKNOWN);
    if (reading.isPresent() && reading.get().verdict() == Verdict.BAD) return true;
    if (reading.isPresent()) {
      Label why = new Label("接手时复查已正常，没有再发送", "Healthy when taken over; nothing more was sent");
      finish.verify(fault, run, Edge.E21, why, false);
      return false;
    }
    Instant giveUp = run.startedAt().plus(desk.settings().doubt()).plus(Duration.ofMinutes(1));
    if (!desk.now().isBefore(giveUp)) {
      Label why =
          new Label("接手后拿不到新读数，没有再发送", "No fresh reading after take-over; nothing more was sent");
      finish.giveUp(fault, run, Edge.E26, "STOPPED", why, Map.of());
    }
    return false;
  }

  /** A new fence under this node's name; the old holder can write nothing any more. */
  boolean fence(Rows.Run run, Instant now) {
    return Boolean.TRUE.equals(
        desk.transactions()
            .execute(t -> {
              Optional<Long> fence =
                  desk.leases()
                      .take(run.machine(), desk.node(), now, now.plus(desk.settings().lease()));
              boolean taken =
                  fence.isPresent()
                      && desk.runs().takeOver(run.id(), run.fence(), desk.node(), fence.get());
              if (!taken) t.setRollbackOnly();
              return taken;
            }));
  }
}
