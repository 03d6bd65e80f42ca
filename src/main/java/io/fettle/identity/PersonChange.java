package io.fettle.identity;

import io.fettle.kernel.Role;
import java.util.Optional;
import java.util.Set;

/** What an administrator changes of a person; what is empty stays. */
public record PersonChange(
    Optional<String> displayName,
    Optional<Set<Role>> roles,
    Optional<Set<String>> teams,
    Optional<Boolean> disabled) {}
