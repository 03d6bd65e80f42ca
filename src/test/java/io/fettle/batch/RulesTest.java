package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.kernel.Problem;
import io.fettle.transport.ssh.SshOutcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What decides without a database, a clock or a wire. */
class RulesTest {
  @TempDir Path folder;

  @Test
  void stepsRiseAndEndWithAll() {
    assertThat(Steps.of("1,5,25%,100%", 200)).containsExactly(1, 5, 50, 200);
    assertThat(Steps.of("1,5,25%,100%", 3)).containsExactly(1, 3);
    assertThat(Steps.of("1,5,25%", 10)).containsExactly(1, 5, 10);
    assertThat(Steps.of("100%", 7)).containsExactly(7);
    assertThat(Steps.of("1%", 1)).containsExactly(1);
    for (String bad : List.of("", "0", "1,,2", "101%", "-1", "all", "1;2", "99999999"))
      assertThatThrownBy(() -> Steps.of(bad, 10)).as(bad).isInstanceOf(Problem.class);
  }

  @Test
  void aStepHoldsItsMachinesAndNoOthers() {
    Order order = order(List.of(1, 5, 50, 200), 0.2);

    assertThat(List.of(0, 1, 4, 5, 49, 50, 199).stream().map(order::stepOf))
        .containsExactly(0, 1, 1, 2, 2, 3, 3);
  }

  @Test
  void aFailedCanaryIsTooManyAndAFewOfManyAreNot() {
    Order order = order(List.of(1, 5, 50, 200), 0.2);

    assertThat(order.tooMany(1, 0, 0)).isTrue();
    assertThat(order.tooMany(1, 0, 1)).isFalse();
    assertThat(order.tooMany(2, 0, 1)).isTrue();
    assertThat(order.tooMany(2, 2, 1)).isFalse();
    assertThat(order.tooMany(40, 0, 3)).isFalse();
    assertThat(order.tooMany(41, 0, 3)).isTrue();
    assertThat(order(List.of(5), 0).tooMany(1, 0, 0)).isTrue();
  }

  private static Order order(List<Integer> steps, double share) {
    Duration minute = Duration.ofMinutes(1);
    return new Order(steps, 64, 0, 0, false, Duration.ZERO, minute, minute, share);
  }

  @Test
  void doubtOnlyWhereSomethingWasLetOut() {
    for (SshOutcome.Kind kind : SshOutcome.Kind.values()) {
      assertThat(ByShell.verdict(kind, false).missed()).as(kind + " before").isTrue();
      Verdict after = ByShell.verdict(kind, true);
      boolean mayHaveRun =
          kind == SshOutcome.Kind.KILLED_AT_LIMIT || kind == SshOutcome.Kind.BROKEN_AFTER_SEND;
      assertThat(after.missed()).as(kind + " after").isEqualTo(!mayHaveRun);
    }
    assertThat(ByShell.verdict(SshOutcome.Kind.BROKEN_AFTER_SEND, true)).isEqualTo(Verdict.UNKNOWN);
    assertThat(ByShell.verdict(SshOutcome.Kind.KILLED_AT_LIMIT, true)).isEqualTo(Verdict.KILLED);
  }

  @Test
  void dangerousCommandsAreSeenAndOrdinaryOnesAreNot() {
    Dangers dangers = new Dangers(folder.resolve("none"));
    for (String bad :
        List.of(
            "rm -rf /",
            "rm -fr / --no-preserve-root",
            "sudo rm -r -f /*",
            "rm --recursive --force /usr",
            "cd /tmp; rm -rf /etc/",
            "rm -rf \"$DIR\"/*",
            "rm -rf ${X}/lib",
            "mkfs.ext4 /dev/sdb1",
            "wipefs -a /dev/sdc",
            "dd if=/dev/zero of=/dev/sda bs=1M",
            "echo x > /dev/nvme0n1",
            "reboot",
            "uptime; reboot",
            "sudo /sbin/reboot",
            "systemctl reboot",
            "if true; then\n  reboot\nfi",
            "echo b > /proc/sysrq-trigger",
            "shutdown -h now",
            "SHUTDOWN -r",
            "poweroff",
            "init 0",
            "ipmitool -H x chassis power off",
            "iptables -F",
            "iptables -t nat -F",
            "nft flush ruleset",
            "ip link set eth0 down",
            "systemctl stop sshd",
            "kill -9 -1",
            ":(){ :|:& };:",
            "echo root::0:0 > /etc/passwd",
            "chmod -R 777 /",
            "chown -R bob /etc",
            "yum -y remove glibc",
            "apt-get purge -y openssh-server",
            "lvremove -f vg0/lv0",
            "mysql -e 'DROP DATABASE prod'",
            "shred /dev/sda")) assertThat(dangers.in(bad)).as(bad).isNotEmpty();
    for (String good :
        List.of(
            "hostname; uptime",
            "rm -rf /tmp/build",
            "rm -f /var/log/app.log.1",
            "cat /proc/mounts | grep /dev/sda",
            "last reboot | head",
            "who -b",
            "grep -r shutdownHook src",
            "dd if=/dev/sda of=/dev/null count=1",
            "iptables -L -n",
            "nft list ruleset",
            "systemctl status sshd",
            "df -h /",
            "echo hi > /dev/null",
            "echo '/etc/passwd'; cat /etc/passwd",
            "kill -9 1234",
            "apt-get install -y jq",
            "chmod 644 /etc/hosts",
            "ls /boot",
            "init --version || true")) assertThat(dangers.in(good)).as(good).isEmpty();
  }

