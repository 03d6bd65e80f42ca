package io.fettle.pack.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.MachineDoc;
import io.fettle.remediation.action.Action;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** sshd's configuration is changed on a real sshd, and never so that Fettle stays outside. */
class SshdChangeTest {
  private static final String LOCKING =
      """
      word=LogLevel
      edit() { sed 's|^LogLevel.*|AuthorizedKeysFile /nonexistent|' "$1"; }
      """;

  private AccountBed bed;

  @BeforeEach
  void start() {
    bed = new AccountBed();
    bed.sshd.user("mei", "Pw-mei-9");
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  private SshOutcome change(String edit, Duration watch) throws Exception {
    Declared declared =
        Declared.of(AccountBed.declared("{'name':'mei'}").at("intent.accounts").get(0));
    return bed.root(
        SshCommand.asRoot(
            Repair.head(declared) + SshdChange.script(bed.facts("mei"), edit, watch)));
  }

  private static void await(BooleanSupplier what, Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (!what.getAsBoolean() && System.nanoTime() < end) Thread.sleep(100);
    assertThat(what.getAsBoolean()).isTrue();
  }

  private String leftovers() {
    return bed.sshd.sh(
        "ls -d /run/fettle-guard.* " + bed.sshd.config() + ".fettle-* 2>/dev/null || true");
  }

  @Test
  void aChangeThatLocksFettleOutIsUndoneByItself() throws Exception {
    String before = bed.sshd.sh("cat " + bed.sshd.config());

    SshOutcome outcome = change(LOCKING, Duration.ofSeconds(5));

    assertThat(outcome).asString().contains("guard\t/run/fettle-guard.");
    assertThat(bed.logsIn("root")).as("the new configuration is in force").isFalse();
    await(() -> bed.logsIn("root"), Duration.ofSeconds(30));
    assertThat(bed.sshd.sh("cat " + bed.sshd.config())).isEqualTo(before);
    await(() -> leftovers().isEmpty(), Duration.ofSeconds(10));
  }

  @Test
  void aSecondLogInStopsTheGuard() throws Exception {
    SshOutcome outcome =
        change(
            LOCKING.replace("AuthorizedKeysFile /nonexistent", "LogLevel DEBUG"),
            Duration.ofSeconds(4));
    Optional<String> tell = SshdChange.disarm(((SshOutcome.Ran) outcome).out());

    SshOutcome told = bed.root(SshCommand.asRoot(tell.orElseThrow()));

    assertThat(((SshOutcome.Ran) told).exit()).as("%s", told).isZero();
    await(() -> leftovers().isEmpty(), Duration.ofSeconds(10));
    assertThat(bed.sshd.sh("cat " + bed.sshd.config())).contains("LogLevel DEBUG");
    assertThat(bed.logsIn("root")).isTrue();
  }

  @Test
  void tooLateIsSaidAndChangesNothing() throws Exception {
    SshOutcome outcome =
        change(LOCKING.replace("AuthorizedKeysFile /nonexistent", "LogLevel DEBUG"), Duration.ZERO);
    Optional<String> tell = SshdChange.disarm(((SshOutcome.Ran) outcome).out());
    await(() -> leftovers().isEmpty(), Duration.ofSeconds(10));

    SshOutcome told = bed.root(SshCommand.asRoot(tell.orElseThrow()));

    assertThat(told).asString().contains("the guard was faster");
    assertThat(bed.sshd.sh("cat " + bed.sshd.config())).doesNotContain("LogLevel DEBUG");
  }

  @Test
  void whatIsSeenToShutFettleOutIsNotEvenReloaded() throws Exception {
    String before = bed.sshd.sh("cat " + bed.sshd.config());

    SshOutcome outcome =
        change(
            LOCKING.replace("AuthorizedKeysFile /nonexistent", "DenyUsers r??t"),
            Duration.ofSeconds(5));

    assertThat(outcome).asString().contains("shuts out root").doesNotContain("guard\t");
    assertThat(bed.sshd.sh("cat " + bed.sshd.config())).isEqualTo(before);
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void theAnswerOfAMachineNamesNoOtherFolder() {
    assertThat(SshdChange.disarm("guard\t/etc /etc/passwd\n")).isEmpty();
    assertThat(SshdChange.disarm("guard\t/run/fettle-guard.a;b123 /x\n")).isEmpty();
  }

  @Test
  void groupsThatSshdRefusesAreRepairedWhereThatIsDeclaredAndNobodyElseIsConcerned() {
    MachineDoc machine = machine("'unbar':true,'keys':['" + bed.sshd.publicKey() + "']");
    config("AllowGroups root");
    MachineDoc silent = machine("'keys':['" + bed.sshd.publicKey() + "']");
    refused(silent);
    assertThat(bed.repair(silent, "mei")).isInstanceOf(Action.Result.Failed.class);
    assertThat(bed.sshd.sh("cat " + bed.sshd.config())).contains("AllowGroups root\n");
    repaired(machine);
    assertThat(bed.sshd.sh("cat " + bed.sshd.config())).contains("AllowGroups root mei");

    config("DenyGroups other mei");
    refused(machine);
    repaired(machine);
    assertThat(bed.sshd.sh("cat " + bed.sshd.config())).contains("DenyGroups other\n");
  }

  @Test
  void aDeclaredGroupIsJoinedAndSshdLeftAlone() {
    bed.sshd.sh("groupadd -g 7001 ssh-people");
    config("AllowGroups root ssh-people");
    MachineDoc machine = machine("'groups':['ssh-people'],'keys':['" + bed.sshd.publicKey() + "']");
    refused(machine);

    repaired(machine);

    assertThat(bed.sshd.sh("id -Gn mei")).contains("ssh-people");
    assertThat(bed.sshd.sh("cat " + bed.sshd.config())).contains("AllowGroups root ssh-people\n");
  }

  @Test
  void aGroupThatOthersShareIsLeftToAPerson() {
    bed.sshd.sh("useradd -g mei other");
    config("AllowGroups root");
    MachineDoc machine = machine("'unbar':true,'keys':['" + bed.sshd.publicKey() + "']");
    refused(machine);

    assertThat(bed.repair(machine, "mei")).isInstanceOf(Action.Result.Failed.class);

    assertThat(bed.sshd.sh("cat " + bed.sshd.config())).contains("AllowGroups root\n");
  }

  private static MachineDoc machine(String more) {
    return AccountBed.declared("{'name':'mei'," + more + "}");
  }

  private void config(String line) {
    bed.sshd.sh(
        "sed -i -E '/^(Allow|Deny)Groups/d' %2$s; sed -i '1i %1$s' %2$s; kill -HUP %3$d; sleep 1"
            .formatted(line, bed.sshd.config(), bed.sshd.pid()));
  }

  private void refused(MachineDoc machine) {
    assertThat(bed.logsIn("mei")).isFalse();
    assertThat((List<?>) bed.check(machine).getFirst().evidence().get("causes"))
        .asString()
        .contains("group_refused");
  }

  private void repaired(MachineDoc machine) {
    assertThat(bed.repair(machine, "mei"))
        .as("%s", bed.transcript)
        .isInstanceOf(Action.Result.Done.class);
    assertThat(bed.logsIn("mei")).isTrue();
    assertThat(bed.logsIn("root")).isTrue();
  }
}
