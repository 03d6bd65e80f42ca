package io.fettle.monitoring;

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
}
