package io.fettle.pack.bmc;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import io.fettle.remediation.action.Foresight;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Gives the assigned account its log-in back, in band: enables it, gives it administrator rights on
 * the LAN channel, sets the password to the assigned one. Each cause is looked at afresh before it
 * is treated and each is treated once. An account that does not exist is not made.
 */
@Component
class RestoreLogin implements Action {
  private static final int CHANNEL = LoginCheck.CHANNEL;
  private static final int ANONYMOUS = 1;
  private static final int MOST_TREATMENTS = 3;

  @Override
  public String name() {
    return "bmc.restore_login";
  }

  @Override
  public Label label() {
    return new Label("恢复管理卡账号登录", "Restore the card account's log-in");
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
    return Duration.ofSeconds(120);
  }

  @Override
  public Optional<Label> refuses(ActionContext context) {
    Object cause = context.evidence().get("cause");
    if (LoginCause.USER_MISSING.word().equals(cause))
      return Optional.of(
          new Label(
              "卡上没有该账号；是否新建由人决定",
              "the card has no such account; whether to make one is a person's decision"));
    return Stream.of(LoginCause.SLOTS_FULL, LoginCause.KG)
        .filter(other -> other.word().equals(cause))
        .map(other ->
            new Label(
                "改账号解决不了：" + other.label().zh(),
                "no change of the account helps: " + other.label().en()))
        .findFirst();
  }

  /** How a log-in went: the cause, or why there is none. */
  private record Login(Optional<LoginCause> cause, Optional<IpmiFailure> untold) {
    boolean works() {
      return cause.isEmpty() && untold.isEmpty();
    }
  }

  private static Login logIn(ActionContext context) {
    try {
      Optional<LoginCause> cause =
          context
              .reach()
              .ipmi(context.machine().id(), s -> LoginCause.of(s.send(LoginCause.LEVEL)));
      context.transcript("log-in: " + cause.map(LoginCause::word).orElse("works"));
      return new Login(cause, Optional.empty());
    } catch (IpmiFailure e) {
      context.transcript("log-in: " + e.kind() + " " + e.getMessage());
      Optional<LoginCause> cause = LoginCause.of(e);
      return new Login(cause, cause.isPresent() ? Optional.empty() : Optional.of(e));
    }
  }

  @Override
  public Need needs() {
    return Need.SSH_AND_CARD;
  }

  @Override
  public Foresight foresee(ActionContext context) {
    Login login = logIn(context);
    if (login.works()) return new Foresight.AsWanted(new Label("登录本来就正常", "log-in works already"));
    if (login.untold().isPresent()) {
      String why = login.untold().get().getMessage();
      return new Foresight.Untold(new Label("登录未能判定：" + why, "cannot judge the log-in: " + why));
    }
    LoginCause cause = login.cause().orElseThrow();
    if (cause == LoginCause.SLOTS_FULL || cause == LoginCause.KG)
      return new Foresight.WouldNot(
          new Label(
              "改账号解决不了：" + cause.label().zh(),
              "no change of the account helps: " + cause.label().en()));
    return new Foresight.Would(
        List.of(new Foresight.Change("log-in", cause.word(), "works")), List.of());
  }

  @Override
  public Result run(ActionContext context) {
    Set<LoginCause> treated = EnumSet.noneOf(LoginCause.class);
    Result result = cure(context, treated);
    return result instanceof Result.Failed(Label why) && !treated.isEmpty()
        ? new Result.Uncertain(
            new Label(
                "已处理 " + words(treated) + "；" + why.zh(),
                "treated " + words(treated) + "; " + why.en()))
        : result;
  }

  private Result cure(ActionContext context, Set<LoginCause> treated) {
    for (int i = 0; i <= MOST_TREATMENTS; i++) {
      Login login = logIn(context);
      if (login.works()) return done(treated);
      if (login.untold().isPresent())
        return failed(
            "登录未能判定：" + login.untold().get().getMessage(),
            "cannot judge the log-in: " + login.untold().get().getMessage());
      Optional<Result> ended = treat(context, login.cause().orElseThrow(), treated);
      if (ended.isPresent()) return ended.get();
    }
    return stillOut(treated);
  }

  private static Result done(Set<LoginCause> treated) {
    return treated.isEmpty()
        ? new Result.Done(new Label("登录本来就正常", "log-in works already"))
        : new Result.Done(
            new Label("已处理并登录成功：" + words(treated), "treated, log-in works: " + words(treated)));
  }

  private static String words(Set<LoginCause> treated) {
    return String.join(", ", treated.stream().map(LoginCause::word).toList());
  }

