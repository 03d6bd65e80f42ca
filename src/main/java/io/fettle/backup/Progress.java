package io.fettle.backup;

import io.fettle.kernel.Label;

/** Hears how far a long work is. */
interface Progress {
  /** Unit: bytes for copying, tables for comparing; {@code total} 0 when it is not known. */
  void at(Label step, long done, long total);
}
