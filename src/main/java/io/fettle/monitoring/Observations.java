package io.fettle.monitoring;

import io.fettle.kernel.AssetId;
import io.fettle.monitoring.check.Reading;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Front door of the observations that are kept. */
public interface Observations {
  /**
   * What was observed of a machine since then, newest first, at most 500; verdicts that did not
   * change are kept now and then only.
   *
   * @param check null for all checks
   */
  List<Seen> of(AssetId machine, @Nullable String check, Instant since, int limit);

  /** One kept observation. */
  record Seen(Instant at, String check, Reading reading) {}
}
