package io.fettle.monitoring;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Verdict;
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

  /**
   * What a check last said since then of each component that has a name: on how many machines which
   * verdict. Costs as much as was kept of that check since then: ask for little more than the hour
   * after which an unchanged verdict is kept again.
   */
  List<Tally> last(String check, Instant since);

  /** So many machines whose component of this name had this verdict. */
  record Tally(String component, Verdict verdict, int machines) {}

  /** One kept observation. */
  record Seen(Instant at, String check, Reading reading) {}
}
