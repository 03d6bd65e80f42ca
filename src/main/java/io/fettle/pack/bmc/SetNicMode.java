package io.fettle.pack.bmc;

import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiRequest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Sets the card's NIC mode by the vendor's own command and reads it back. In band; out of band only
 * when the machine cannot be asked and the runbook says {@code allow_cut: true}, because the
 * command moves the very port it comes through.
 */
@Component
class SetNicMode implements Action {
  private static final int LICENCE_MISSING = 0x6f;

  @Override
  public String name() {
    return "bmc.set_nic_mode";
  }

  @Override
  public Label label() {
    return new Label("设置管理卡网口模式", "Set the card's NIC mode");
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
    return Duration.ofSeconds(60);
  }

  @Override
  public Optional<Label> refuses(ActionContext context) {
    if (wanted(context).isEmpty())
      return Optional.of(
          new Label(
              "参数 mode 应为 dedicated、shared 或 failover",
              "parameter mode must be dedicated, shared or failover"));
    Object writable = context.evidence().getOrDefault("writable", "yes");
    if (writable.toString().startsWith("no"))
      return Optional.of(
          new Label(
              "厂商或代次未知，不发送厂商命令（" + writable + "）",
              "make or generation unknown, no vendor command is sent (" + writable + ")"));
    return Optional.empty();
  }

  private static Optional<NicMode> wanted(ActionContext context) {
    return NicMode.of(Objects.toString(context.params().get("mode"), ""));
  }

  @Override
  public Result run(ActionContext context) {
    Optional<NicMode> wanted = wanted(context);
    if (wanted.isEmpty()) return failed("参数 mode 无效", "parameter mode is not valid");
    CardWay inBand = CardWay.inBand(context);
    Survey survey = inBand.survey();
    if (survey.device().isPresent()) return set(context, inBand, survey, wanted.get());
    CardWay outOfBand = CardWay.outOfBand(context);
    survey = outOfBand.survey();
    if (survey.device().isEmpty())
      return failed("带内、带外都到不了管理卡", "the card can be reached neither in band nor out of band");
    if (survey.mode().filter(wanted.get()::equals).isPresent()) return already(wanted.get());
    if (!Boolean.parseBoolean(Objects.toString(context.params().get("allow_cut"), "")))
      return failed(
          "带内不通；带外修改会切断正在使用的网口，预案未允许（allow_cut）",
          "in band is not possible, and out of band the change would cut the port in use;"
              + " the runbook does not allow it (allow_cut)");
    return set(context, outOfBand, survey, wanted.get());
  }

  private Result set(ActionContext context, CardWay way, Survey survey, NicMode wanted) {
    if (survey.mode().isEmpty()) {
      Label why = survey.whyNot();
      return failed("不发送厂商命令：" + why.zh(), "no vendor command is sent: " + why.en());
    }
    if (survey.mode().get() == wanted) return already(wanted);
    NicDialect dialect = survey.dialect().orElseThrow();
    if (context.late()) return failed("租约已到期，未发送", "the lease has ended, nothing was sent");
    IpmiRequest write = dialect.write(wanted);
    CardWay.Heard heard = way.send(List.of(write, dialect.read()));
    return judge(heard, dialect, write, wanted);
  }

  private static Result judge(
      CardWay.Heard heard, NicDialect dialect, IpmiRequest write, NicMode wanted) {
    if (heard.exchanges().isEmpty())
      return heard.doubt()
          ? new Result.Uncertain(
              new Label(
                  "命令已发出，没有应答：" + heard.trouble(), "sent, but no answer came: " + heard.trouble()))
          : failed("命令未发出：" + heard.trouble(), "not sent: " + heard.trouble());
    IpmiAnswer written = heard.exchanges().getFirst().answer();
    if (!written.ok()) return refused(write, written);
    Optional<NicMode> now = heard.last().flatMap(dialect::mode);
    if (heard.exchanges().size() == 2 && now.filter(wanted::equals).isPresent())
      return new Result.Done(
          new Label(
              "网口模式已设为" + wanted.label().zh() + "，回读一致",
              "NIC mode set to " + wanted.label().en() + " and read back"));
    return new Result.Uncertain(
        new Label(
            "卡已接受命令，但回读不到" + wanted.label().zh(),
            "the card took the command, but reading back did not show " + wanted.label().en()));
  }

  private static Result refused(IpmiRequest write, IpmiAnswer answer) {
    if (answer.code() == LICENCE_MISSING)
      return failed(
          "该卡的许可证不含专用口（完成码 6F）", "the card's licence does not include the dedicated port (cc 6F)");
    String said = "%s: cc %02x".formatted(write, answer.code());
    return failed("卡拒绝执行 " + said, "the card refused " + said);
  }

  private static Result already(NicMode mode) {
    return new Result.Done(
        new Label(
            "网口模式本来就是" + mode.label().zh(), "NIC mode was " + mode.label().en() + " already"));
  }

  private static Result failed(String zh, String en) {
    return new Result.Failed(new Label(zh, en));
  }

  @Override
  public Presence probe(ActionContext context) {
    Survey survey = CardWay.inBand(context).survey();
    if (survey.mode().isEmpty()) survey = CardWay.outOfBand(context).survey();
    Optional<NicMode> wanted = wanted(context);
    if (survey.mode().isEmpty() || wanted.isEmpty()) return Presence.UNKNOWN;
    return survey.mode().equals(wanted) ? Presence.PRESENT : Presence.ABSENT;
  }
}
