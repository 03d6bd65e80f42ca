package io.fettle.pack.bmc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Endpoint;
import io.fettle.kernel.Verdict;
import io.fettle.lab.bmc.BmcModel;
import io.fettle.lab.bmc.BmcServer;
import io.fettle.lab.bmc.BmcUser;
import io.fettle.lab.bmc.CardState;
import io.fettle.lab.bmc.StandardCard;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.Action.Presence;
import io.fettle.remediation.action.Action.Result;
import io.fettle.support.IpmiSim;
import io.fettle.support.Shell;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Cards that cannot be reached or logged in to: each cause found, repaired in band and proven. */
class CardRepairTest {
  private static final MachineDoc PLAIN = CardBench.machine("{\"bmc\": {\"address\": \"x\"}}");

  private final Action restore = new RestoreLogin();
  private final Action reset = new ColdReset();
  private final Action setLan = new SetLan();

  private static Reading judge(CardBench bench, Check check, MachineDoc machine) {
    return check.judge(bench.visit(machine)).getFirst();
  }

  private static void inBand(CardBench bench, String... command) {
    String[] all = new String[command.length + 1];
    all[0] = bench.card.inBand().resolve("ipmitool").toString();
    System.arraycopy(command, 0, all, 1, command.length);
    Shell.run(all);
  }

  private void repairsLogin(CardBench bench, String cause) {
    Check check = new LoginCheck(bench);
    Reading bad = judge(bench, check, PLAIN);
    Result result = restore.run(bench.context(PLAIN, Map.of(), bad.evidence()));
    Reading good = judge(bench, check, PLAIN);

    assertThat(bad.verdict()).isEqualTo(Verdict.BAD);
    assertThat(bad.evidence()).containsEntry("cause", cause).containsEntry("user", "ADMIN");
    assertThat(result).as(bench.transcript.toString()).isInstanceOf(Result.Done.class);
    assertThat(good.verdict()).isEqualTo(Verdict.OK);
    assertThat(restore.probe(bench.context(PLAIN, Map.of(), Map.of()))).isEqualTo(Presence.PRESENT);
  }