  /** Treats one cause; what ends the action, or empty to look again. */
  private Optional<Result> treat(ActionContext context, LoginCause seen, Set<LoginCause> treated) {
    if (seen == LoginCause.SLOTS_FULL || seen == LoginCause.KG)
      return Optional.of(
          failed(
              "改账号解决不了：" + seen.label().zh(),
              "no change of the account helps: " + seen.label().en()));
    Optional<CardAccount> found = find(context);
    if (found.isEmpty()) return Optional.of(failed("带内找不到该账号", "the account is not found in band"));
    CardAccount account = found.get();
    if (account.id() == ANONYMOUS)
      return Optional.of(failed("不改动 1 号匿名账号", "account 1, the anonymous one, is not touched"));
    LoginCause cause = seen == LoginCause.USER_UNKNOWN ? disabledHow(account) : seen;
    if (treated.contains(cause)) return Optional.of(stillOut(treated));
    if (context.late())
      return Optional.of(failed("租约已到期，未发送", "the lease has ended, nothing was sent"));
    treated.add(cause);
    SshOutcome outcome =
        send(context, commands(cause, account.id()), cause == LoginCause.WRONG_PASSWORD);
    if (outcome instanceof SshOutcome.Failed failed && !failed.maybeStarted())
      treated.remove(cause);
    return judge(context, outcome);
  }

  private static LoginCause disabledHow(CardAccount account) {
    return account.cause().orElse(LoginCause.USER_DISABLED);
  }

  private static String commands(LoginCause cause, int id) {
    return switch (cause) {
      case USER_DISABLED, USER_UNKNOWN, USER_MISSING -> "ipmitool user enable " + id;
      case NO_ACCESS, PRIVILEGE ->
          "ipmitool channel setaccess %d %d callin=on ipmi=on link=on privilege=4\n"
                  .formatted(CHANNEL, id)
              + "ipmitool user enable "
              + id;
      case WRONG_PASSWORD -> "{ card_password; card_password; } | ipmitool user set password " + id;
      case SLOTS_FULL, KG -> throw new IllegalArgumentException("no cure for " + cause);
    };
  }

  private static Optional<CardAccount> find(ActionContext context) {
    AssetId machine = context.machine().id();
    Optional<String> name = context.reach().cardUser(machine);
    if (name.isEmpty()) return Optional.empty();
    SshOutcome outcome =
        context.reach().ssh(machine, SshCommand.asRoot(CardAccount.script(name.get(), CHANNEL)));
    if (!(outcome instanceof SshOutcome.Ran ran)) {
      context.transcript("in band: " + outcome);
      return Optional.empty();
    }
    Optional<CardAccount> account = CardAccount.of(InBand.read(ran.out()).exchanges());
    context.transcript("in band: " + account.map(Object::toString).orElse("no such account"));
    return account;
  }

  private static SshOutcome send(ActionContext context, String commands, boolean password) {
    commands.lines().forEach(l -> context.transcript("→ " + l));
    SshCommand command =
        SshCommand.asRoot("export LC_ALL=C\nset -e\n" + commands + "\n")
            .onlyWhile(context::mayLeave);
    AssetId machine = context.machine().id();
    return password
        ? context.reach().sshWithCardPassword(machine, command)
        : context.reach().ssh(machine, command);
  }

  private static Optional<Result> judge(ActionContext context, SshOutcome outcome) {
    return switch (outcome) {
      case SshOutcome.Ran ran when ran.exit() == 0 -> {
        context.transcript("← exit 0");
        yield Optional.empty();
      }
      case SshOutcome.Ran ran -> {
        context.transcript("← exit " + ran.exit() + " " + ran.err().strip() + ran.out().strip());
        yield Optional.of(
            failed("ipmitool 以 %d 结束".formatted(ran.exit()), "ipmitool ended with " + ran.exit()));
      }
      case SshOutcome.Failed failed -> {
        context.transcript("× " + failed.why());
        yield Optional.of(
            failed.maybeStarted()
                ? new Result.Uncertain(
                    new Label("执行情况不明：" + failed.why(), "unknown: " + failed.why()))
                : failed("带内不通：" + failed.why(), "in band is not possible: " + failed.why()));
      }
    };
  }

  private static Result stillOut(Set<LoginCause> treated) {
    return new Result.Uncertain(
        new Label(
            "已处理 " + words(treated) + "，仍无法登录", "treated " + words(treated) + ", still no log-in"));
  }

  private static Result failed(String zh, String en) {
    return new Result.Failed(new Label(zh, en));
  }

  @Override
  public Presence probe(ActionContext context) {
    Login login = logIn(context);
    if (login.works()) return Presence.PRESENT;
    return login.cause().isPresent() ? Presence.ABSENT : Presence.UNKNOWN;
  }
}
