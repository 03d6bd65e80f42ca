package io.fettle.secret;

/**
 * An opened credential; lives only as long as a transport needs it. {@code toString} shows no
 * secret.
 *
 * @param kind how it is used
 * @param user account name on the machine or card
 * @param secret password, or a private key in OpenSSH or PEM form
 */
public record Credential(String name, Kind kind, String user, char[] secret) {
  /** Kinds of credential. */
  public enum Kind {
    SSH_KEY,
    SSH_PASSWORD,
    BMC,
    /** A token or password for another service; opens no machine. */
    SERVICE
  }

  @Override
  public String toString() {
    return "Credential[" + name + ", " + kind + ", " + user + "]";
  }
}
