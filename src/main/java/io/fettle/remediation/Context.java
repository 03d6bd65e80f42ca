package io.fettle.remediation;

import io.fettle.cmdb.MachineDoc;
import io.fettle.reach.Reach;
import io.fettle.remediation.action.ActionContext;
import java.time.Instant;
import java.util.Map;

/** What one action may know and use; collects a bounded transcript. */
final class Context implements ActionContext {
  private static final int LINES = 400;
  private static final int WIDTH = 2_000;
  private final MachineDoc machine;
  private final String component;
  private final Map<String, Object> params;
  private final Map<String, Object> evidence;
  private final Reach reach;
  private final Instant sendBefore;
  private final StringBuilder lines = new StringBuilder();
  private int count;

  Context(
      MachineDoc machine,
      String component,
      Map<String, Object> params,
      Map<String, Object> evidence,
      Reach reach,
      Instant sendBefore) {
    this.machine = machine;
    this.component = component;
    this.params = Map.copyOf(params);
    this.evidence = Map.copyOf(evidence);
    this.reach = reach;
    this.sendBefore = sendBefore;
  }

  @Override
  public MachineDoc machine() {
    return machine;
  }

  @Override
  public String component() {
    return component;
  }

  @Override
  public Map<String, Object> params() {
    return params;
  }

  @Override
  public Map<String, Object> evidence() {
    return evidence;
  }

  @Override
  public Reach reach() {
    return reach;
  }

  @Override
  public Instant sendBefore() {
    return sendBefore;
  }

  @Override
  public synchronized void transcript(String line) {
    if (count++ == LINES) lines.append("…\n");
    if (count > LINES) return;
    lines.append(line.length() <= WIDTH ? line : line.substring(0, WIDTH) + "…").append('\n');
  }

  synchronized String lines() {
    return lines.toString();
  }
}
