package io.fettle.library;

import io.fettle.kernel.Label;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the library elsewhere.
 *
 * @param url {@code file}, {@code ssh} or {@code https}: a Git repository; {@code rsync} or {@code
 *     rsync+ssh}: a folder
 * @param done hash over the branches and tags that it was last brought to; null when never
 * @param behindSince since when it lacks something; null while it has everything
 * @param failures in a row
 * @param error what went wrong last; null when it went well
 */
public record Mirror(
    String name,
    String url,
    String madeBy,
    Instant madeAt,
    @Nullable String done,
    @Nullable Instant doneAt,
    @Nullable Instant behindSince,
    int failures,
    Instant nextAt,
    @Nullable Label error) {}
