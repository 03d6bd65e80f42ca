package io.fettle.kernel;

import java.time.Instant;

/**
 * What a room has to do at the first start after a restore, before anything else begins: what the
 * lost Fettle did after the backup was taken is not known here.
 */
public interface AfterRestore {
  /**
   * May be called again when the process dies before every room is through.
   *
   * @param taken when the backup was taken
   */
  void restored(Instant taken);
}
