package io.fettle.remediation;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.Monitoring;
import io.fettle.monitoring.check.Reading;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Machines in memory, outside every database: their state, and a journal of each execution that
 * reached them. What Fettle's tables say is checked against this, never against themselves.
 */
public final class Cards implements Monitoring {
  /** How a machine takes an action. */
  public enum Manner {
    WORKS,
    REFUSES,
    PRETENDS,
    WORKS_SILENTLY,
    LOSES_IT,
    THROWS_AFTER
  }

  /** One execution that reached a machine. */
  public record Execution(
      AssetId machine, String action, boolean healthyBefore, boolean tookEffect) {}

  private static final class Card {
    volatile boolean healthy;
    volatile boolean silent;
    volatile boolean blind;
    final List<Manner> manners = Collections.synchronizedList(new ArrayList<>());
  }

  /** What happens between an action's start and its first byte: waiting for a place, logging in. */
  volatile Runnable onTheWay = () -> {};

  /** What happens between an action's first change and the one that takes effect. */
  volatile Runnable halfWay = () -> {};

  private final Map<AssetId, Card> cards = new ConcurrentHashMap<>();
  private final List<Execution> journal = Collections.synchronizedList(new ArrayList<>());

  /** A broken machine; its manners are used one per execution, the last one for ever. */
  void broken(AssetId machine, Manner... manners) {
    Card card = new Card();
    card.manners.addAll(List.of(manners));
    cards.put(machine, card);
  }

  public void heal(AssetId machine, boolean healthy) {
    card(machine).healthy = healthy;
  }

  /** The check gets no answer. */
  void silence(AssetId machine, boolean silent) {
    card(machine).silent = silent;
  }

  /** The action's probe gets no answer. */
  void blind(AssetId machine, boolean blind) {
    card(machine).blind = blind;
  }

  boolean healthy(AssetId machine) {
    return card(machine).healthy;
  }

  public List<Execution> journal() {
    return List.copyOf(journal);
  }

  public List<Execution> journal(AssetId machine) {
    return journal().stream().filter(e -> e.machine().equals(machine)).toList();
  }

  private Card card(AssetId machine) {
    Card card = cards.get(machine);
    if (card == null) throw new IllegalStateException("no card " + machine);
    return card;
  }

  private synchronized Action.Result execute(AssetId machine, String action) {
    Card card = card(machine);
    Manner manner = card.manners.size() > 1 ? card.manners.removeFirst() : card.manners.getFirst();
    boolean before = card.healthy;
    boolean effect =
        switch (manner) {
          case WORKS, WORKS_SILENTLY, THROWS_AFTER -> true;
          case REFUSES, PRETENDS, LOSES_IT -> false;
        };
    if (effect) card.healthy = true;
    journal.add(new Execution(machine, action, before, effect));
    return switch (manner) {
      case WORKS, PRETENDS -> new Action.Result.Done(new Label("已设置", "set"));
      case REFUSES -> new Action.Result.Failed(new Label("卡拒绝", "refused by the card"));
      case WORKS_SILENTLY, LOSES_IT -> new Action.Result.Uncertain(new Label("没有回音", "no answer"));
      case THROWS_AFTER -> throw new IllegalStateException("broke after sending");
    };
  }

  /** An action on these machines. */
  Action action(String name, Action.Idempotence idempotence) {
    return new Action() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Label label() {
        return Label.same(name);
      }

      @Override
      public Effect effect() {
        return Effect.REVERSIBLE;
      }

      @Override
      public Idempotence idempotence() {
        return idempotence;
      }

      @Override
      public Duration timeLimit() {
        return Duration.ofSeconds(10);
      }

      @Override
      public Optional<Label> refuses(ActionContext context) {
        return context.machine().text("asset_no").orElse("").startsWith("UNKNOWN-MAKE")
            ? Optional.of(new Label("厂商未知，不写 OEM 命令", "make unknown, no OEM write"))
            : Optional.empty();
      }

      @Override
      public Result run(ActionContext context) {
        context.transcript("→ set " + context.params());
        onTheWay.run();
        if (!context.mayLeave()) return new Result.Failed(new Label("太迟", "too late"));
        halfWay.run();
        if (!context.mayLeave()) return new Result.Failed(new Label("中断", "stopped half-way"));
        Result result = execute(context.machine().id(), name);
        context.transcript("← " + result.getClass().getSimpleName());
        return result;
      }

      @Override
      public Presence probe(ActionContext context) {
        Card card = card(context.machine().id());
        if (card.blind) return Presence.UNKNOWN;
        return card.healthy ? Presence.PRESENT : Presence.ABSENT;
      }
    };
  }

  @Override
  public List<Reading> probe(AssetId machine, String check) {
    Card card = card(machine);
    if (card.silent) return List.of(Reading.unknown("", Label.same("silent"), Map.of()));
    return List.of(
        card.healthy
            ? Reading.ok("", Label.same("as it should be"), Map.of("value", 1))
            : Reading.bad("", Severity.WARNING, Label.same("wrong"), Map.of("value", 2)));
  }

  @Override
  public void lookAgainSoon(AssetId machine, String check) {}

  @Override
  public List<CheckInfo> checks() {
    return List.of();
  }

  @Override
  public Optional<CheckInfo> check(String name) {
    return Optional.empty();
  }

  @Override
  public List<CheckInfo> bound(AssetId machine) {
    return List.of();
  }

  @Override
  public Coverage coverage(int intervals) {
    return new Coverage("test", 1, 1);
  }
}
