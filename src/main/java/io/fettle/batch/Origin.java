package io.fettle.batch;

import org.jspecify.annotations.Nullable;

/**
 * Where a job's text came from.
 *
 * @param path of a script in the library; null when the text was typed
 * @param commit the exact commit at which the script was taken; in a wish also a branch or tag,
 *     null for {@code main} as it is
 * @param filled true when names in braces become values of each machine
 */
public record Origin(@Nullable String path, @Nullable String commit, boolean filled) {
  /** Typed, and sent as it is. */
  public static final Origin TYPED = new Origin(null, null, false);
}
