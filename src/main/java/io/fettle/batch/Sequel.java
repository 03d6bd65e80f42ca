package io.fettle.batch;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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
   * In the transaction that stores it: of two at a time the second sees the first.
   *
   * @param items of the new job
   * @throws Problem 409 when another job took some of it back or ran it again meanwhile
   */
  void lock(Desk desk, List<Item> items) {
    if (rerunOf != null) again(desk, rerunOf, items);
    if (undoOf == null || rerunOf != null) return;
    desk.jobs().locked(undoOf);
    if (!desk.effects().undoable(undoOf).keySet().containsAll(given.keySet()))
      throw Problem.conflict(
          undoOf + " 正由另一个作业撤销", "another job takes back what " + undoOf + " changed");
  }

  private static void again(Desk desk, JobId of, List<Item> items) {
    JobId first = of;
    for (Optional<Job> job = desk.jobs().find(of); job.isPresent(); ) {
      first = job.get().id();
      JobId before = job.get().rerunOf();
      job = before == null ? Optional.empty() : desk.jobs().find(before);
    }
    desk.jobs().locked(first);
    Set<AssetId> left =
        desk.views().rerunnable(of).stream().map(Item::machine).collect(Collectors.toSet());
    for (Item item : items)
      if (item.verdict() == null && !left.contains(item.machine()))
        throw Problem.conflict(
            "另一个作业已经重跑 " + of + "：" + item.name(),
            "another job has run " + of + " again meanwhile: " + item.name());
  }
}
