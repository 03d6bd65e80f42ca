package io.fettle.pack.bmc;

import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import io.fettle.remediation.action.Foresight;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Corrects the card's LAN parameters that differ from what was declared, in band only, and reads
 * them back. An address that somebody else answers at is not taken.
 */
@Component
class SetLan implements Action {
  private static final Label AS_DECLARED =
      new Label("网络参数与声明一致，没有可更正的", "LAN parameters are as declared, nothing to correct");

  private static final Label NOT_ASKED = new Label("带内问不到管理卡", "the card cannot be asked in band");

  private static final int CHANNEL = ReachableCheck.CHANNEL;

  private static final byte IN_PROGRESS = 1;
  private static final byte COMMIT = 2;
  private static final byte COMPLETE = 0;

  @Override
  public String name() {
    return "bmc.set_lan";
  }

  @Override
  public Label label() {
    return new Label("更正管理卡网络参数", "Correct the card's LAN parameters");
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
    if (context.evidence().get(ReachableCheck.DIFFERENCES) instanceof List<?> known
        && known.isEmpty()) return Optional.of(AS_DECLARED);
    return ReachableCheck.deafInBand(context.evidence());
  }

  @Override
  public Foresight foresee(ActionContext context) {
    Optional<LanState> lan = read(context);
    if (lan.isEmpty()) return new Foresight.Untold(NOT_ASKED);
    List<LanState.Difference> differences = lan.get().differences(context.machine());
    if (differences.isEmpty()) return new Foresight.AsWanted(AS_DECLARED);
    Optional<Result.Failed> taken = moves(differences) ? taken(context) : Optional.empty();
    if (taken.isPresent()) return new Foresight.WouldNot(taken.get().why());
    return new Foresight.Would(
        differences.stream().map(LanState.Difference::change).toList(),
        differences.stream().map(d -> d.write(CHANNEL).toString()).toList());
  }

  @Override
  public Result run(ActionContext context) {
    Optional<LanState> lan = read(context);
    if (lan.isEmpty()) return new Result.Failed(NOT_ASKED);
    List<LanState.Difference> differences = lan.get().differences(context.machine());
    if (differences.isEmpty()) return new Result.Failed(AS_DECLARED);
    Optional<Result.Failed> taken = moves(differences) ? taken(context) : Optional.empty();
    if (taken.isPresent()) return taken.get();
    if (context.late()) return failed("租约已到期，未发送", "the lease has ended, nothing was sent");
    List<IpmiRequest> writes = new ArrayList<>();
    writes.add(progress(IN_PROGRESS));
    for (LanState.Difference d : differences) writes.add(d.write(CHANNEL));
    writes.add(progress(COMMIT));
    writes.add(progress(COMPLETE));
    CardWay.Heard heard = CardWay.inBand(context).tell(writes);
    return judge(context, differences, heard);
  }

  private static boolean moves(List<LanState.Difference> differences) {
    return differences.stream().anyMatch(d -> d.parameter() == LanState.Parameter.ADDRESS);
  }

  /** Why the declared address must not be given to this card; empty when it may. */
  private static Optional<Result.Failed> taken(ActionContext context) {
    try {
      return context.reach().cardAnswers(context.machine().id())
          ? Optional.of(
              failed(
                  "声明的地址上已有别的设备在应答，不占用",
                  "something else answers at the declared address, it is not taken"))
          : Optional.empty();
    } catch (IpmiFailure e) {
      return Optional.of(
          failed(
              "声明的地址是否已被占用，没有问到：" + e.getMessage(),
              "whether the declared address is taken could not be asked: " + e.getMessage()));
    }
  }

  /** Cards may decline these; ipmitool goes on too. What counts is what is read back. */
  private static IpmiRequest progress(byte state) {
    return new IpmiRequest(0x0c, 0x01, (byte) CHANNEL, (byte) 0, state);
  }

  private static Optional<LanState> read(ActionContext context) {
    CardWay.Heard heard = CardWay.inBand(context).ask(LanState.questions(CHANNEL));
    LanState lan = new LanState(CHANNEL, heard.exchanges());
    return lan.words().isEmpty() ? Optional.empty() : Optional.of(lan);
  }

  private static Result judge(
      ActionContext context, List<LanState.Difference> wanted, CardWay.Heard heard) {
    if (heard.exchanges().isEmpty() && !heard.doubt())
      return failed("命令未发出：" + heard.trouble(), "not sent: " + heard.trouble());
    Optional<LanState> now = read(context);
    if (now.filter(l -> l.differences(context.machine()).isEmpty()).isPresent())
      return new Result.Done(new Label("已更正并回读：" + wanted, "corrected and read back: " + wanted));
    List<String> refused =
        heard.exchanges().stream()
            .filter(e -> e.request().data()[1] != 0 && !e.answer().ok())
            .map(e -> e.request() + " " + e.answer())
            .toList();
    if (refused.size() == wanted.size())
      return failed("卡拒绝更改：" + refused, "the card refused the change: " + refused);
    return new Result.Uncertain(
        new Label("已发送，但回读与声明仍不一致", "sent, but what is read back is not as declared"));
  }

  private static Result.Failed failed(String zh, String en) {
    return new Result.Failed(new Label(zh, en));
  }

  @Override
  public Presence probe(ActionContext context) {
    return read(context)
        .map(l -> l.differences(context.machine()).isEmpty() ? Presence.PRESENT : Presence.ABSENT)
        .orElse(Presence.UNKNOWN);
  }
}
