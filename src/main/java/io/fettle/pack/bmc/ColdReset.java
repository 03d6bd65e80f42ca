package io.fettle.pack.bmc;

import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiRequest;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Restarts the card in band: the last thing to try, and not more than once in 24 hours. When it was
 * done is kept on the machine itself, written before the command, so that it holds for whoever asks
 * and survives everything but the machine.
 */
@Component
class ColdReset implements Action {
  private static final IpmiRequest RESET = new IpmiRequest(0x06, 0x02);
  private static final Duration ONCE_IN = Duration.ofHours(24);

  /** A mark younger than this is taken for the attempt in doubt. */
  private static final Duration JUST_NOW = Duration.ofMinutes(15);

  private static final String AGE =
      """
      mark=${FETTLE_STATE:-/var/lib/fettle}/bmc-cold-reset
      last=$(cat "$mark" 2>/dev/null)
      case $last in ''|*[!0-9]*) age=never ;; *) age=$(($(date +%s) - last)) ;; esac
      echo "age $age"
      """;

  @Override
  public String name() {
    return "bmc.cold_reset";
  }

  @Override
  public Label label() {
    return new Label("冷复位管理卡", "Cold-reset the card");
  }

  @Override
  public Effect effect() {
    return Effect.DISRUPTIVE;
  }

  @Override
  public Idempotence idempotence() {
    return Idempotence.PROBED;
  }

  @Override
  public Duration timeLimit() {
    return Duration.ofSeconds(45);
  }

  @Override
  public Optional<Label> refuses(ActionContext context) {
    Optional<Label> deaf = ReachableCheck.deafInBand(context.evidence());
    if (deaf.isPresent()) return deaf;
    Object cause = context.evidence().getOrDefault("cause", LoginCause.SLOTS_FULL.word());
    return cause.equals(LoginCause.SLOTS_FULL.word())
        ? Optional.empty()
        : Optional.of(
            new Label("复位管理卡解决不了：" + cause, "a reset of the card does not cure " + cause));
  }

  @Override
  public Result run(ActionContext context) {
    if (context.late()) return failed("租约已到期，未发送", "the lease has ended, nothing was sent");
    SshCommand command = SshCommand.asRoot(script()).onlyWhile(context::mayLeave);
    SshOutcome outcome = context.reach().ssh(context.machine().id(), command);
    return switch (outcome) {
      case SshOutcome.Failed failed when failed.maybeStarted() ->
          new Result.Uncertain(new Label("执行情况不明：" + failed.why(), "unknown: " + failed.why()));
      case SshOutcome.Failed failed ->
          failed("带内不通：" + failed.why(), "in band is not possible: " + failed.why());
      case SshOutcome.Ran ran -> judge(context, ran.out());
    };
  }

  private static String script() {
    return InBand.ASK
        + AGE
        + """
        if [ "$age" != never ] && [ "$age" -lt %d ]; then echo "recent"; exit 0; fi
        ask 0x06 0x01
        [ $rc -eq 0 ] || exit 0
        mkdir -p "${mark%%/*}" && date +%%s >"$mark" || { echo "unmarked"; exit 0; }
        """
            .formatted(ONCE_IN.toSeconds())
        + InBand.asks(List.of(RESET));
  }

  private static Result judge(ActionContext context, String out) {
    if (out.lines().anyMatch("recent"::equals))
      return failed("24 小时内已复位过，不再复位", "it was reset within the last 24 hours, not again");
    if (out.lines().anyMatch("unmarked"::equals))
      return failed(
          "无法在机器上记下复位时间，未复位", "the time of the reset cannot be kept on the machine, not reset");
    InBand.Heard heard = InBand.read(out);
    Exchange.lines(heard.exchanges()).forEach(context::transcript);
    if (heard.exchanges().isEmpty())
      return failed(
          "带内问不到管理卡：" + heard.trouble(), "the card cannot be asked in band: " + heard.trouble());
    Optional<IpmiAnswer> reset =
        heard.exchanges().stream().filter(e -> e.asked(RESET)).map(Exchange::answer).findFirst();
    if (reset.isEmpty())
      return new Result.Uncertain(new Label("复位命令已发出，没有应答", "the reset was sent, no answer came"));
    if (!reset.get().ok())
      return failed("卡拒绝复位：" + reset.get(), "the card refused the reset: " + reset.get());
    return new Result.Done(
        new Label("已冷复位，启动约需 30–180 秒", "reset; it takes 30 to 180 s to come back"));
  }

  private static Result failed(String zh, String en) {
    return new Result.Failed(new Label(zh, en));
  }

  @Override
  public Presence probe(ActionContext context) {
    SshOutcome outcome = context.reach().ssh(context.machine().id(), SshCommand.asRoot(AGE));
    if (!(outcome instanceof SshOutcome.Ran ran)) return Presence.UNKNOWN;
    Optional<String> age =
        ran.out().lines().filter(l -> l.startsWith("age ")).map(l -> l.substring(4)).findFirst();
    if (age.isEmpty()) return Presence.UNKNOWN;
    if (!age.get().matches("[0-9]{1,12}")) return Presence.ABSENT;
    return Long.parseLong(age.get()) < JUST_NOW.toSeconds() ? Presence.PRESENT : Presence.ABSENT;
  }
}
