package io.fettle.identity;

import io.fettle.kernel.Role;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An API token as shown to people; the token itself is stored only as its hash.
 *
 * @param teams teams whose machines it sees, for role OWNER
 * @param local true for the token that a server writes to its own folder at each start
 * @param lastUsedAt to the minute; null when never
 */
public record Token(
    UUID id,
    String name,
    Role role,
    List<String> teams,
    boolean local,
    String createdBy,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant lastUsedAt) {
  public Token {
    teams = List.copyOf(teams);
  }
}
