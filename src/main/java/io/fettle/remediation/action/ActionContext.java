package io.fettle.remediation.action;

import io.fettle.cmdb.MachineDoc;
import io.fettle.reach.Reach;
import java.time.Instant;
import java.util.Map;

/** What an action may know and use. */
public interface ActionContext {
  MachineDoc machine();

  /** Component of the fault (an account, a mount point); {@code ""} for the machine. */
  String component();

  /** Parameters from the runbook, checked against its schema. */
  Map<String, Object> params();

  /** Evidence of the reading that confirmed the fault. */
  Map<String, Object> evidence();

  Reach reach();

  /** Nothing may be sent after this (lease end). */
  Instant sendBefore();

  /**
   * Adds a line to the attempt's transcript: {@code → netfn 30 cmd 24 data 02}, {@code ← cc 00}.
   * Never a secret.
   */
  void transcript(String line);
}
