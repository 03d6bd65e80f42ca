package io.fettle.pack.bmc;

import io.fettle.cmdb.MachineDoc;
import io.fettle.monitoring.check.Reading;
import io.fettle.reach.Reach;
import io.fettle.remediation.action.Action;
import io.fettle.support.IpmiSim;
import java.util.List;

/** A machine with a real ipmi_sim card and the pack's own check and action, for other rooms. */
public final class RealCard implements AutoCloseable {
  private final CardBench bench = new CardBench(IpmiSim.start());

  /** The card itself. */
  public IpmiSim card() {
    return bench.card;
  }

  /** The way to every machine: this one's shell and card. */
  public Reach reach() {
    return bench;
  }

  public Action setNicMode() {
    return new SetNicMode();
  }

  /** What the check says of the card for this machine of the register. */
  public List<Reading> nicMode(MachineDoc machine) {
    return new NicModeCheck().judge(bench.visit(machine));
  }

  @Override
  public void close() {
    bench.close();
  }
}
