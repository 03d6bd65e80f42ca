package io.fettle.batch;

import static io.fettle.fault.FaultState.ESCALATED;
import static io.fettle.fault.FaultState.RECOVERED;
import static io.fettle.fault.FaultState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.cmdb.facet.Facet;
import io.fettle.cmdb.facet.FacetField;
import io.fettle.fault.Fault;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.Role;
import io.fettle.monitoring.Monitoring;
import io.fettle.reach.Reach;
import io.fettle.remediation.Cards.Manner;
import io.fettle.remediation.Rig;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Saved jobs as steps of runbooks, in a real engine of repairs, on machines of a real sshd. What
 * ran is what the machines' own journal says, and what repaired them is a file on their disk.
 */
class SavedStepTest {
  private static final String FIX =
      Machines.WRITE_DOWN + "printf '%s' {note} >note; echo fixing {asset_no}; touch fixed";
  private static final Instant LONG_AGO = Instant.parse("2026-11-01T00:00:00Z");

  private static Machines machines;

  private Rig rig;

  private Fault fault;
  private SavedTable table;

  /** The process is gone; nothing of it runs any more. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  @BeforeAll
  static void sshd() {
    machines = new Machines(1, 83, i -> new AssetId(UUID.randomUUID()));
  }

  @AfterAll
  static void noSshd() {
    machines.close();
  }

  @BeforeEach
  void bed() {
    rig = new Rig();
    table = new SavedTable(rig.jdbc);
    fault = rig.fault("STEP-1", "R1", Manner.WORKS);
    machines.become(0, fault.machine());
    rig.reach = overSsh(() -> {}, () -> {});
    rig.add(
        new SavedStep(
            table,
            rig.register,
            new Filling(rig.register, new Variables(List.of(new AssetNumber()))),
            new Dangers(Path.of("none")),
            Duration.ofSeconds(20)));
    runbook("job: fix, note: x");
  }

  @AfterEach
  void close() {
    rig.close();
  }

  /** The check that found the fault sees what is on the machine's disk. */
  private Reach overSsh(Runnable before, Runnable after) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (!method.getName().equals("ssh")) throw new AssertionError(method);
          before.run();
          SshOutcome outcome = machines.ssh((AssetId) arguments[0], (SshCommand) arguments[1]);
          after.run();
          boolean fixed = machines.sshd.sh("ls /home/bat").contains("fixed");
          rig.cards.heal(fault.machine(), fixed);
          return outcome;
        };
    return (Reach)
        Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Reach.class}, handler);
  }

  private void runbook(String params) {
    runbook("set-mode", params);
  }

  private void runbook(String name, String params) {
    rig.runbookFiles.put(
        name + ".yml",
        """
        name: %s
        label: {zh: 修, en: Fix}
        steps:
          - {action: job.run, params: {%s}}
        """
            .formatted(name, params));
  }

  private Saved save(String name, String command, String... parameters) {
    return save(name, JobKind.COMMAND, command, "placement.rack == 'R1'", List.of(), parameters);
  }

  private Saved save(
      String name,
      JobKind kind,
      String body,
      String query,
      List<String> dangers,
      String... parameters) {
    int version = table.find(name).map(Saved::version).orElse(0) + 1;
    Saved saved =
        new Saved(
            name,
            version,
            wish(kind, body, query),
            List.of(parameters).stream().map(Parameter::parse).toList(),
            1,
            Set.of(Role.OPERATOR),
            Set.of(),
            dangers,
            "person:ann",
            LONG_AGO.plusSeconds(version),
            null,
            null,
            null);
    assertThat(table.write(saved)).isTrue();
    return saved;
  }

  private static Wish wish(JobKind kind, String body, String query) {
    return new Wish(
        kind,
        body,
        null,
        Map.of(),
        false,
        false,
        query,
        "a test",
        null,
        null,
        null,
        null,
        false,
        null,
        Duration.ofSeconds(2),
        null,
        null,
        null,
        null,
        new Origin(null, null, null, true));
  }

  private record Sent(String status, @Nullable String words, String params, String transcript) {}

  private List<Sent> attempts() {
    return rig.jdbc
        .sql("select status, en, params::text, transcript from remediation.attempt order by id")
        .query(
            (rs, n) -> new Sent(rs.getString(1), rs.getString(2), rs.getString(3), rs.getString(4)))
        .list();
  }

  private Map<String, Integer> journal() {
    return machines.journal();
  }

  @Test
  void aValueStaysAValueAndTheExactTextIsOnTheRecord() {
    runbook("job: fix, note: \"it's $(touch hurt); `touch hurt`\"");
    save("fix", FIX, "note");

    assertThat(rig.until(rig.node(), fault.id(), RECOVERED)).isEqualTo(RECOVERED);

    assertThat(journal()).isEqualTo(Map.of(machines.host(fault.machine()), 1));
    assertThat(machines.sshd.sh("cat /home/bat/note"))
        .isEqualTo("it's $(touch hurt); `touch hurt`");
    assertThat(machines.sshd.sh("ls /home/bat")).doesNotContain("hurt");
    Sent sent = attempts().getFirst();
    assertThat(attempts()).hasSize(1);
    assertThat(sent.status()).isEqualTo("DONE");
    assertThat(sent.words()).isEqualTo("exit 0: fixing STEP-1");
    assertThat(sent.params())
        .contains("\"job.version\": 1")
        .contains("\"job.saved_by\": \"ann\"")
        .contains("\"job.sha256\": \"")
        .contains("fettle_asset_no='STEP-1'");
    assertThat(sent.transcript())
        .contains("→ fix version 1, sha256 ", "← fixing STEP-1\n← exit 0\n");
    assertThat(rig.count("select count(*) from batch.job")).as("no job beside the repair").isZero();
  }

  @Test
  void aFailureEndsTheStepWithWhatItSaidFirst() {
    runbook("job: fails");
    save("fails", Machines.WRITE_DOWN + "echo no room on /var >&2; echo gone; exit 3");
    rig.until(rig.node(), fault.id(), RECOVERED);

    Sent sent = attempts().getFirst();
    assertThat(sent.status()).isEqualTo("FAILED");
    assertThat(sent.words()).startsWith("exit 3: ").contains("no room on /var", "gone");
    assertThat(attempts().stream().filter(s -> s.params().contains("\"fails\"")))
        .as("as often as the ladder says")
        .hasSize(2);
    assertThat(journal()).isEqualTo(Map.of(machines.host(fault.machine()), 2));
  }

  @Test
  void itIsKilledAtItsOwnLimit() {
    runbook("job: hangs");
    save("hangs", "echo begun; sleep 60");
    rig.until(rig.node(), fault.id(), RECOVERED);

    Sent sent = attempts().getFirst();
    assertThat(sent.status()).isEqualTo("FAILED");
    assertThat(sent.words()).startsWith("killed at limit: ").endsWith(": begun");
  }

  @Test
  void aDeathBeforeTheWireIsInDoubtAndNothingIsSentAgain() {
    dies(
        () -> {
          throw new Killed();
        },
        () -> {});
    assertThat(journal()).isEmpty();
  }

  @Test
  void aDeathAfterTheWireIsInDoubtAndNothingIsSentAgain() {
    dies(
        () -> {},
        () -> {
          throw new Killed();
        });
    assertThat(journal()).isEqualTo(Map.of(machines.host(fault.machine()), 1));
  }

  private void dies(Runnable before, Runnable after) {
    save("fix", Machines.WRITE_DOWN + "echo {note}", "note");
    rig.reach = overSsh(before, after);
    Rig.Node first = rig.node();
    assertThatThrownBy(() -> rig.until(first, fault.id(), RECOVERED)).isInstanceOf(Killed.class);
    assertThat(attempts()).hasSize(1);
    assertThat(attempts().getFirst().params()).contains("\"job.text\"");

    rig.reach = overSsh(() -> {}, () -> {});
    Rig.Node second = rig.node();
    assertThat(rig.until(second, fault.id(), UNCERTAIN)).isEqualTo(UNCERTAIN);
    assertThat(rig.until(second, fault.id(), ESCALATED, RECOVERED)).isEqualTo(ESCALATED);
    assertThat(attempts()).singleElement().extracting(Sent::status).isEqualTo("UNCERTAIN");
  }

  /** The second rung, which needs nothing of all this, must not hide the refusal. */
  private String refusal() {
    runbook("kick", "job: fix, note: x");
    Rig.Node node = rig.node();
    assertThat(rig.until(node, fault.id(), ESCALATED)).isEqualTo(ESCALATED);
    assertThat(node.front.handedOver(fault.id())).contains("REFUSED");
    assertThat(journal()).isEmpty();
    return String.join("\n", rig.story(fault.id()));
  }

  @Test
  void whatIsDangerousWaitsForItsSecondPerson() {
    save(
        "fix",
        JobKind.COMMAND,
        ": {note}; " + FIX + "; : shutdown now",
        "placement.rack == 'R1'",
        List.of("shutdown"),
        "note");
    assertThat(refusal()).contains("fix holds something dangerous (shutdown)", "second person");
  }

  @Test
  void whatWasAgreedToRuns() {
    save(
        "fix",
        JobKind.COMMAND,
        ": shutdown now; " + FIX,
        "placement.rack == 'R1'",
        List.of("shutdown"),
        "note");
    table.approve("fix", 1, "person:bob");
    rig.until(rig.node(), fault.id(), RECOVERED);
    assertThat(attempts())
        .singleElement()
        .satisfies(sent -> assertThat(sent.params()).contains("\"job.agreed_by\": \"bob\""));
  }

  @Test
  void aValueThatBringsDangerIsRefused() {
    runbook("job: fix, note: \"; reboot\"");
    runbook("kick", "job: fix, note: \"; reboot\"");
    save("fix", ": {note}", "note");
    Rig.Node node = rig.node();
    assertThat(rig.until(node, fault.id(), ESCALATED)).isEqualTo(ESCALATED);
    assertThat(rig.story(fault.id()).toString()).contains("that nobody has agreed to");
  }

  @Test
  void onlyMachinesOfItsOwnQueryGetIt() {
    save("fix", JobKind.COMMAND, FIX, "placement.rack == 'R9'", List.of(), "note");
    assertThat(refusal()).contains("may run on machines that match placement.rack == 'R9'");
  }

  @Test
  void whatWasForgottenIsRefusedByName() {
    save("fix", FIX, "note");
    Rig.Node node = rig.node();
    rig.jdbc.sql("delete from batch.saved_job").update();
    rig.until(node, fault.id(), RECOVERED, ESCALATED);
    assertThat(journal()).isEmpty();
    assertThat(
            rig.jdbc
                .sql("select not_used::text from remediation.plan")
                .query(String.class)
                .list()
                .toString())
        .contains("fix has been forgotten");
  }

  @Test
  void savedAnewBeforeTheStartMakesThePlanStale() {
    save("fix", Machines.WRITE_DOWN + "echo old {note}", "note");
    AtomicBoolean once = new AtomicBoolean();
    rig.monitoring =
        (Monitoring)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Monitoring.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("probe") && once.compareAndSet(false, true))
                    save("fix", FIX, "note");
                  try {
                    return method.invoke(rig.cards, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    rig.until(rig.node(), fault.id(), RECOVERED);

    assertThat(rig.story(fault.id()).toString()).contains("The plan is stale");
    assertThat(attempts())
        .singleElement()
        .satisfies(
            sent -> assertThat(sent.params()).contains("\"job.version\": 2").doesNotContain("old"));
  }

  @Test
  void aStepThatCouldNotRunIsRefusedWhereItIsWritten() {
    save("fix", FIX, "note", "days:number=7", "mode:choice(a|b)=a");
    save("act", JobKind.ACTION, "host.restart_units", "placement.rack == 'R1'", List.of());
    save("odd", "echo {job}", "job=x");
    Map<String, String> wrong =
        Map.of(
            "job: fxi", "params/job: 'fxi': no saved job has this name; there are act, fix, odd",
            "job: act", "params/job: the saved job act runs the action host.restart_units",
            "job: odd", "params/job: odd has a parameter called 'job'",
            "job: fix", "params: fix needs a value of note",
            "job: fix, note: x, days: soon", "params/days: 'soon': give a number",
            "job: fix, note: x, mode: c", "params/mode: 'c': give one of a, b",
            "job: fix, note: x, nite: y",
                "params/nite: fix has no parameter 'nite'; it has note, days, mode",
            "job: $asset_no", "params/job: name the saved job",
            "note: x", "params: name the saved job");
    wrong.forEach((params, words) -> {
      runbook(params);
      String field = words.substring(0, words.indexOf(':'));
      int column = field.equals("params") ? 23 : 32 + params.indexOf(field.substring(7) + ":");
      assertThatThrownBy(rig::node)
          .as(params)
          .hasMessageContaining("set-mode.yml:4:" + column + ": steps/0/" + words);
    });
    runbook("job: fix, note: $placement.rack, days: 2");
    assertThat(rig.node().front.uses("job.run"))
        .singleElement()
        .satisfies(use -> {
          assertThat(use.runbook()).isEqualTo("set-mode");
          assertThat(use.policies()).containsExactly("nic-mode");
        });
  }

  /** Of the whole of the register's facets this one is enough. */
  private static final class AssetNumber implements Facet {
    @Override
    public String name() {
      return "asset";
    }

    @Override
    public Label label() {
      return Label.same("asset");
    }

    @Override
    public String authority() {
      return "register";
    }

    @Override
    public List<FacetField> fields() {
      return List.of(FacetField.text("asset_no", "资产号", "Asset number"));
    }
  }
}
