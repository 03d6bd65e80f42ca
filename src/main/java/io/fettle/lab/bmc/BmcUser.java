package io.fettle.lab.bmc;

/**
 * One account of a simulated card.
 *
 * @param id 1..15; 1 is the anonymous user
 * @param name at most 16 ASCII characters; empty when never set
 * @param password at most 20 bytes, without padding
 * @param privilege highest privilege on the LAN channel: 1 callback, 2 user, 3 operator, 4
 *     administrator, 15 no access
 * @param messaging true when IPMI messaging over LAN is allowed
 * @param fixed true when name and rights cannot be changed (a vendor's own account)
 */
public record BmcUser(
    int id,
    String name,
    byte[] password,
    boolean enabled,
    int privilege,
    boolean messaging,
    boolean fixed) {
  /** An enabled administrator with messaging. */
  public static BmcUser administrator(int id, String name, String password) {
    return new BmcUser(
        id,
        name,
        password.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
        true,
        4,
        true,
        false);
  }

  BmcUser named(String newName) {
    return new BmcUser(id, newName, password, enabled, privilege, messaging, fixed);
  }

  /** The same with another password. */
  public BmcUser withPassword(byte[] newPassword) {
    return new BmcUser(id, name, newPassword, enabled, privilege, messaging, fixed);
  }

  /** The same, enabled or not. */
  public BmcUser withEnabled(boolean on) {
    return new BmcUser(id, name, password, on, privilege, messaging, fixed);
  }

  /** The same with other rights on the LAN channel. */
  public BmcUser withAccess(int newPrivilege, boolean newMessaging) {
    return new BmcUser(id, name, password, enabled, newPrivilege, newMessaging, fixed);
  }

  /** Shows no password. */
  @Override
  public String toString() {
    return "BmcUser[" + id + ", " + name + ", enabled=" + enabled + ", priv=" + privilege + "]";
  }
}
