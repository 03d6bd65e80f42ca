package io.fettle.identity;

import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who may take a route: everyone, or viewers with one of these roles. */
record Rule(boolean everyone, Set<Role> roles) {
  static final Rule NOBODY = new Rule(false, Set.of());
  static final Rule EVERYONE = new Rule(true, Set.of());
  static final Rule SIGNED_IN = of(Role.values());

  Rule {
    roles = Set.copyOf(roles);
  }

  static Rule of(Role... roles) {
    return new Rule(false, Set.of(roles));
  }

  static Rule of(Allow allow) {
    return allow.everyone() ? EVERYONE : of(allow.value());
  }

  boolean allows(Optional<Viewer> viewer) {
    return everyone || viewer.filter(v -> roles.stream().anyMatch(v::is)).isPresent();
  }

  /** True when the annotation says something: roles, or everyone, and not both. */
  static boolean says(@Nullable Allow allow) {
    return allow != null && allow.everyone() == (allow.value().length == 0);
  }
}
