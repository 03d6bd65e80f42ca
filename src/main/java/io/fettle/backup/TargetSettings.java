package io.fettle.backup;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One place off this machine, as the settings file has it.
 *
 * @param url {@code file:///folder} or {@code rsync+ssh://user@host:port/folder}
 * @param key file with the private key that SSH signs in with, readable by its owner only
 * @param hostKey what {@code ssh-keyscan} says of the host behind its name: kind and key
 * @param keep so many of the newest are kept there, and always the newest that was proven
 * @param timeLimit how long one copy may take
 */
record TargetSettings(
    String url,
    @Nullable String key,
    @Nullable String hostKey,
    @DefaultValue("28") int keep,
    @DefaultValue("12h") Duration timeLimit) {}
