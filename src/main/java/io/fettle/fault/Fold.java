package io.fettle.fault;

import io.fettle.fault.Standing.BindingKey;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.Monitoring;
import io.fettle.monitoring.Observation;
import io.fettle.monitoring.ObservationLog;
import io.fettle.monitoring.check.Reading;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Folds observations into findings, in memory; touches the database only for bindings that are not
 * healthy, one transaction per batch. Nothing in memory changes before that transaction commits, so
 * a batch that failed may simply come again.
 */
@Component
class Fold implements ObservationLog {
  private static final int ABSENT_VISITS = 3;

  private final Findings findings;
  private final Settling settling;
  private final Rules rules;
  private final Monitoring monitoring;
  private final TransactionOperations transactions;
  private final FoldMeters meters;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();

  Fold(
      Findings findings,
      Settling settling,
      Rules rules,
      Monitoring monitoring,
      TransactionOperations transactions,
      FoldMeters meters,
      Clock clock) {
    this.findings = findings;
    this.settling = settling;
    this.rules = rules;
    this.monitoring = monitoring;
    this.transactions = transactions;
    this.meters = meters;
    this.clock = clock;
  }

  @Override
  public void accept(List<Observation> batch) {
    Pending pending = new Pending(findings);
    exclusively(() -> {
      for (List<Observation> visit : Observation.byCheckAndSlot(batch)) fold(visit, pending);
      settle(pending);
    });
    meters.folded(batch.size());
    pending.lookAgain().forEach(key -> monitoring.lookAgainSoon(key.machine(), key.check()));
  }

  @Override
  public void nothingToSay(AssetId machine, String check) {
    if (findings.of(machine, check).isEmpty()) return;
    Pending pending = new Pending(findings);
    exclusively(() -> {
      findings.of(machine, check).keySet().forEach(c -> miss(machine, check, c, pending));
      settle(pending);
    });
  }

  /** Runs alone with the fold: what timed work needs before it judges findings. */
  void exclusively(Runnable work) {
    lock.lock();
    try {
      findings.load(clock.instant());
      work.run();
    } finally {
      lock.unlock();
    }
  }

  private void settle(Pending pending) {
    if (!pending.isEmpty()) transactions.executeWithoutResult(status -> settling.settle(pending));
    pending.commit();
  }

  private void fold(List<Observation> visit, Pending pending) {
    visit.forEach(observation -> fold(observation, pending));
    Observation first = visit.getFirst();
    Map<String, Finding> open = pending.of(first.machine(), first.check());
    if (open.isEmpty()) return;
    Set<String> seen = new HashSet<>();
    visit.forEach(observation -> seen.add(FaultTable.component(observation)));
    boolean judged = visit.stream().anyMatch(o -> o.reading().verdict() != Verdict.UNKNOWN);
    boolean wholeIsOk =
        visit.stream()
            .anyMatch(
                o -> o.reading().component().isEmpty() && o.reading().verdict() == Verdict.OK);
    for (String component : Set.copyOf(open.keySet())) {
      if (seen.contains(component) || !judged) continue;
      if (wholeIsOk) fold(covered(first, component), pending);
      else miss(first.machine(), first.check(), component, pending);
    }
  }

  /** A whole machine that is OK speaks for every component it does not name. */
  private static Observation covered(Observation whole, String component) {
    return new Observation(
        whole.machine(),
        whole.check(),
        whole.faultClass(),
        Reading.ok(component, new Label("整机正常", "the whole machine is OK"), Map.of()),
        whole.slot(),
        whole.epoch(),
        whole.collector(),
        whole.observedAt());
  }

  private void fold(Observation observation, Pending pending) {
    BindingKey key = BindingKey.of(observation);
    long slot = Slot.of(observation);
    Finding known = pending.get(key);
    Verdict verdict = observation.reading().verdict();
    if (known == null && verdict != Verdict.BAD) {
      pending.healthy(key, slot);
      return;
    }
    Instant now = clock.instant();
    if (known == null && slot < findings.lastSlot(key)) {
      meters.late();
      return;
    }
    Finding finding = known == null ? Finding.fresh(observation.faultClass(), now) : known;
    ConfirmRule rule = rules.of(observation.check());
    if (finding.window().tooLate(slot, rule.keep())) meters.late();
    if (finding.window().conflicts(slot, verdict)) meters.conflict();
    Window window = finding.window().with(slot, verdict, rule.keep(), rule.maxGap());
    pending.touch(key, finding.seen(window, now), observation);
  }

  private void miss(AssetId machine, String check, String component, Pending pending) {
    BindingKey key = new BindingKey(machine, check, component);
    Finding known = pending.get(key);
    if (known == null) return;
    Finding missed = known.missed();
    if (missed.absent() >= ABSENT_VISITS) pending.withdraw(key, missed);
    else pending.keep(key, missed);
  }
}
