package io.fettle.lab.shell;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/** What the shell needs of a simulated machine. */
public interface Host {
  String hostname();

  Fs fs();

  /** The machine's own clock, which may be wrong. */
  Instant clock();

  Instant bootedAt();

  /** Where the file system that holds the path is mounted. */
  default String mount(String path) {
    return "/";
  }

  /** Commands beyond the shell's own, by name. */
  Map<String, Command> commands();

  /** Names of units that failed. */
  Set<String> failedUnits();

  /** Stands still for so long; others' scripts run meanwhile. Nothing waits by itself. */
  default void pause(Duration time) {}

  /** Writes down a change before it takes effect; returns when it is on disk. */
  void journal(String what);
}