  @Test
  void aSiteAddsItsOwnPatternsAndAWrongFileStopsJobs() throws Exception {
    Path file = folder.resolve("site.yml");
    Files.writeString(
        file,
        "patterns:\n  - name: drain\n    label: {zh: 排空, en: drains}\n    regex: 'kubectl\\s+drain'\n");
    Dangers dangers = new Dangers(folder);

    assertThat(dangers.in("kubectl drain n1"))
        .extracting(Jobs.Danger::name)
        .containsExactly("drain");
    assertThat(dangers.in("kubectl get nodes")).isEmpty();

    for (String bad : List.of("patterns: []", "patterns: [{name: X}]", "nothing: [", "")) {
      Files.writeString(file, bad);
      assertThatThrownBy(() -> dangers.in("uptime"))
          .as(bad)
          .isInstanceOf(Problem.class)
          .hasMessageContaining("site.yml");
    }
    Files.writeString(
        file, "patterns:\n  - {name: x, label: {zh: 一, en: one}, regex: '(unclosed'}\n");
    assertThatThrownBy(() -> dangers.in("uptime")).hasMessageContaining("x: ");
  }

  @Test
  void whatIsHeardStaysInOrderAndWithinItsLimit() {
    Transcript transcript = new Transcript(10);
    say(transcript, false, "ab\ncd");
    assertThat(text(transcript.lines())).isEqualTo("ab\n");
    say(transcript, true, "oh\n");
    say(transcript, false, "ef\ngh\nij");
    assertThat(text(transcript.rest())).isEqualTo("cdoh\nef\ngh");

    Transcript.Sum sum = transcript.sum();
    assertThat(sum.cut()).isTrue();
    assertThat(sum.bytes()).isEqualTo(16);
    assertThat(sum.lines()).isEqualTo(4);
  }

  @Test
  void aCharacterInTwoPiecesIsOne() {
    Transcript transcript = new Transcript(1000);
    byte[] bytes = "机器\n\0".getBytes(StandardCharsets.UTF_8);
    for (byte b : bytes) transcript.heard(false, new byte[] {b}, 0, 1);

    assertThat(text(transcript.rest())).isEqualTo("机器\n");
  }

  @Test
  void equalOutputHasAnEqualDigestHoweverItCame() {
    Transcript one = new Transcript(1000);
    Transcript two = new Transcript(1000);
    say(one, false, "a\nb\n");
    say(two, false, "a\n");
    say(two, false, "b\n");
    two.lines();
    assertThat(one.sum().digest()).isEqualTo(two.sum().digest());

    say(two, true, "!");
    assertThat(one.sum().digest()).isNotEqualTo(two.sum().digest());
  }

  @Test
  void onlyLegalMovesAreLegal() {
    assertThat(JobState.AWAITING.canBecome(JobState.RUNNING)).isTrue();
    assertThat(JobState.ENDED.canBecome(JobState.RUNNING)).isFalse();
    assertThat(JobState.AWAITING.canBecome(JobState.PAUSED)).isFalse();
    assertThat(JobState.PAUSED.canBecome(JobState.ENDED)).isFalse();
  }

  private static void say(Transcript transcript, boolean error, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    transcript.heard(error, bytes, 0, bytes.length);
  }

  private static String text(List<Transcript.Part> parts) {
    StringBuilder text = new StringBuilder();
    parts.forEach(p -> text.append(p.text()));
    return text.toString();
  }
}
