package io.fettle.pack.account;

import io.fettle.kernel.Label;
import io.fettle.pack.account.WhyNot.Because;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * Puts right, one after the other, every cause that can be put right safely, asking anew after
 * each. It only ever gives a declared account what was declared; it takes nothing from anybody.
 * Where a log-in proof is declared, one is due from the first change on.
 */
@Component
class RepairAccount implements Action {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int MOST_STEPS = 8;

  private final LoginProofs proofs;
  private final Clock clock;

  RepairAccount(LoginProofs proofs, Clock clock) {
    this.proofs = proofs;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "account.repair";
  }

  @Override
  public Label label() {
    return new Label("恢复账号登录", "Restore an account's log-in");
  }

  @Override
  public Effect effect() {
    return Effect.REVERSIBLE;
  }

  @Override
  public Idempotence idempotence() {
    return Idempotence.STATE;
  }

  @Override
  public Duration timeLimit() {
    return Duration.ofMinutes(3);
  }

  @Override
  public Optional<Label> refuses(ActionContext context) {
    String name = context.component();
    if (name.equals("root")) return Optional.of(new Label("从不自动修改 root", "root is never touched"));
    Optional<Declared> declared = declared(context);
    if (declared.isEmpty())
      return Optional.of(new Label("该账号没有可用的声明", "this account has no usable declaration"));
    if (declared.get().ended(LocalDate.now(clock)))
      return Optional.of(
          new Label("声明的有效期已过，不恢复离开的人", "its declared end has passed; leavers stay out"));
    if (context.evidence().get("repairable") instanceof List<?> some && some.isEmpty()) {
      Label causes = labels(causes(context.evidence().get("causes")));
      return Optional.of(
          new Label(
              "这些原因须由人决定：" + causes.zh(),
              "these causes are for a person to decide: " + causes.en()));
    }
    return Optional.empty();
  }

  /** Those of their words that are known. */
  private static List<Cause> causes(@Nullable Object words) {
    if (!(words instanceof List<?> some)) return List.of();
    return Arrays.stream(Cause.values()).filter(c -> some.contains(c.word())).toList();
  }

  private static Label labels(Collection<Cause> causes) {
    return new Label(
        causes.stream().map(c -> c.label().zh()).distinct().collect(Collectors.joining("、")),
        causes.stream().map(c -> c.label().en()).distinct().collect(Collectors.joining(", ")));
  }

  private static Optional<Declared> declared(ActionContext context) {
    Optional<JsonNode> item = Declared.find(context.machine(), context.component());
    try {
      return item.isEmpty() ? Optional.empty() : Optional.of(Declared.of(item.get()));
    } catch (Declared.Unusable e) {
      return Optional.empty();
    }
  }

  @Override
  public Result run(ActionContext context) {
    Optional<Declared> declared = declared(context);
    if (declared.isEmpty()) return failed("没有可用的声明", "no usable declaration");
    List<Cause> done = new ArrayList<>();
    Set<Because> tried = new HashSet<>();
    while (true) {
      Asked asked = ask(context, declared.get());
      if (asked.facts().isEmpty())
        return done.isEmpty()
            ? failed(
                "问不到机器：" + asked.why().zh(), "the machine could not be asked: " + asked.why().en())
            : new Result.Uncertain(new Label("已修复，但未能复查", "repaired, but not looked at again"));
      Facts facts = asked.facts().get();
      List<Because> causes = WhyNot.of(declared.get(), facts);
      Optional<Because> next =
          causes.stream()
              .filter(b -> !tried.contains(b) && Repair.of(declared.get(), b, facts).isPresent())
              .findFirst();
      if (next.isEmpty() || tried.size() >= MOST_STEPS)
        return causes.isEmpty() && declared.get().loginProof() && context.mayLeave()
            ? proven(context, declared.get(), facts, done)
            : result(done, causes);
      if (context.late())
        return done.isEmpty()
            ? failed("租约已到期，未发送", "the lease has ended, nothing was sent")
            : result(done, causes);
      if (declared.get().loginProof()) proofs.due(context.machine().id(), context.component());
      tried.add(next.get());
      Optional<Result> doubt = step(context, declared.get(), next.get(), facts, done);
      if (doubt.isPresent()) return doubt.get();
    }
  }

  /** One repair; an answer only when nobody knows what became of it. */
  private Optional<Result> step(
      ActionContext context, Declared declared, Because cause, Facts facts, List<Cause> done) {
    String script = Repair.of(declared, cause, facts).orElseThrow();
    context.transcript("→ " + cause.cause().word() + ": " + cause.said());
    SshCommand command = new SshCommand(script, true, LIMIT, 16_384, context::mayLeave);
    SshOutcome outcome = context.reach().ssh(context.machine().id(), command);
    return switch (outcome) {
      case SshOutcome.Ran ran -> {
        String said = (ran.out() + ran.err()).strip();
        context.transcript("← exit " + ran.exit() + " " + said);
        Optional<String> tell = SshdChange.disarm(ran.out());
        if (tell.isPresent()) yield secondLogIn(context, tell.get(), cause, done);
        if (ran.exit() == 0 && ran.out().contains("done\t")) done.add(cause.cause());
        yield Optional.empty();
      }
      case SshOutcome.Failed failed -> {
        context.transcript("× " + failed.why());
        yield failed.maybeStarted()
            ? Optional.of(
                new Result.Uncertain(
                    new Label(
                        "修复途中断开：" + failed.words().zh(),
                        "broken off in a repair: " + failed.words().en())))
            : Optional.empty();
      }
    };
  }

