package io.fettle.batch;

import org.jspecify.annotations.Nullable;

/**
 * Where a job's text came from.
 *
 * @param path of a script in the library; null when the text was typed
 * @param commit the exact commit at which the script was taken; in a wish also a branch or tag,
 *     null for {@code main} as it is
 * @param saved name of the saved job that it was started from; null for none
 * @param filled true when names in braces become values of each machine
 */
public record Origin(
    @Nullable String path, @Nullable String commit, @Nullable String saved, boolean filled) {
  /** Typed, and sent as it is. */
  public static final Origin TYPED = new Origin(null, null, null, false);

  /** The same text, taken at this commit. */
  Origin at(String script, String exact) {
    return new Origin(script, exact, saved, filled);
  }

  Origin filled(boolean really) {
    return new Origin(path, commit, saved, really);
  }

  Origin savedAs(String name) {
    return new Origin(path, commit, name, filled);
  }
}
