package io.fettle.transport.ssh;

import io.fettle.kernel.Label;
import java.time.Duration;

/** What came of one exec; the cases are told apart because what follows differs. */
public sealed interface SshOutcome {
  /**
   * The command ended by itself.
   *
   * @param exit exit status; 128+n for a signal
   * @param out standard output, decoded as UTF-8 with replacement, cut at the limit
   * @param cut true when either stream was longer than the limit
   */
  record Ran(int exit, String out, String err, boolean cut, Duration took) implements SshOutcome {}

  /**
   * It did not run, or nobody knows how it ended.
   *
   * @param why one plain sentence for the story, no secret
   */
  record Failed(Kind kind, String why, Duration took) implements SshOutcome {
    /** True when the command may have been started on the machine. */
    public boolean maybeStarted() {
      return kind == Kind.KILLED_AT_LIMIT || kind == Kind.BROKEN_AFTER_SEND;
    }

    /** The sentence for people; in Chinese that of its kind. */
    public Label words() {
      return new Label(kind.zh, why);
    }
  }

  /** Kinds of failure. */
  enum Kind {
    NO_ADDRESS("没有可用的地址"),
    NO_CREDENTIAL("没有可用的登录凭据"),
    REFUSED("连接被拒绝"),
    CONNECT_TIMEOUT("连接不上"),
    BANNER_TIMEOUT("接受了连接，但没有 SSH 应答"),
    AUTH_TIMEOUT("登录没有在时限内完成"),
    HOST_KEY_CHANGED("主机密钥变了"),
    AUTH_REFUSED("登录被拒绝"),
    SUDO_REFUSED("sudo 被拒绝"),
    BROKEN_BEFORE_SEND("命令发出之前连接断开"),
    BROKEN_AFTER_SEND("命令发出之后连接断开"),
    KILLED_AT_LIMIT("命令超过限制，已终止"),
    BUSY("并发已达上限"),
    TOO_LATE("轮到它之前时限已过，没有发送");

    private final String zh;

    Kind(String zh) {
      this.zh = zh;
    }
  }
}
