package io.fettle.pack.bmc;

import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An account of the card as seen in band (Get User Name, Get User Access; IPMI 2.0, 22.27, 22.29).
 *
 * @param status whether it is enabled; old cards do not say
 * @param messaging whether it may log in over the LAN channel
 * @param privilege its highest privilege there; 4 administrator
 */
record CardAccount(int id, Status status, boolean messaging, int privilege) {
  private static final int APP = 0x06;
  private static final int GET_ACCESS = 0x44;
  private static final int GET_NAME = 0x46;
  private static final int MAX_ID = 16;
  private static final int NAME_LENGTH = 16;
  private static final int ADMINISTRATOR = 4;

  /** Enabled, disabled, or not told. */
  enum Status {
    ENABLED,
    DISABLED,
    NOT_TOLD
  }

  /**
   * A script that finds the account of this name and asks for its access; it stops there. The name
   * travels as the hexadecimal bytes that ipmitool prints.
   */
  static String script(String name, int channel) {
    StringBuilder hex = new StringBuilder();
    for (byte b : padded(name)) hex.append(" %02x".formatted(b & 0xff));
    StringBuilder ids = new StringBuilder();
    for (int id = 1; id <= MAX_ID; id++) ids.append(" 0x%02x".formatted(id));
    return InBand.ASK
        + """
        for id in%s; do
          ask 0x06 0x46 $id
          case "$out" in
          *"%s"*) ask 0x06 0x44 0x%02x $id; break ;;
          *rsp=*) ;;
          *) [ $rc -eq 0 ] || break ;;
          esac
        done
        """
            .formatted(ids, hex, channel);
  }

  private static byte[] padded(String name) {
    return Arrays.copyOf(name.getBytes(StandardCharsets.UTF_8), NAME_LENGTH);
  }

  /** True when the answers show that the card told its account names at all. */
  static boolean looked(List<Exchange> exchanges) {
    return exchanges.stream().anyMatch(e -> is(e, GET_NAME) && e.answer().ok());
  }

  /** The account in the answers to {@link #script}; empty when there is none of this name. */
  static Optional<CardAccount> of(List<Exchange> exchanges) {
    return exchanges.stream()
        .filter(e -> is(e, GET_ACCESS) && e.answer().ok() && e.answer().data().length >= 4)
        .map(e -> read(e.request(), e.answer()))
        .findFirst();
  }

  private static boolean is(Exchange e, int command) {
    return e.request().netFn() == APP && e.request().command() == command;
  }

  private static CardAccount read(IpmiRequest request, IpmiAnswer answer) {
    byte[] d = answer.data();
    Status status =
        switch ((d[1] & 0xff) >> 6) {
          case 1 -> Status.ENABLED;
          case 2 -> Status.DISABLED;
          default -> Status.NOT_TOLD;
        };
    return new CardAccount(request.data()[1] & 0x3f, status, (d[3] & 0x10) != 0, d[3] & 0x0f);
  }

  boolean administrator() {
    return privilege == ADMINISTRATOR;
  }

  /**
   * What keeps this account out, as far as its record tells; empty when nothing does. A card that
   * does not tell the status shows a disabled account as one without messaging.
   */
  Optional<LoginCause> cause() {
    boolean disabled = status == Status.DISABLED || (status == Status.NOT_TOLD && !messaging);
    if (disabled) return Optional.of(LoginCause.USER_DISABLED);
    if (!messaging) return Optional.of(LoginCause.NO_ACCESS);
    return administrator() ? Optional.empty() : Optional.of(LoginCause.PRIVILEGE);
  }
}
