package io.fettle.monitoring.check;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Label;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The plug point: judges one thing about one machine. One file per check, found by scanning;
 * stateless; never throws for what a machine does (an answer that makes no sense is UNKNOWN).
 */
public interface Check {
  /**
   * Unique and stable, e.g. {@code bmc.nic_mode}; also the fault class its BAD readings open unless
   * {@link #faultClass()} differs.
   */
  String name();

  Label label();

  /** Class of the fault a BAD reading opens. */
  default String faultClass() {
    return name();
  }

  /**
   * CMDB query: on which machines. Undeclared intent means not applicable, so say {@code intent.x
   * != null} here.
   */
  String appliesTo();

  /** How often on a real fleet; a profile (the lab) may shorten it. */
  default Duration interval() {
    return Duration.ofMinutes(5);
  }

  /**
   * POSIX sh text for this check's part of the one SSH exec of a visit, run as root, its standard
   * output limited to 64 KiB; empty when the check needs no shell. The text must not depend on
   * other sections.
   */
  default Optional<String> section(MachineDoc machine) {
    return Optional.empty();
  }

  /**
   * True when judging may wait seconds for a peer that does not answer; such checks are judged
   * last, and what the others found does not wait for them.
   */
  default boolean patient() {
    return false;
  }

  /**
   * Judges. One reading per component ({@code ""} for the machine as a whole); an empty list means
   * not applicable after all.
   */
  List<Reading> judge(Visit visit);
}
