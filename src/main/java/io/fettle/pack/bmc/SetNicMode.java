package io.fettle.pack.bmc;

import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import io.fettle.remediation.action.Foresight;
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
 * command moves the very port it comes through. It can be put back: the very bytes read before.
 */
@Component
class SetNicMode implements Action {
  private static final int LICENCE_MISSING = 0x6f;
  private static final Label BAD_PARAMETERS =
      new Label(
          "参数 mode 应为 dedicated、shared 或 failover",
          "parameter mode must be dedicated, shared or failover");

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
    if (NicGoal.of(context).isEmpty()) return Optional.of(BAD_PARAMETERS);
    Object writable = context.evidence().getOrDefault("writable", "yes");
    if (writable.toString().startsWith("no"))
      return Optional.of(
          new Label(
              "厂商或代次未知，不发送厂商命令（" + writable + "）",
              "make or generation unknown, no vendor command is sent (" + writable + ")"));
    return Optional.empty();
  }

  @Override
  public boolean undoable() {
    return true;
  }

  @Override
  public Need needs() {
    return Need.SSH_OR_CARD;
  }

  /** What the card says there is to do. */
  private sealed interface Plan {
    record Keep(NicMode mode) implements Plan {}

    record Write(CardWay way, NicDialect dialect, NicMode now, byte[] before, byte[] setting)
        implements Plan {
      IpmiRequest request() {
        return dialect.write(setting);
      }
    }

    record Leave(Label why) implements Plan {}

    record Unasked(Label why) implements Plan {}
  }

  private static Plan plan(ActionContext context, NicGoal goal) {
    CardWay inBand = CardWay.inBand(context);
    Survey survey = inBand.survey();
    if (survey.device().isPresent()) return plan(inBand, survey, goal);
    CardWay outOfBand = CardWay.outOfBand(context);
    survey = outOfBand.survey();
    if (survey.device().isEmpty())
      return new Plan.Unasked(
          new Label("带内、带外都到不了管理卡", "the card can be reached neither in band nor out of band"));
    Plan plan = plan(outOfBand, survey, goal);
    boolean mayCut = Boolean.parseBoolean(Objects.toString(context.params().get("allow_cut"), ""));
    return plan instanceof Plan.Write && !mayCut
        ? new Plan.Leave(
            new Label(
                "带内不通；带外修改会切断正在使用的网口，未允许（allow_cut）",
                "in band is not possible, and out of band the change would cut the port in use,"
                    + " which was not allowed (allow_cut)"))
        : plan;
  }

  private static Plan plan(CardWay way, Survey survey, NicGoal goal) {
    Optional<NicMode> now = survey.mode();
    Optional<byte[]> before = survey.setting();
    if (now.isEmpty() || before.isEmpty()) {
      Label why = survey.whyNot();
      return new Plan.Leave(
          new Label("不发送厂商命令：" + why.zh(), "no vendor command is sent: " + why.en()));
    }
    if (goal.isMet(now.get(), before.get())) return new Plan.Keep(now.get());
    if (goal.onlyFrom().filter(from -> from != now.get()).isPresent())
      return new Plan.Leave(
          new Label(
              "后来已被改为" + now.get().label().zh() + "，不覆盖",
              "it was changed to " + now.get().label().en() + " since and is left so"));
    NicDialect dialect = survey.dialect().orElseThrow();
    return goal.setting(dialect)
        .<Plan>map(bytes -> new Plan.Write(way, dialect, now.get(), before.get(), bytes))
        .orElseGet(() ->
            new Plan.Leave(
                new Label("要恢复的值不是这张卡的写法", "what is to be put back is no value of this card")));
  }

  @Override
  public Foresight foresee(ActionContext context) {
    Optional<NicGoal> goal = NicGoal.of(context);
    if (goal.isEmpty()) return new Foresight.WouldNot(BAD_PARAMETERS);
    return switch (plan(context, goal.get())) {
      case Plan.Keep keep -> new Foresight.AsWanted(was(keep.mode()));
      case Plan.Leave leave -> new Foresight.WouldNot(leave.why());
      case Plan.Unasked unasked -> new Foresight.Untold(unasked.why());
      case Plan.Write write ->
          new Foresight.Would(
              List.of(
                  new Foresight.Change(
                      "NIC mode", write.now().label().en(), goal.get().mode().label().en())),
              List.of(write.request().toString()));
    };
  }

  @Override
  public Result run(ActionContext context) {
    Optional<NicGoal> goal = NicGoal.of(context);
    if (goal.isEmpty()) return new Result.Failed(BAD_PARAMETERS);
    return switch (plan(context, goal.get())) {
      case Plan.Keep keep -> new Result.Done(was(keep.mode()));
      case Plan.Leave leave -> new Result.Failed(leave.why());
      case Plan.Unasked unasked -> new Result.Failed(unasked.why());
      case Plan.Write write -> set(context, goal.get(), write);
    };
  }

  private static Result set(ActionContext context, NicGoal goal, Plan.Write write) {
    if (context.late()) return failed("租约已到期，未发送", "the lease has ended, nothing was sent");
    context.wayBack(goal.wayBack(write.now(), write.before()));
    CardWay.Heard heard = write.way().send(List.of(write.request(), write.dialect().read()));
    return judge(heard, goal, write);
  }

  private static Result judge(CardWay.Heard heard, NicGoal goal, Plan.Write write) {
    if (heard.exchanges().isEmpty())
      return heard.doubt()
          ? new Result.Uncertain(
              new Label(
                  "命令已发出，没有应答：" + heard.trouble(), "sent, but no answer came: " + heard.trouble()))
          : failed("命令未发出：" + heard.trouble(), "not sent: " + heard.trouble());
    IpmiAnswer written = heard.exchanges().getFirst().answer();
    if (!written.ok()) return refused(write.request(), written);
    Label wanted = goal.mode().label();
    boolean met =
        heard.exchanges().size() == 2 && heard.last().filter(a -> met(a, goal, write)).isPresent();
    if (met)
      return new Result.Done(
          new Label(
              "网口模式已设为" + wanted.zh() + "，回读一致",
              "NIC mode set to " + wanted.en() + " and read back"));
    return new Result.Uncertain(
        new Label(
            "卡已接受命令，但回读不到" + wanted.zh(),
            "the card took the command, but reading back did not show " + wanted.en()));
  }

  private static boolean met(IpmiAnswer answer, NicGoal goal, Plan.Write write) {
    Optional<NicMode> mode = write.dialect().mode(answer);
    Optional<byte[]> setting = write.dialect().setting(answer);
    return mode.isPresent() && setting.isPresent() && goal.isMet(mode.get(), setting.get());
  }

  private static Result refused(IpmiRequest write, IpmiAnswer answer) {
    if (answer.code() == LICENCE_MISSING)
      return failed(
          "该卡的许可证不含专用口（完成码 6F）", "the card's licence does not include the dedicated port (cc 6F)");
    String said = "%s: cc %02x".formatted(write, answer.code());
    return failed("卡拒绝执行 " + said, "the card refused " + said);
  }

  private static Label was(NicMode mode) {
    return new Label(
        "网口模式本来就是" + mode.label().zh(), "NIC mode was " + mode.label().en() + " already");
  }

  private static Result failed(String zh, String en) {
    return new Result.Failed(new Label(zh, en));
  }

  @Override
  public Presence probe(ActionContext context) {
    Survey survey = CardWay.inBand(context).survey();
    if (survey.mode().isEmpty()) survey = CardWay.outOfBand(context).survey();
    Optional<NicGoal> goal = NicGoal.of(context);
    Optional<NicMode> now = survey.mode();
    Optional<byte[]> setting = survey.setting();
    if (now.isEmpty() || setting.isEmpty() || goal.isEmpty()) return Presence.UNKNOWN;
    return goal.get().isMet(now.get(), setting.get()) ? Presence.PRESENT : Presence.ABSENT;
  }
}
