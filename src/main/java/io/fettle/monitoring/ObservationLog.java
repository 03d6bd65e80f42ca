package io.fettle.monitoring;

import io.fettle.kernel.AssetId;
import java.util.List;

/**
 * The path of observations from monitoring to their fold: one interface, so that a site of a
 * million machines can put Kafka behind it. The room that folds implements it.
 */
public interface ObservationLog {
  /**
   * Takes a batch; returns when every transition it caused is durable. Duplicates and late ones are
   * harmless.
   */
  void accept(List<Observation> batch);

  /**
   * A check was run on a machine and had nothing to say (not applicable after all). Harmless when
   * doubled.
   */
  default void nothingToSay(AssetId machine, String check) {}
}
