package io.fettle.lab;

import io.fettle.lab.SimFault.Variant;
import io.fettle.lab.bmc.BmcUser;
import io.fettle.lab.bmc.CardState;
import io.fettle.lab.bmc.CardState.Lan;
import io.fettle.lab.bmc.CardState.Make;
import io.fettle.lab.bmc.CardState.NicMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What goes wrong with management cards. */
final class CardFaults {
  private static final int ADMINISTRATOR = 4;
  private static final int OPERATOR = 3;
  private static final int SLOTS = 8;

  /** Fettle resets a card no more than once a day; where it did, another hang takes a person. */
  private static final String RESET_MARK = "/var/lib/fettle/bmc-cold-reset";

  private CardFaults() {}

  static List<SimFault> all() {
    return List.of(new WrongPort(), new Unreachable(), new LogIn());
  }

  private static boolean mayReset(SimMachine machine) {
    return !machine.fs().exists(RESET_MARK);
  }

  /** The card listens on the wrong port; of an unknown make nobody knows how to tell it. */
  private static final class WrongPort implements SimFault {
    @Override
    public String name() {
      return "bmc.nic_mode";
    }

    @Override
    public List<Variant> variants() {
      return List.of(
          Variant.of("shared", (m, random) -> m.card().nicMode(NicMode.SHARED))
              .where(m -> m.card().make() != Make.UNKNOWN),
          Variant.of("failover", (m, random) -> m.card().nicMode(NicMode.FAILOVER))
              .where(m -> m.card().make() == Make.SUPERMICRO));
    }

    @Override
    public boolean broken(SimMachine machine) {
      return machine.card().nicMode() != NicMode.DEDICATED;
    }

    @Override
    public void mend(SimMachine machine) {
      machine.card().nicMode(NicMode.DEDICATED);
    }
  }

  /** The card answers nobody: its LAN parameters were changed, or it hangs. */
  private static final class Unreachable implements SimFault {
    @Override
    public String name() {
      return "bmc.reachable";
    }

    @Override
    public List<Variant> variants() {
      return List.of(
          Variant.of(
              "address",
              (m, random) -> lan(m, m.home().withAddress(other(m.home().address(), 3, random)))),
          Variant.of(
              "netmask",
              (m, random) -> lan(m, m.home().withMask(new byte[] {(byte) 255, (byte) 255, 0, 0}))),
          Variant.of(
              "gateway",
              (m, random) -> lan(m, m.home().withGateway(other(m.home().gateway(), 2, random)))),
          Variant.of("hung", (m, random) -> m.card().hang(true)).where(CardFaults::mayReset));
    }

    private static void lan(SimMachine machine, Lan lan) {
      machine.card().lan(lan);
    }

    private static byte[] other(byte[] address, int at, Random random) {
      byte[] wrong = Arrays.copyOf(address, address.length);
      wrong[at] = (byte) (wrong[at] ^ (1 + random.nextInt(127)));
      return wrong;
    }

    @Override
    public boolean broken(SimMachine machine) {
      return machine.card().hung() || !machine.card().lan().leadsWhere(machine.home());
    }

    @Override
    public void mend(SimMachine machine) {
      machine.card().lan(machine.home());
      machine.card().hang(false);
    }
  }

  /** Fettle's account cannot log in to the card as administrator. */
  private static final class LogIn implements SimFault {
    @Override
    public String name() {
      return "bmc.login";
    }

    @Override
    public List<Variant> variants() {
      return List.of(
          Variant.of("password", (m, random) -> user(m, ours(m).withPassword(wrong(random)))),
          Variant.of("disabled", (m, random) -> user(m, ours(m).withEnabled(false))),
          Variant.of("privilege", (m, random) -> user(m, ours(m).withAccess(OPERATOR, true))),
          Variant.of("slots", (m, random) -> m.card().leak(SLOTS)).where(CardFaults::mayReset),
          Variant.forPerson("missing", (m, random) -> m.card().removeUser(m.account().id())));
    }

    private static byte[] wrong(Random random) {
      return Integer.toString(random.nextInt(1 << 30), 36).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static BmcUser ours(SimMachine machine) {
      return machine.card().users().stream()
          .filter(u -> u.id() == machine.account().id())
          .findFirst()
          .orElse(machine.account());
    }

    private static void user(SimMachine machine, BmcUser user) {
      machine.card().user(user);
    }

    @Override
    public boolean broken(SimMachine machine) {
      CardState card = machine.card();
      BmcUser user = ours(machine);
      return card.freeSessions() < SLOTS
          || card.users().stream().noneMatch(u -> u.id() == machine.account().id())
          || !user.enabled()
          || user.privilege() != ADMINISTRATOR
          || !Arrays.equals(user.password(), machine.account().password());
    }

    @Override
    public void mend(SimMachine machine) {
      machine.card().user(machine.account());
      machine.card().leak(0);
    }
  }
}
