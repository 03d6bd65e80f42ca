package io.fettle.identity;

import io.fettle.kernel.Role;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who may sign in.
 *
 * @param name the account, lower case, never reused
 * @param teams teams whose machines an OWNER sees, sorted
 * @param mustChange true until a password set by an administrator is replaced
 * @param disabledAt null while the account may sign in
 * @param signedInAt null when never
 */
public record Person(
    UUID id,
    String name,
    String displayName,
    Set<Role> roles,
    List<String> teams,
    boolean mustChange,
    @Nullable Instant disabledAt,
    Instant createdAt,
    @Nullable Instant signedInAt) {
  public Person {
    roles = Set.copyOf(roles);
    teams = List.copyOf(teams);
  }
}
