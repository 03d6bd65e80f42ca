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

  /** Reads what {@link #toString} wrote; a text without a kind is a person's name. */
  public static Actor parse(String text) {
    for (Kind kind : Kind.values()) {
      String start = new Actor(kind, "").toString();
      if (text.startsWith(start)) return new Actor(kind, text.substring(start.length()));
    }
    return new Actor(Kind.PERSON, text);
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(java.util.Locale.ROOT) + ":" + name;
  }
}
