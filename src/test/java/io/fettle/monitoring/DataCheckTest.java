package io.fettle.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fettle.kernel.Problem;
import io.fettle.kernel.Severity;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.check.Reading;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCheckTest {
  private static final String NAGIOS =
      """
      name: site.raid
      label: {zh: 阵列, en: RAID}
      for: "type == 'server'"
      interval: 10m
      section: |
        %s
      """;

  @TempDir Path folder;

  @Test
  void nagiosExitCodesAreVerdicts() throws Exception {
    assertReading(
        "echo 'RAID OK - fine|used=3'; exit 0", Verdict.OK, Severity.INFO, "RAID OK - fine");
    assertReading("echo 'RAID WARNING'; exit 1", Verdict.BAD, Severity.WARNING, "RAID WARNING");
    assertReading("echo 'RAID CRITICAL'; exit 2", Verdict.BAD, Severity.CRITICAL, "RAID CRITICAL");
    assertReading("echo 'cannot tell'; exit 3", Verdict.UNKNOWN, Severity.INFO, "cannot tell");
    assertReading(
        "no-such-plugin", Verdict.UNKNOWN, Severity.INFO, "command not found or not executable");
    assertReading("exit 77", Verdict.UNKNOWN, Severity.INFO, "exit 77");
  }

  @Test
  void expressionsJudgeTheOutput() throws Exception {
    String more =
        """
        verdict:
          ok: [0, 4]
          bad_if: 'degraded|failed'
          ok_if: '^state: '
          severity: critical
        """;
    DataCheck check = CheckFile.read("c.yml", NAGIOS.formatted("cat") + more);
    assertThat(judge(check, "echo 'state: degraded'").severity()).isEqualTo(Severity.CRITICAL);
    assertThat(judge(check, "echo 'state: degraded'").summary().en()).isEqualTo("state: degraded");
    assertThat(judge(check, "echo 'state: clean'; exit 4").verdict()).isEqualTo(Verdict.OK);
    assertThat(judge(check, "echo hello").verdict()).isEqualTo(Verdict.BAD);
    assertThat(judge(check, "echo 'state: clean'; exit 1").verdict()).isEqualTo(Verdict.BAD);
  }

  @Test
  void everyComplaintNamesLineAndColumn() {
    assertThat(
            complaint(
                "name: site.raid\nlabel: {zh: a, en: b}\nfor: x\nsection: y\nintervall: 5m\n"))
        .isEqualTo("c.yml:5:1 unknown key: intervall");
    assertThat(complaint("name: BAD\nlabel: {zh: a, en: b}\nfor: x\nsection: y\n"))
        .startsWith("c.yml:1:1 ");
    assertThat(complaint("name: a.b\nlabel:\n  zh: a\nfor: x\nsection: y\n"))
        .startsWith("c.yml:2:1 ");
    assertThat(complaint("name: a.b\n  oops: [\n")).startsWith("c.yml:2:");
    assertThat(complaint("")).startsWith("c.yml:1:1 ");
    assertThat(
            complaint(
                "name: a.b\nlabel: {zh: a, en: b}\nfor: x\nsection: y\nverdict:\n  bad_if: '['\n"))
        .startsWith("c.yml:6:3 regular expression");
    assertThat(complaint("name: !!java.net.URL x\n")).startsWith("c.yml:1:7 ");
  }

  @Test
  void aFileThatBecameWrongLeavesItsLastGoodVersionInForce() throws Exception {
    Path file = folder.resolve("raid.yml");
    Files.writeString(file, NAGIOS.formatted("true"));
    DataChecks checks = new DataChecks(settings());
    long first = checks.revision();
    assertThat(checks.checks()).hasSize(1);
    checks.poll();
    assertThat(checks.revision()).isEqualTo(first);

    Files.writeString(file, "name: [\n");
    checks.poll();
    assertThat(checks.checks()).hasSize(1);
    assertThat(checks.complaints()).hasSize(1).first().asString().contains("raid.yml:2:1");

    Files.writeString(file, NAGIOS.formatted("false"));
    checks.poll();
    assertThat(checks.complaints()).isEmpty();
    assertThat(checks.revision()).isEqualTo(first + 2);
    Files.delete(file);
    checks.poll();
    assertThat(checks.checks()).isEmpty();
  }

  private MonitoringSettings settings() {
    MonitoringSettings base = MonitoringSettings.defaults(false);
    return new MonitoringSettings(
        base.interval(),
        base.retryInterval(),
        base.bad(),
        base.of(),
        base.concurrency(),
        Duration.ofSeconds(20),
        base.heartbeat(),
        base.retention(),
        base.collector(),
        folder.toString());
  }

  private static void assertReading(
      String script, Verdict verdict, Severity severity, String summary) throws Exception {
    Reading reading = judge(CheckFile.read("c.yml", NAGIOS.formatted(script)), script);
    assertThat(reading.verdict()).as(script).isEqualTo(verdict);
    assertThat(reading.severity()).as(script).isEqualTo(severity);
    assertThat(reading.summary().en()).as(script).isEqualTo(summary);
  }

  private static Reading judge(DataCheck check, String script) {
    ShellReach reach = new ShellReach();
    DataCheck with =
        new DataCheck(
            check.name(),
            check.faultClass(),
            check.label(),
            check.appliesTo(),
            check.interval(),
            script,
            check.component(),
            check.rule());
    try (MachineVisit visit = ShellReach.visit(reach, with)) {
      return with.judge(visit).getFirst();
    }
  }

  private static String complaint(String text) {
    Problem problem = catchThrowableOfType(Problem.class, () -> CheckFile.read("c.yml", text));
    assertThat(problem).as(text).isNotNull();
    Problem.Fault first = problem.faults().getFirst();
    return first.field() + " " + first.reason().en();
  }
}
