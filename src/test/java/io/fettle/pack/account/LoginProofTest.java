package io.fettle.pack.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.check.Reading;
import io.fettle.pack.account.LoginProof.Outcome;
import io.fettle.remediation.action.Action;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A log-in is proven by a real one, on a real OpenSSH with PAM, and leaves nothing behind. */
class LoginProofTest {
  private static final String FILE = "/home/mei/.ssh/authorized_keys";
  private static AccountBed bed;

  @BeforeAll
  static void start() {
    bed = new AccountBed();
    bed.sshd.user("mei", "Pw-mei-9");
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  @BeforeEach
  void quiet() {
    bed.transcript.clear();
    bed.record.clear();
    bed.barred = null;
    bed.logIn = () -> {};
  }

  private static Declared declared(String name) throws Exception {
    return Declared.of(
        AccountBed.declared("{'name':'" + name + "','proof':'login'}")
            .at("intent.accounts")
            .get(0));
  }

  private static Outcome prove(String name) throws Exception {
    var context = bed.context(AccountBed.declared(""), name, Map.of());
    return new LoginProof(
            context.reach(),
            context.machine().id(),
            declared(name),
            bed.facts(name),
            context::transcript)
        .run();
  }

  private static String state() {
    return bed.sshd.sh(
        "stat -c '%n %U %G %a' /home/mei/.ssh "
            + FILE
            + "; cat "
            + FILE
            + "; ls -a /home/mei/.ssh");
  }

  @Test
  void aRealLogInProvesItAndLeavesEveryByteAsItWas() throws Exception {
    bed.sshd.sh("printf 'ssh-rsa AAAA \"no end of line\"' >>" + FILE + "; chmod 640 " + FILE);
    String before = state();
    StringBuilder meanwhile = new StringBuilder();
    bed.logIn = () -> meanwhile.append(state());

    Outcome outcome = prove("mei");

    assertThat(outcome).as("%s", bed.transcript).isInstanceOf(Outcome.Proven.class);
    assertThat(((Outcome.Proven) outcome).id()).startsWith("uid=").contains("(mei)");
    assertThat(state()).isEqualTo(before);
    assertThat(meanwhile)
        .containsPattern(
            "from=\"127\\.0\\.[0-9.]+\",restrict,command=\"id\",expiry-time=\"2[0-9]{13}Z\""
                + " ssh-ed25519 [A-Za-z0-9+/=]+ fettle-proof-[0-9a-f]{16}-old\n")
        .contains("authorized_keys mei mei 640");
    assertThat(bed.sshd.log()).contains("Accepted publickey for mei");
    assertThat(bed.transcript).anyMatch(l -> l.contains("uid=") && l.contains("(mei)"));
    assertThat(bed.transcript).anyMatch(l -> l.contains("removed"));
    assertThat(bed.transcript).noneMatch(l -> l.contains("PRIVATE KEY"));
    bed.sshd.sh("sed -i '$d' " + FILE + "; chmod 600 " + FILE);
  }

  @Test
  void aMissingFileAndFolderAreMadeForItAndGoneAfterwards() throws Exception {
    bed.sshd.user("bare", "Pw-bare-9");
    bed.sshd.sh("rm -r /home/bare/.ssh");

    assertThat(prove("bare")).as("%s", bed.transcript).isInstanceOf(Outcome.Proven.class);

    assertThat(bed.sshd.sh("ls -A /home/bare")).doesNotContain(".ssh");
  }

  @Test
  void aRefusedUserIsRefusedAndTheLineIsGone() throws Exception {
    bed.sshd.user("shut", "Pw-shut-9");
    bed.sshd.sh("usermod -e 1 shut");

    Outcome outcome = prove("shut");

    assertThat(outcome).as("%s", bed.transcript).isInstanceOf(Outcome.Refused.class);
    assertThat(bed.sshd.sh("cat /home/shut/.ssh/authorized_keys")).doesNotContain("fettle-proof");
  }

  @Test
  void whoeverIsLetInAsSomebodyElseIsNotProven() throws Exception {
    bed.sshd.user("twin", "Pw-twin-9");
    Map<String, List<String>> values = new HashMap<>(bed.facts("twin").values());
    String line = new Facts(values).one("passwd").orElseThrow();
    values.put("passwd", List.of(line.replaceFirst(":x:[0-9]+:", ":x:99999:")));
    Facts known = new Facts(values);
    var context = bed.context(AccountBed.declared(""), "twin", Map.of());

    Outcome outcome =
        new LoginProof(
                context.reach(),
                context.machine().id(),
                declared("twin"),
                known,
                context::transcript)
            .run();

    assertThat(outcome).isInstanceOf(Outcome.Refused.class).asString().contains("somebody else");
  }

  @Test
  void aKeyThatIsNotTheAccountsOwnToChangeIsNotTouched() throws Exception {
    bed.sshd.user("roots", "Pw-roots-9");
    bed.sshd.sh(
        "chown root:root /home/roots/.ssh/authorized_keys; chmod 644"
            + " /home/roots/.ssh/authorized_keys");
    String before = bed.sshd.sh("stat -c '%U %a %Y' /home/roots/.ssh/authorized_keys");

    Outcome outcome = prove("roots");

    assertThat(outcome).isInstanceOf(Outcome.NotTried.class).asString().contains("not the account");
    assertThat(bed.sshd.sh("stat -c '%U %a %Y' /home/roots/.ssh/authorized_keys"))
        .isEqualTo(before);
  }

  @Test
  void aSymbolicLinkLeadsNowhere() throws Exception {
    bed.sshd.user("link", "Pw-link-9");
    bed.sshd.sh("mv /home/link/.ssh /home/link/real; ln -s real /home/link/.ssh");

    assertThat(prove("link")).isInstanceOf(Outcome.NotTried.class).asString().contains("symbolic");

    assertThat(bed.sshd.sh("cat /home/link/real/authorized_keys")).doesNotContain("fettle-proof");
  }

  @Test
  void theLineOfAnInterruptedProofGoesWithTheNextProofAndLookingWritesNothing() throws Exception {
    String before = state();
    String key = bed.sshd.publicKey().replaceFirst(" \\S+$", "");
    put(key, "00000000000000aa", Duration.ofMinutes(3));
    put(key, "00000000000000bb", Duration.ZERO);
    assertThat(bed.sshd.sh("grep -c fettle-proof " + FILE)).isEqualTo("2\n");
    bed.sshd.sh("while [ $(( $(date +%s) )) -le $(stat -c %Y " + FILE + ") ]; do sleep 0.1; done");

    String left = state() + bed.sshd.sh("stat -c '%i %y %z' " + FILE);

    bed.facts("mei");
    bed.check(AccountBed.declared("{'name':'mei','proof':'login'}"));
    assertThat(state() + bed.sshd.sh("stat -c '%i %y %z' " + FILE)).isEqualTo(left);

    assertThat(prove("mei")).isInstanceOf(Outcome.Proven.class);
    assertThat(bed.sshd.sh("cat " + FILE))
        .doesNotContain("fettle-proof-00000000000000bb")
        .contains("fettle-proof-00000000000000aa");
    bed.sshd.sh("sed -i -E 's/expiry-time=\"[0-9]+Z\"/expiry-time=\"20200101000000Z\"/' " + FILE);
    assertThat(prove("mei")).isInstanceOf(Outcome.Proven.class);
    assertThat(state()).isEqualTo(before);
  }

  private static void put(String key, String tag, Duration life) throws Exception {
    SshOutcome outcome =
        bed.root(SshCommand.asRoot(OneTimeLine.put(declared("mei"), FILE, key, tag, life)));
    assertThat(outcome).asString().contains("done");
  }

  @Test
  void afterARepairTheActionProvesIt() {
    bed.sshd.user("worn", "Pw-worn-9");
    bed.sshd.sh("chmod 777 /home/worn");
    MachineDoc machine =
        AccountBed.declared(
            "{'name':'worn','proof':'login','keys':['" + bed.sshd.publicKey() + "']}");

    Action.Result result = bed.repair(machine, "worn");

    assertThat(result).as("%s", bed.transcript).isInstanceOf(Action.Result.Done.class);
    assertThat(((Action.Result.Done) result).what().en())
        .contains("its home folder is too open")
        .contains("a real log-in succeeded: uid=");
    assertThat(((Action.Result.Done) result).what().zh()).contains("真实登录成功");
    assertThat(bed.record).as("the run has the lease").isEmpty();
    assertThat(bed.unproven.of(machine.id(), "worn")).isEmpty();
    assertThat(bed.transcript).anyMatch(l -> l.startsWith("→ ssh worn@"));
  }

  @Test
  void whatNoKnownCauseExplainsIsFoundByTheLogInAlone() {
    bed.sshd.user("odd", "Pw-odd-9");
    bed.sshd.sh("printf '#!/bin/sh\\nexit 3\\n' >/home/odd/sh");
    bed.sshd.sh(
        "chmod 755 /home/odd/sh; echo /home/odd/sh >>/etc/shells; usermod -s /home/odd/sh odd");
    MachineDoc machine =
        AccountBed.declared(
            "{'name':'odd','proof':'login','keys':['" + bed.sshd.publicKey() + "']}");

    Action.Result result = bed.repair(machine, "odd");

    assertThat(result).isInstanceOf(Action.Result.Failed.class).asString().contains("exit 3");
    assertThat(((Action.Result.Failed) result).why().zh())
        .contains("id 没有运行")
        .doesNotContain("let in");
  }

  /** Logs in, but is thrown out by a shell that no look at the machine finds fault with. */
  private static MachineDoc thrownOut(String user) {
    bed.sshd.user(user, "Pw-out-9");
    bed.sshd.sh(
        """
        printf '#!/bin/sh\\n[ -e /home/%1$s/in ] || exit 3\\nexec /bin/sh "$@"\\n' >/home/%1$s/sh
        chmod 755 /home/%1$s/sh; echo /home/%1$s/sh >>/etc/shells; usermod -s /home/%1$s/sh %1$s
        chmod 777 /home/%1$s
        """
            .formatted(user));
    return AccountBed.declared(
        "{'name':'" + user + "','proof':'login','keys':['" + bed.sshd.publicKey() + "']}");
  }

  @Test
  void theCheckSaysBadUntilALogInSucceedsAfterOneWasRefused() {
    MachineDoc machine = thrownOut("out");
    assertThat(bed.repair(machine, "out")).isInstanceOf(Action.Result.Failed.class);
    assertThat(bed.sshd.sh("stat -c %a /home/out")).as("repaired").isEqualTo("755\n");

    Reading bad = bed.check(machine).getFirst();
    assertThat(bad.verdict()).isEqualTo(Verdict.BAD);
    assertThat(bad.evidence().get("causes")).asString().isEqualTo("[login_refused]");
    assertThat(bad.evidence().get("details")).asString().contains("exit 3");
    assertThat(bed.record)
        .as("tried again, as an action")
        .containsExactly(
            "account.login_proof_begun account:out@" + machine.id() + " system:check account.login",
            "leased",
            "account.login_proof_ended account:out@" + machine.id() + " system:check account.login",
            "released");

    bed.record.clear();
    bed.barred = Problem.conflict("冻结", "frozen");
    assertThat(bed.check(machine).getFirst().verdict()).as("nobody tried").isEqualTo(Verdict.BAD);
    assertThat(bed.record).isEmpty();
    bed.barred = null;

    bed.sshd.sh("touch /home/out/in");
    Reading good = bed.check(machine).getFirst();
    assertThat(good.verdict()).as("%s", good).isEqualTo(Verdict.OK);
    assertThat(good.evidence().get("proof")).asString().contains("kind=login").contains("(out)");
    bed.record.clear();
    assertThat(bed.check(machine).getFirst().verdict()).isEqualTo(Verdict.OK);
    assertThat(bed.record).as("proven once, then only looked at").isEmpty();
  }

  @Test
  void scheduledLooksTryARefusedLogInEverMoreRarely() {
    MachineDoc machine = thrownOut("rare");
    bed.sshd.sh("chmod 755 /home/rare");
    bed.unproven.due(machine.id(), "rare", bed.clock.instant());
    bed.record.clear();
    assertThat(triedOnSchedule(machine)).isTrue();

    for (int minutes : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
      bed.clock.forward(Duration.ofMinutes(minutes).minusSeconds(1));
      assertThat(triedOnSchedule(machine)).as("before %d min", minutes).isFalse();
      bed.clock.forward(Duration.ofSeconds(1));
      assertThat(triedOnSchedule(machine)).as("after %d min", minutes).isTrue();
    }

    assertThat(bed.check(machine).getFirst().verdict()).isEqualTo(Verdict.BAD);
    assertThat(bed.record).as("whoever waits for it gets a log-in").contains("leased");
  }

  private static boolean triedOnSchedule(MachineDoc machine) {
    bed.record.clear();
    Reading reading = bed.scheduled(machine).getFirst();
    assertThat(reading.evidence().get("causes")).asString().isEqualTo("[login_refused]");
    return bed.record.contains("leased");
  }

  @Test
  void aProofThatFettleDidNotLiveToMakeIsStillDue() {
    MachineDoc machine = thrownOut("due");
    bed.sshd.sh("chmod 755 /home/due");
    assertThat(bed.check(machine).getFirst().verdict()).as("never changed").isEqualTo(Verdict.OK);
    bed.unproven.due(machine.id(), "due", Instant.now());

    bed.barred = Problem.conflict("冻结", "frozen");
    assertThat(bed.check(machine).getFirst().verdict()).isEqualTo(Verdict.UNKNOWN);
    bed.barred = null;
    assertThat(bed.check(machine).getFirst().verdict()).isEqualTo(Verdict.BAD);
  }

  @Test
  void whereNoProofCanBeMadeTheOtherProofStands() {
    bed.sshd.user("noway", "Pw-noway-9");
    bed.sshd.sh(
        "chown root:root /home/noway/.ssh/authorized_keys; chmod 644 /home/noway/.ssh/authorized_keys");
    MachineDoc machine = AccountBed.declared("{'name':'noway','proof':'login','shell':'/bin/sh'}");
    bed.unproven.due(machine.id(), "noway", Instant.now());

    Reading good = bed.check(machine).getFirst();

    assertThat(good.verdict()).isEqualTo(Verdict.OK);
    assertThat(good.evidence().get("proof"))
        .asString()
        .contains("没有尝试：一次性密钥放不进去：公钥文件的属主不是该账号")
        .contains("not tried: the one-time key could not be put there: the key file is not the");
    assertThat(bed.unproven.of(machine.id(), "noway")).isEmpty();
  }
}
