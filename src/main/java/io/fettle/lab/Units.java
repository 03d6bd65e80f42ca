package io.fettle.lab;

import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** Services of a simulated machine that do not run as they should. */
final class Units {
  private static final Set<String> INSTALLED =
      Set.of(
          "ssh.service",
          "cron.service",
          "chrony.service",
          "nginx.service",
          "prometheus-node-exporter.service",
          "systemd-journald.service");
  private final Set<String> failed = new ConcurrentSkipListSet<>();
  private final Set<String> hopeless = new ConcurrentSkipListSet<>();

  /** Installed on every machine. */
  static boolean known(String unit) {
    return INSTALLED.contains(unit);
  }

  Set<String> failed() {
    return failed;
  }

  /** A unit dies; a hopeless one dies at every start. */
  void fail(String unit, boolean always) {
    failed.add(unit);
    if (always) hopeless.add(unit);
  }

  /** True when it runs now. */
  boolean start(String unit) {
    if (hopeless.contains(unit)) {
      failed.add(unit);
      return false;
    }
    failed.remove(unit);
    return true;
  }

  /** Forgets that it failed. */
  void forget(String unit) {
    failed.remove(unit);
  }

  /** Somebody finds out why, and all units run. */
  void mend() {
    failed.clear();
    hopeless.clear();
  }
}
