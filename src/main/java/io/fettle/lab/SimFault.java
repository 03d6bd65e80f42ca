package io.fettle.lab;

import io.fettle.lab.bmc.CardState.NicMode;
import java.util.List;
import java.util.Random;

/** One way a simulated machine breaks, and how to see on the machine itself that it is broken. */
interface SimFault {
  /** The class that Fettle should name. */
  String name();

  boolean broken(SimMachine machine);

  void breakIt(SimMachine machine, Random random);

  /** What a person with hands does about it. */
  void mend(SimMachine machine);

  default boolean fits(SimMachine machine) {
    return true;
  }

  /** The card listens on the wrong port. */
  SimFault NIC_MODE =
      new SimFault() {
        @Override
        public String name() {
          return "bmc.nic_mode";
        }

        @Override
        public boolean broken(SimMachine machine) {
          return machine.card().nicMode() != NicMode.DEDICATED;
        }

        @Override
        public void breakIt(SimMachine machine, Random random) {
          Injector.wrongNicMode(machine, random);
        }

        @Override
        public void mend(SimMachine machine) {
          machine.card().nicMode(NicMode.DEDICATED);
        }
      };

  /** All, in the order they are taken in turn. */
  List<SimFault> ALL = List.of(NIC_MODE);
}
