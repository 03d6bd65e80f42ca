package io.fettle.remediation;

import io.fettle.cmdb.MachineDoc;
import io.fettle.reach.Reach;
import io.fettle.remediation.action.ActionContext;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** What one action may know and use; collects a bounded transcript. */
final class Context implements ActionContext {
  /** For what only looks: nothing that changes something may leave. */
  static final BooleanSupplier LOOKS_ONLY = () -> false;

  private static final int LINES = 400;
  private static final int WIDTH = 2_000;
  private final MachineDoc machine;
  private final String component;
  private final Map<String, Object> params;
  private final Map<String, Object> evidence;
  private final Reach reach;
  private final BooleanSupplier leased;
  private final BooleanSupplier goesOn;
  private final StringBuilder lines = new StringBuilder();
  private int count;
  private boolean refused;
  private boolean left;

  /** One in which what follows is allowed as long as the first. */
  Context(
      MachineDoc machine,
      String component,
      Map<String, Object> params,
      Map<String, Object> evidence,
      Reach reach,
      BooleanSupplier leased) {
    this(machine, component, params, evidence, reach, leased, leased);
  }

  /**
   * A context.
   *
   * @param leased whether the first change may be sent now
   * @param goesOn whether one that follows it may
   */
  Context(
      MachineDoc machine,
      String component,
      Map<String, Object> params,
      Map<String, Object> evidence,
      Reach reach,
      BooleanSupplier leased,
      BooleanSupplier goesOn) {
    this.machine = machine;
    this.component = component;
    this.params = Map.copyOf(params);
    this.evidence = Map.copyOf(evidence);
    this.reach = reach;
    this.leased = leased;
    this.goesOn = goesOn;
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
  public synchronized boolean late() {
    boolean late = !(left ? goesOn : leased).getAsBoolean();
    refused |= late;
    return late;
  }

  @Override
  public synchronized boolean mayLeave() {
    boolean may = !late();
    left |= may;
    return may;
  }

  /** True when the lease ended before anything was let out. */
  synchronized boolean nothingLeft() {
    return refused && !left;
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
