package io.fettle.transport.ipmi;

/** A session could not be opened or was lost; the kinds lead to different repairs. */
public class IpmiFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Kinds of failure; AFTER_SEND means a command left and no answer came, so its effect is unknown.
   */
  public enum Kind {
    NO_ADDRESS,
    NO_CREDENTIAL,
    UNREACHABLE,
    NOT_IPMI_2,
    NO_CIPHER,
    NO_SLOT,
    UNKNOWN_USER,
    WRONG_PASSWORD,
    PRIVILEGE,
    BAD_KG,
    PROTOCOL,
    AFTER_SEND,
    BUSY
  }

  private final Kind kind;

  public IpmiFailure(Kind kind, String why) {
    super(why);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