  @Test
  void driftedPasswordIsSetBackWithoutShowingIt() {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      inBand(bench, "user", "set", "password", "2", "somebody-else");

      repairsLogin(bench, "wrong_password");

      assertThat(bench.transcript.toString()).doesNotContain(IpmiSim.PASSWORD);
    }
  }

  @Test
  void disabledAccountIsEnabled() {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      inBand(bench, "user", "disable", "2");

      repairsLogin(bench, "user_disabled");
    }
  }

  @Test
  void disabledAccountWithADriftedPasswordIsTreatedForBoth() {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      inBand(bench, "user", "set", "password", "2", "somebody-else");
      inBand(bench, "user", "disable", "2");

      repairsLogin(bench, "user_disabled");
    }
  }

  @Test
  void missingAccountIsNamedAndNotMade() {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      bench.user = "vault";

      Reading bad = judge(bench, new LoginCheck(bench), PLAIN);
      Result result = restore.run(bench.context(PLAIN, Map.of(), bad.evidence()));

      assertThat(bad.evidence()).containsEntry("cause", "user_missing");
      assertThat(restore.refuses(bench.context(PLAIN, Map.of(), bad.evidence()))).isPresent();
      assertThat(result).isInstanceOf(Result.Failed.class);
    }
  }

  @Test
  void silentCardIsNotALoginFault() {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      bench.shell = false;
      bench.card.freeze();

      assertThat(judge(bench, new LoginCheck(bench), PLAIN).verdict()).isEqualTo(Verdict.UNKNOWN);
      Reading bad = judge(bench, new ReachableCheck(), PLAIN);
      bench.card.thaw();

      assertThat(bad.verdict()).isEqualTo(Verdict.BAD);
      assertThat(bad.evidence()).containsEntry("in_band_trouble", "connection refused");
      assertThat(setLan.refuses(bench.context(PLAIN, Map.of(), bad.evidence()))).isPresent();
      assertThat(reset.refuses(bench.context(PLAIN, Map.of(), bad.evidence()))).isPresent();
    }
  }

  @Test
  void fullSlotsAreToldAndTheCardIsResetOnceADay() throws Exception {
    try (CardBench bench = new CardBench(IpmiSim.start());
        BmcServer server = new BmcServer()) {
      CardState state = labCard();
      StandardCard card = new StandardCard(state, _ -> {});
      bench.has(
          serve(server, card),
          IpmiSim.inBand(
              bench.state, serve(server, new SystemInterface(card)), "ADMIN", "fettle-pw"));
      state.leak(4);

      Reading bad = judge(bench, new LoginCheck(bench), PLAIN);
      Result noCure = restore.run(bench.context(PLAIN, Map.of(), bad.evidence()));
      Result done = reset.run(bench.context(PLAIN, Map.of(), bad.evidence()));
      Reading good = judge(bench, new LoginCheck(bench), PLAIN);
      Result again = reset.run(bench.context(PLAIN, Map.of(), bad.evidence()));

      assertThat(bad.evidence()).containsEntry("cause", "slots_full");
      assertThat(noCure).isInstanceOf(Result.Failed.class);
      assertThat(done).as(bench.transcript.toString()).isInstanceOf(Result.Done.class);
      assertThat(good.verdict()).isEqualTo(Verdict.OK);
      assertThat(((Result.Failed) again).why().en()).contains("within the last 24 hours");
      assertThat(state.resets()).isEqualTo(1);
      assertThat(reset.probe(bench.context(PLAIN, Map.of(), Map.of()))).isEqualTo(Presence.PRESENT);
    }
  }

  @Test
  void lackingPrivilegeIsGivenBack() throws Exception {
    try (CardBench bench = new CardBench(IpmiSim.start());
        BmcServer server = new BmcServer()) {
      CardState state = labCard();
      state.user(BmcUser.administrator(3, "keeper", "fettle-pw"));
      StandardCard card = new StandardCard(state, _ -> {});
      bench.has(
          serve(server, card),
          IpmiSim.inBand(
              bench.state, serve(server, new SystemInterface(card)), "keeper", "fettle-pw"));
      state.user(new BmcUser(2, "ADMIN", "fettle-pw".getBytes(US_ASCII), true, 3, true, false));

      repairsLogin(bench, "privilege");
    }
  }

  private static CardState labCard() {
    byte[] four = {127, 0, 0, 1};
    CardState state =
        new CardState(
            Clock.systemUTC(),
            CardState.Make.SUPERMICRO,
            new byte[16],
            new CardState.Lan(1, four, four, four, new byte[6], 0),
            List.of(BmcUser.administrator(2, "ADMIN", "fettle-pw")));
    state.resetTakes(Duration.ZERO);
    return state;
  }

  private static Endpoint serve(BmcServer server, BmcModel card) throws IOException {
    InetSocketAddress at = server.add(new InetSocketAddress("127.0.3.77", 0), card);
    return new Endpoint(at.getAddress().getHostAddress(), at.getPort());
  }

  /** The same card by a door of its own that is never full. */
  private record SystemInterface(BmcModel card) implements BmcModel {
    @Override
    public byte[] guid() {
      return card.guid();
    }

    @Override
    public List<BmcUser> users() {
      return card.users();
    }

    @Override
    public int maxSessions() {
      return 100;
    }

    @Override
    public boolean silent() {
      return false;
    }

    @Override
    public byte[] handle(int netFn, int command, byte[] data, int privilege) {
      return card.handle(netFn, command, data, 4);
    }
  }

  @Test
  void resetDoesNotCureAWrongPassword() {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      assertThat(reset.refuses(bench.context(PLAIN, Map.of(), Map.of("cause", "wrong_password"))))
          .isPresent();
      assertThat(reset.probe(bench.context(PLAIN, Map.of(), Map.of()))).isEqualTo(Presence.ABSENT);
    }
  }

  @Test
  void wrongLanParametersAreSeenInBandCorrectedAndReadBack() {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      MachineDoc machine =
          CardBench.machine(
              """
              {"bmc": {"address": "%s"}, "intent": {"bmc": {"address": "%s", "netmask": "255.255.255.0",
               "gateway": "127.0.2.254"}}}
              """
                  .formatted(bench.endpoint().host(), bench.endpoint().host()));
      bench.card.lan("default_gw_ip_addr", "127.0.9.9");
      bench.card.lan("subnet_mask", "255.255.0.0");
      bench.deaf = true;

      Reading bad = judge(bench, new ReachableCheck(), machine);
      assertThat(setLan.refuses(bench.context(machine, Map.of(), bad.evidence()))).isEmpty();
      Result result = setLan.run(bench.context(machine, Map.of(), bad.evidence()));
      Reading deaf = judge(bench, new ReachableCheck(), machine);
      assertThat(setLan.refuses(bench.context(machine, Map.of(), deaf.evidence())))
          .as("still deaf, but as declared now")
          .isPresent();
      bench.deaf = false;
      Reading good = judge(bench, new ReachableCheck(), machine);

      assertThat(bad.verdict()).isEqualTo(Verdict.BAD);
      assertThat(bad.summary().en())
          .contains(
              "netmask is 255.255.0.0, should be 255.255.255.0",
              "gateway is 127.0.9.9, should be 127.0.2.254");
      assertThat(result).as(bench.transcript.toString()).isInstanceOf(Result.Done.class);
      assertThat(bench.card.lan("default_gw_ip_addr")).isEqualTo("127.0.2.254");
      assertThat(bench.card.lan("subnet_mask")).isEqualTo("255.255.255.0");
      assertThat(good.verdict()).isEqualTo(Verdict.OK);
    }
  }

  @Test
  void anAddressThatAnswersForSomebodyElseIsNotTaken() {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      MachineDoc machine =
          CardBench.machine("{\"intent\": {\"bmc\": {\"address\": \"10.9.9.9\"}}}");

      Result result = setLan.run(bench.context(machine, Map.of(), Map.of()));

      assertThat(((Result.Failed) result).why().en()).contains("something else answers");
      assertThat(bench.card.lan("ip_addr")).isEqualTo(bench.endpoint().host());
    }
  }

  @Test
  void aCardOnTheWrongPortIsLeftToThatFault() {
    try (CardBench bench = new CardBench(IpmiSim.start())) {
      MachineDoc machine =
          CardBench.machine("{\"intent\": {\"bmc\": {\"nic_mode\": \"dedicated\"}}}");
      bench.card.oem("nic11", 0);
      bench.deaf = true;

      assertThat(judge(bench, new ReachableCheck(), machine).verdict()).isEqualTo(Verdict.UNKNOWN);
    }
  }
}
