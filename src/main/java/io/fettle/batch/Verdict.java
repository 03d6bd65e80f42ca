package io.fettle.batch;

import io.fettle.kernel.Label;

/** What came of one machine of a job; each says whether anything can have run there. */
public enum Verdict {
  OK(Ran.YES, "成功", "ok"),
  EXIT(Ran.YES, "退出码非 0", "exit"),
  FAILED(Ran.NO, "没有做成，未改动任何东西", "failed, nothing changed"),
  /** The action says it is done, and a look afterwards does not show it. */
  UNPROVEN(Ran.YES, "做了，但复查看不到", "done, but not seen afterwards"),
  AUTH_REFUSED(Ran.NO, "登录被拒绝", "auth refused"),
  SUDO_REFUSED(Ran.NO, "sudo 被拒绝", "sudo refused"),
  REFUSED(Ran.NO, "连接被拒绝", "refused"),
  CONNECT_TIMEOUT(Ran.NO, "连接超时", "timed out: connect"),
  BANNER_TIMEOUT(Ran.NO, "连上后无 SSH 应答", "timed out: banner"),
  AUTH_TIMEOUT(Ran.NO, "登录超时", "timed out: log-in"),
  HOST_KEY_CHANGED(Ran.NO, "主机密钥变了", "host key changed"),
  /** It ran over its time or its output, and was killed. */
  KILLED(Ran.YES, "超过限制，已终止", "killed at limit"),
  NOT_STARTED(Ran.NO, "没有开始", "not started"),
  /** Left out: maintenance, another run has it, no address … */
  SKIPPED(Ran.NO, "已跳过", "skipped"),
  /** It was let out, and nobody knows how it ended. Never sent again by itself. */
  UNKNOWN(Ran.MAYBE, "不明", "unknown");

  private enum Ran {
    YES,
    NO,
    MAYBE
  }

  private final Ran ran;
  private final Label label;

  Verdict(Ran ran, String zh, String en) {
    this.ran = ran;
    this.label = new Label(zh, en);
  }

  public Label label() {
    return label;
  }

  /** True when surely nothing ran: a rerun may take this machine without being told so by name. */
  public boolean missed() {
    return ran == Ran.NO;
  }

  /** True when it counts towards the share of failures at which a job stops. */
  public boolean failure() {
    return this != OK && this != SKIPPED;
  }
}