  /** Tells the guard of a changed sshd, on a new connection; an answer only when it cannot. */
  private static Optional<Result> secondLogIn(
      ActionContext context, String tell, Because cause, List<Cause> done) {
    Label why = Label.same("");
    for (int tries = 0; tries < 3; tries++) {
      switch (context
          .reach()
          .ssh(context.machine().id(), new SshCommand(tell, true, LIMIT, 4_096))) {
        case SshOutcome.Ran ran -> {
          context.transcript("← second log-in: exit " + ran.exit() + " " + ran.out().strip());
          if (ran.exit() == 0) done.add(cause.cause());
          return Optional.empty();
        }
        case SshOutcome.Failed failed -> {
          why = failed.words();
          context.transcript("× second log-in: " + why.en());
        }
      }
    }
    long watch = SshdChange.WATCH.toSeconds();
    return Optional.of(
        new Result.Uncertain(
            new Label(
                "sshd 重载后无法再次登录，改动会在 " + watch + " 秒内自动撤销：" + why.zh(),
                "no second log-in after sshd's reload; the change undoes itself within "
                    + watch
                    + " s: "
                    + why.en())));
  }

  /** Nothing known stands in the way: now a real log-in says whether that is so. */
  private Result proven(ActionContext context, Declared declared, Facts facts, List<Cause> done) {
    Label before = repaired(done);
    return switch (proofs.inRun(context, declared, facts)) {
      case LoginProof.Outcome.Proven(String id) ->
          new Result.Done(
              new Label(
                  before.zh() + "；真实登录成功：" + id, before.en() + "; a real log-in succeeded: " + id));
      case LoginProof.Outcome.NotTried(Label why) -> new Result.Done(notTried(before, why));
      case LoginProof.Outcome.Later(Label why) -> new Result.Done(notTried(before, why));
      case LoginProof.Outcome.Refused(Label why) ->
          failed(
              before.zh() + "；但真实登录被拒绝：" + why.zh(),
              before.en() + "; but a real log-in was refused: " + why.en());
    };
  }

  private static Label notTried(Label before, Label why) {
    return new Label(
        before.zh() + "；未做真实登录：" + why.zh(),
        before.en() + "; no real log-in was tried: " + why.en());
  }

  private static Label repaired(List<Cause> done) {
    Label causes = labels(done);
    return done.isEmpty()
        ? new Label("没有已知的障碍", "nothing known stands in its way")
        : new Label("已修复：" + causes.zh(), "repaired: " + causes.en());
  }

  private static Result result(List<Cause> done, List<Because> left) {
    if (left.isEmpty()) return new Result.Done(repaired(done));
    Label rest = labels(left.stream().map(Because::cause).toList());
    return done.isEmpty()
        ? failed("没有可以安全修复的：" + rest.zh(), "nothing could be repaired safely: " + rest.en())
        : new Result.Done(
            new Label(
                repaired(done).zh() + "；仍有：" + rest.zh(),
                repaired(done).en() + "; still: " + rest.en()));
  }

  private static Result failed(String zh, String en) {
    return new Result.Failed(new Label(zh, en));
  }

  private record Asked(Optional<Facts> facts, Label why) {}

  private static Asked ask(ActionContext context, Declared declared) {
    String script = AccountSurvey.script(List.of(declared.name()));
    SshOutcome outcome =
        context.reach().ssh(context.machine().id(), new SshCommand(script, true, LIMIT, 65_536));
    return switch (outcome) {
      case SshOutcome.Ran ran -> {
        Optional<Facts> facts =
            Optional.ofNullable(Facts.read(ran.out()).get(declared.name())).filter(Facts::complete);
        yield new Asked(facts, Label.same(ran.err()));
      }
      case SshOutcome.Failed failed -> new Asked(Optional.empty(), failed.words());
    };
  }

  @Override
  public Presence probe(ActionContext context) {
    Optional<Declared> declared = declared(context);
    if (declared.isEmpty()) return Presence.UNKNOWN;
    return ask(context, declared.get())
        .facts()
        .map(facts ->
            WhyNot.of(declared.get(), facts).stream()
                    .anyMatch(b -> Repair.of(declared.get(), b, facts).isPresent())
                ? Presence.ABSENT
                : Presence.PRESENT)
        .orElse(Presence.UNKNOWN);
  }
}
