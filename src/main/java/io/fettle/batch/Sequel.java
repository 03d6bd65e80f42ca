package io.fettle.batch;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a job has from another.
 *
 * @param rerunOf whose machines it runs again
 * @param undoOf whose changes it takes back
 * @param given parameters of single machines, over the job's own
 */
record Sequel(
    @Nullable JobId rerunOf, @Nullable JobId undoOf, Map<AssetId, Map<String, Object>> given) {
  static final Sequel NONE = new Sequel(null, null, Map.of());

  /**
   * In the transaction that stores it: of two undos at a time the second sees the first.
   *
   * @throws Problem 409 when another took some of it back meanwhile
   */
  void lock(Desk desk) {
    if (undoOf == null) return;
    desk.jobs().locked(undoOf);
    if (!desk.effects().undoable(undoOf).keySet().containsAll(given.keySet()))
      throw Problem.conflict(
          undoOf + " 正由另一个作业撤销", "another job takes back what " + undoOf + " changed");
  }
}
