package io.fettle.pack.account;

import io.fettle.audit.Audit;
import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.RemoteText;
import io.fettle.pack.account.LoginProof.Outcome;
import io.fettle.pack.account.UnprovenTable.Unproven;
import io.fettle.reach.Reach;
import io.fettle.remediation.action.ActionContext;
import io.fettle.remediation.action.Leases;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * When a log-in proof is made, and what is known since. Each is on disk as due before it starts, so
 * that one that Fettle did not live to see the end of is made again.
 */
@Component
class LoginProofs {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Actor CHECK = Actor.system("check " + AccountLoginCheck.NAME);

  private final Reach reach;
  private final Leases leases;
  private final Audit audit;
  private final UnprovenTable unproven;
  private final TransactionOperations transactions;
  private final Clock clock;

  LoginProofs(
      Reach reach,
      Leases leases,
      Audit audit,
      UnprovenTable unproven,
      TransactionOperations transactions,
      Clock clock) {
    this.reach = reach;
    this.leases = leases;
    this.audit = audit;
    this.unproven = unproven;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** A proof and its steps. */
  record Made(Outcome outcome, List<String> transcript) {}

  /** Something is about to be changed: only a log-in says afterwards that the account is fine. */
  void due(AssetId machine, String account) {
    unproven.due(machine, account, clock.instant());
  }

  /** Why the last log-in was refused, if it was and none succeeded since. */
  Optional<Label> refusal(AssetId machine, String account) {
    return unproven.of(machine, account).map(Unproven::refused);
  }

  /** As part of a run, whose lease and record they are. */
  Outcome inRun(ActionContext context, Declared declared, Facts facts) {
    AssetId machine = context.machine().id();
    due(machine, declared.name());
    Outcome outcome = logIn(context.reach(), machine, declared, facts, context::transcript);
    remember(machine, declared.name(), outcome);
    return outcome;
  }

  /**
   * Outside any run: under the machine's lease, on record before anything is sent.
   *
   * @throws Problem 409 while that may not be, see {@link Leases#take}
   */
  Made alone(MachineDoc machine, Declared declared, Facts facts, Actor who) {
    String name = machine.text("asset_no").orElse(machine.id().toString());
    String object = "account:" + declared.name() + "@" + name;
    Runnable begun =
        () -> {
          audit.record(who, "account.login_proof_begun", object, null, Map.of());
          due(machine.id(), declared.name());
        };
    List<String> transcript = new ArrayList<>();
    try (Leases.Lease lease = leases.take(machine.id(), LIMIT, begun)) {
      Outcome outcome =
          clock.instant().isBefore(lease.sendBefore())
              ? logIn(reach, machine.id(), declared, facts, transcript::add)
              : new Outcome.Later(new Label("租约已到期，未发送", "the lease has ended, nothing was sent"));
      transactions.executeWithoutResult(t -> {
        remember(machine.id(), declared.name(), outcome);
        audit.record(
            who, "account.login_proof_ended", object, null, Map.of("transcript", transcript));
      });
      return new Made(outcome, transcript);
    }
  }

  /**
   * For the check, where nothing known stands in the way: empty unless a proof is due or the last
   * one was refused; then a log-in is tried again, by scheduled looks ever more rarely. It stays
   * refused until one succeeds.
   *
   * @param asked see {@link io.fettle.monitoring.check.Visit#asked}
   */
  Optional<Outcome> owed(MachineDoc machine, Declared declared, Facts facts, boolean asked) {
    Optional<Unproven> owed = unproven.of(machine.id(), declared.name());
    if (owed.isEmpty()) return Optional.empty();
    Label before = owed.get().refused();
    Instant next = owed.get().next();
    if (!asked && before != null && next != null && clock.instant().isBefore(next))
      return Optional.of(new Outcome.Refused(before));
    Outcome outcome = again(machine, declared, facts);
    boolean open = outcome instanceof Outcome.Later || outcome instanceof Outcome.NotTried;
    return Optional.of(open && before != null ? new Outcome.Refused(before) : outcome);
  }

  private Outcome again(MachineDoc machine, Declared declared, Facts facts) {
    try {
      return alone(machine, declared, facts, CHECK).outcome();
    } catch (Problem notNow) {
      return new Outcome.Later(notNow.title());
    }
  }

  private static Outcome logIn(
      Reach reach, AssetId machine, Declared declared, Facts facts, Consumer<String> transcript) {
    return new LoginProof(reach, machine, declared, facts, transcript).run();
  }

  private void remember(AssetId machine, String account, Outcome outcome) {
    switch (outcome) {
      case Outcome.Proven proven -> unproven.proven(machine, account);
      case Outcome.Refused(Label why) ->
          unproven.refused(machine, account, bounded(why), clock.instant());
      case Outcome.NotTried not -> unproven.impossible(machine, account);
      case Outcome.Later later -> {}
    }
  }

  private static Label bounded(Label why) {
    return new Label(RemoteText.cut(why.zh(), 1_000), RemoteText.cut(why.en(), 1_000));
  }
}
