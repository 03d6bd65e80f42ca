package io.fettle.pack.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.MachineDoc;
import io.fettle.remediation.action.Action;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * PAM's account phase is really run; what the pieces around a log-in (sudoers, sssd) need is done
 * where it is safe.
 */
class AccountPhaseTest {
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

  private MachineDoc mei(String more) {
    return AccountBed.declared(
        "{'name':'mei','keys':['" + bed.sshd.publicKey() + "']" + more + "}");
  }

  private String causes(MachineDoc machine) {
    Object causes = bed.check(machine).getFirst().evidence().get("causes");
    return String.valueOf(causes);
  }

  private String phase() {
    return bed.facts("mei").one("pam").orElse("");
  }

  @Test
  void itsVerdictAndWordsAreAFact() {
    assertThat(phase()).startsWith("ok libpam");

    bed.sshd.sh("echo 'Back on Monday' >/etc/nologin");
    assertThat(phase()).startsWith("refused libpam").contains("Back on Monday");
    assertThat(causes(mei(""))).isEqualTo("[nologin]");
    bed.sshd.sh("rm /etc/nologin");
  }

  @Test
  void whatNoKnownCauseExplainsIsACauseForAPerson() {
    bed.sshd.sh("echo 'account required pam_succeed_if.so user != mei' >>/etc/pam.d/sshd");
    assertThat(bed.logsIn("mei")).isFalse();

    assertThat(causes(mei(""))).isEqualTo("[pam_refused]");
    assertThat(bed.repair(mei(""), "mei")).isInstanceOf(Action.Result.Failed.class);

    bed.sshd.sh("sed -i '$d' /etc/pam.d/sshd");
    assertThat(causes(mei(""))).isEqualTo("[]");
  }

  @Test
  void aRuleThatPamDoesNotFollowIsNoCause() {
    bed.sshd.sh("echo '-:mei:ALL' >>/etc/security/access.conf");
    assertThat(causes(mei(""))).isEqualTo("[access_conf]");
    bed.sshd.sh("sed -i '1i +:mei:127.0.0.0/8' /etc/security/access.conf");
    assertThat(bed.logsIn("mei")).isTrue();
    assertThat(causes(mei(""))).isEqualTo("[]");
    bed.sshd.sh("sed -i -e '/mei/d' /etc/security/access.conf");
  }

  @Test
  void aTallyOfFailuresIsNeverWipedByLooking() {
    bed.sshd.user("tally", "Pw-tally-9");
    for (int i = 0; i < 2; i++) bed.logsInBy("tally", "wrong");
    String rows = bed.sshd.sh("faillock --user tally | wc -l");
    assertThat(rows).isEqualTo("4\n");

    Facts facts = bed.facts("tally");

    assertThat(facts.one("pam")).hasValueSatisfying(p -> assertThat(p).startsWith("skipped"));
    assertThat(bed.sshd.sh("faillock --user tally | wc -l")).isEqualTo(rows);
  }

  /** Other tests' machines give their users the same number, in mount namespaces of their own. */
  private List<String> processes() {
    return bed.sshd
        .sh(
            """
            here=$(readlink /proc/self/ns/mnt)
            for p in $(ps -o pid= -u mei); do
              [ "$(readlink /proc/$p/ns/mnt)" = "$here" ] && ps -o pid=,args= -p $p
            done
            true
            """)
        .lines()
        .toList();
  }

  @Test
  void withoutPythonItIsRunBySuAndNoSessionIsLeft() {
    List<String> before = processes();
    bed.sshd.sh(
        ": >/run/none; chmod 644 /run/none; for p in /usr/bin/python3*; do [ -f $p ] && mount --bind /run/none $p; done; true");
    try {
      assertThat(phase()).startsWith("ok su");
      bed.sshd.sh("usermod -e 1 mei");
      assertThat(phase()).startsWith("refused su");
      assertThat(causes(mei(""))).isEqualTo("[expired]");
    } finally {
      bed.sshd.sh(
          "usermod -e '' mei; for p in /usr/bin/python3*; do umount $p 2>/dev/null; done; true");
    }
    assertThat(processes()).as("of mei's number, besides other tests'").isSubsetOf(before);
  }

  @Test
  void aBrokenDropInOfOursIsMovedAsideAndWrittenAnew() {
    bed.sshd.sh(
        "echo 'mei ALL=(ALL) NOPASSWD ALL' >/etc/sudoers.d/fettle-mei; chmod 440 /etc/sudoers.d/fettle-mei");
    MachineDoc machine = mei(",'sudo':true");
    assertThat(causes(machine)).isEqualTo("[sudoers_broken]");

    Action.Result result = bed.repair(machine, "mei");

    assertThat(result).as("%s", bed.transcript).isInstanceOf(Action.Result.Done.class);
    assertThat(causes(machine)).isEqualTo("[]");
    assertThat(bed.sshd.sh("visudo -c; sudo -n -l -U mei")).contains("NOPASSWD: ALL");
    assertThat(bed.sshd.sh("cat /var/lib/fettle/fettle-mei.broken")).contains("NOPASSWD ALL");
    bed.sshd.sh("rm -r /var/lib/fettle /etc/sudoers.d/fettle-mei");
  }

  /**
   * sssd itself is not installed here: its start script is a stand-in that lets the user appear.
   */
  @Test
  void aStoppedSssdIsStartedAndNobodyIsCreatedInItsPlace() {
    bed.sshd.sh(
        """
        useradd -m -s /bin/sh far; install -d -m 700 -o far -g far /home/far/.ssh
        printf '%s\\n' 'KEY' >/home/far/.ssh/authorized_keys; chown far: /home/far/.ssh/authorized_keys
        grep '^far:' /etc/passwd >/run/far; sed -i '/^far:/d' /etc/passwd
        sed -i 's/^passwd:.*/passwd: files sss/' /etc/nsswitch.conf
        mkdir -p /etc/sssd; touch /etc/sssd/sssd.conf
        printf '#!/bin/sh\\n[ "$1" = restart ] && { cat /run/far >>/etc/passwd; echo $$ >/run/sssd.pid; }\\nexit 0\\n' >/etc/init.d/sssd
        chmod 755 /etc/init.d/sssd
        """
            .replace("KEY", bed.sshd.publicKey()));
    MachineDoc machine =
        AccountBed.declared("{'name':'far','keys':['" + bed.sshd.publicKey() + "']}");
    assertThat(causes(machine)).isEqualTo("[nss_down]");

    Action.Result result = bed.repair(machine, "far");

    assertThat(result).as("%s", bed.transcript).isInstanceOf(Action.Result.Done.class);
    assertThat(bed.transcript).noneMatch(l -> l.contains("created"));
    assertThat(List.of(causes(machine))).containsExactly("[]");
    assertThat(bed.logsIn("far")).isTrue();
    bed.sshd.sh(
        "rm -r /etc/sssd /etc/init.d/sssd; sed -i 's/^passwd:.*/passwd: files/' /etc/nsswitch.conf");
  }
}
