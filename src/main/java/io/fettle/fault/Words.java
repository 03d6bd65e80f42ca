package io.fettle.fault;

import io.fettle.kernel.Label;
import java.time.Duration;

/** What the fault room says in stories, in both languages. */
final class Words {
  private Words() {}

  static Label firstSeen(Label summary) {
    return new Label("首次发现异常：" + summary.zh(), "First seen: " + summary.en());
  }

  static Label confirmed(int bad, int of) {
    return new Label(
        "已确认：最近 " + of + " 个时刻中 " + bad + " 次异常",
        "Confirmed: BAD in " + bad + " of the last " + of + " slots");
  }

  static Label relapsed(int bad, int of) {
    return new Label(
        "复发：恢复之后最近 " + of + " 个时刻中又有 " + bad + " 次异常",
        "Relapsed: BAD again in " + bad + " of the last " + of + " slots since it recovered");
  }

  static Label recovered(int slots) {
    return new Label(
        "恢复：连续 " + slots + " 个时刻正常，中间没有缺口",
        "Recovered: OK in " + slots + " slots on end without a gap");
  }

  static Label held(String reason) {
    return switch (reason) {
      case Suppression.MAINTENANCE ->
          new Label(
              "暂缓处理：机器在维护窗口内，或登记为维修中",
              "Held: the machine is in a maintenance window, or the register says it is under repair");
      case Suppression.STORM ->
          new Label(
              "暂缓处理：同一机房或机柜同类故障过多（风暴），根因多半不在这台机器上",
              "Held: a storm of this class blows in its rack or site, so the fault is likely elsewhere");
      case Suppression.FLAPPING ->
          new Label("暂缓处理：反复出现又消失（抖动）", "Held: it comes and goes (flapping)");
      case Suppression.COVERAGE ->
          new Label("暂缓处理：采集端大面积缺数据", "Held: the collector sees too little of its machines");
      default -> new Label("暂缓处理：" + reason, "Held: " + reason);
    };
  }

  static Label released() {
    return new Label(
        "暂缓的原因已消失，异常仍在", "The reason for the hold is gone and the machine is still bad");
  }

  static Label lemon(int relapses) {
    return new Label(
        "30 天内已复发 " + relapses + " 次，自动修复不再尝试，转人工",
        "Came back "
            + relapses
            + " times within 30 days: no more automatic repair, a person is asked");
  }

  static Label stale(Duration since) {
    return new Label(
        "已有 " + since.toSeconds() + " 秒没有任何观测", "Nothing observed for " + since.toSeconds() + " s");
  }

  static Label noVerdict() {
    return new Label("长时间没有明确结论（既不正常也不异常）", "No verdict for long: neither OK nor BAD");
  }

  static Label seenAgain() {
    return new Label("重新有了观测", "Observed again");
  }

  static Label unseen() {
    return new Label("太久没有任何观测，转人工", "Nothing observed for too long: a person is asked");
  }

  static Label undecided() {
    return new Label(
        "确认后迟迟没有处理决定，转人工", "No decision in time after confirmation: a person is asked");
  }

  static Label heldTooLong(String reason) {
    return new Label(
        "暂缓时间太长（" + reason + "），转人工", "Held for too long (" + reason + "): a person is asked");
  }

  static Label closed(Duration stable) {
    return new Label(
        "稳定 " + stable.toSeconds() + " 秒，没有缺口，关闭",
        "Stable for " + stable.toSeconds() + " s without a gap: closed");
  }

  static Label withdrawn() {
    return new Label(
        "该检查不再适用于这台机器，撤销", "The check does not apply to this machine any more: withdrawn");
  }

  static Label absent() {
    return new Label(
        "检查不再报告这个部件，撤销", "The check does not report this component any more: withdrawn");
  }

  static Label stillOpen() {
    return new Label("仍未解决", "Still open");
  }
}
