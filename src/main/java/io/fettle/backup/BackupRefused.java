package io.fettle.backup;

import io.fettle.kernel.Label;

/** A backup, restore or verification cannot be done; says what is wrong and what to do. */
final class BackupRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Label why;

  BackupRefused(String zh, String en) {
    super(en);
    this.why = new Label(zh, en);
  }

  Label why() {
    return why;
  }
}
