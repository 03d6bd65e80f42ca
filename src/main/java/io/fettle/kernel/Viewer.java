package io.fettle.kernel;

import java.util.Set;

/**
 * Who asks: every query that serves a person is cut to what this viewer may see.
 *
 * @param teams teams whose machines an OWNER sees; without meaning for the other roles
 */
public record Viewer(Actor actor, Set<Role> roles, Set<String> teams) {
  public Viewer {
    roles = Set.copyOf(roles);
    teams = Set.copyOf(teams);
  }

  /** True when this viewer sees every machine (any role but a mere owner). */
  public boolean seesAll() {
    return roles.contains(Role.ADMINISTRATOR)
        || roles.contains(Role.OPERATOR)
        || roles.contains(Role.AUDITOR);
  }

  /** True when the viewer holds this role; an administrator holds OPERATOR and AUDITOR too. */
  public boolean is(Role role) {
    return roles.contains(role) || (roles.contains(Role.ADMINISTRATOR) && role != Role.OWNER);
  }

  /** Fettle itself; sees everything. */
  public static Viewer system(String name) {
    return new Viewer(Actor.system(name), Set.of(Role.ADMINISTRATOR), Set.of());
  }
}
