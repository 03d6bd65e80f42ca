package io.fettle.pack.bmc;

import io.fettle.kernel.Label;
import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiRequest;
import java.util.Locale;
import java.util.Optional;

/** Why the assigned account cannot log in to the card as administrator. */
enum LoginCause {
  WRONG_PASSWORD("密码不对", "wrong password"),
  USER_UNKNOWN("账号不存在或已停用", "account missing or disabled"),
  USER_MISSING("账号不存在", "account missing"),
  USER_DISABLED("账号已停用", "account disabled"),
  NO_ACCESS("账号不许从网络登录", "account not allowed over the network"),
  PRIVILEGE("账号权限不足", "account lacks administrator privilege"),
  SLOTS_FULL("会话数已满", "all session slots in use"),
  KG("卡上设了 Kg 密钥", "the card has a key Kg set");

  /** Set Session Privilege Level with 0 asks for the present level. */
  static final IpmiRequest LEVEL = new IpmiRequest(0x06, 0x3b, (byte) 0);

  private static final int ADMINISTRATOR = 4;

  private final Label label;

  LoginCause(String zh, String en) {
    label = new Label(zh, en);
  }

  Label label() {
    return label;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The cause behind a failed log-in; empty when the failure says nothing about the account. */
  static Optional<LoginCause> of(IpmiFailure failure) {
    return switch (failure.kind()) {
      case WRONG_PASSWORD -> Optional.of(WRONG_PASSWORD);
      case UNKNOWN_USER -> Optional.of(USER_UNKNOWN);
      case PRIVILEGE -> Optional.of(PRIVILEGE);
      case NO_SLOT -> Optional.of(SLOTS_FULL);
      case BAD_KG -> Optional.of(KG);
      case NO_ADDRESS,
          NO_CREDENTIAL,
          UNREACHABLE,
          NOT_IPMI_2,
          NO_CIPHER,
          PROTOCOL,
          AFTER_SEND,
          BUSY ->
          Optional.empty();
    };
  }

  /** From the answer to {@link #LEVEL} in a session that was opened. */
  static Optional<LoginCause> of(IpmiAnswer level) {
    boolean administrator =
        level.ok() && level.data().length > 0 && (level.data()[0] & 0x0f) >= ADMINISTRATOR;
    return administrator ? Optional.empty() : Optional.of(PRIVILEGE);
  }
}
