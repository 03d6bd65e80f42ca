package io.fettle.backup;

import io.fettle.kernel.Label;

/** A backup, restore or verification cannot be done; says what is wrong and what to do. */
class BackupRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Label why;

  BackupRefused(String zh, String en) {
    super(en);
    this.why = new Label(zh, en);
  }

  Label why() {
    return why;
  }

  /** Pieces of a backup were found damaged and set aside: only another backup makes it whole. */
  static final class SetAside extends BackupRefused {
    private static final long serialVersionUID = 1L;

    SetAside(String zh, String en) {
      super(zh, en);
    }
  }
}
