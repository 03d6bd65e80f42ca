package io.fettle.identity;

import io.fettle.kernel.Role;
import java.util.Set;

/**
 * A person to be made.
 *
 * @param displayName as written in the company; empty takes the name
 */
public record NewPerson(String name, String displayName, Set<Role> roles, Set<String> teams) {
  public NewPerson {
    roles = Set.copyOf(roles);
    teams = Set.copyOf(teams);
  }
}
