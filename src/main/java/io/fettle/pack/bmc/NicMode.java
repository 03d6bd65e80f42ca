package io.fettle.pack.bmc;

import io.fettle.kernel.Label;
import java.util.Locale;
import java.util.Optional;

/** Which network port a management card listens on. */
enum NicMode {
  /** A port of its own. */
  DEDICATED("专用口", "dedicated"),
  /** One of the host's ports. */
  SHARED("共享口", "shared"),
  /** Its own or the host's port, whichever has a link. */
  FAILOVER("自动切换", "failover");

  private final Label label;

  NicMode(String zh, String en) {
    label = new Label(zh, en);
  }

  /** As the register writes it: dedicated, shared, failover. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  Label label() {
    return label;
  }

  static Optional<NicMode> of(String word) {
    for (NicMode mode : values()) if (mode.word().equals(word)) return Optional.of(mode);
    return Optional.empty();
  }
}
