package io.fettle.kernel;

/** Who did something: a person, a token, or Fettle itself. */
public record Actor(Kind kind, String name) {
  /** The kinds of actor. */
  public enum Kind {
    PERSON,
    TOKEN,
    SYSTEM
  }

  /**
   * Fettle itself, by the room or policy that acts, e.g. {@code remediation} or {@code policy
   * bmc-nic-dedicated}.
   */
  public static Actor system(String name) {
    return new Actor(Kind.SYSTEM, name);
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(java.util.Locale.ROOT) + ":" + name;
  }
}
