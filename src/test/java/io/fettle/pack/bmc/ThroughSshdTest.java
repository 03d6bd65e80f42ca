package io.fettle.pack.bmc;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.Action.Result;
import io.fettle.support.IpmiSim;
import io.fettle.support.RealSshd;
import io.fettle.support.Shell;
import io.fettle.transport.ssh.SshTarget;
import io.fettle.transport.ssh.TestSsh;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * In band as on a real machine: our SSH transport, OpenSSH, sudo, and an ipmitool that leads to
 * ipmi_sim and notes what ps shows while it runs.
 */
class ThroughSshdTest {

  private static void install(RealSshd sshd, IpmiSim card) {
    sshd.user("ops", "Ops-1-pw");
    sshd.sudoers("ops ALL=(ALL) NOPASSWD: ALL");
    sshd.sh(
        """
        set -e
        cp /usr/bin/ipmitool /run/ipmitool.real
        cat >/run/ipmitool <<'E'
        #!/bin/sh
        ps -efww >>/run/ps.log
        exec /run/ipmitool.real -I lanplus -C 3 -N 1 -R 2 -H %s -p %d -U system -P fettle-in "$@"
        E
        chmod 755 /run/ipmitool
        mount --bind /run/ipmitool /usr/bin/ipmitool
        """
            .formatted(card.endpoint().host(), card.endpoint().port()));
  }

  private static void found(
      CardBench bench, Check check, Action action, MachineDoc machine, Map<String, Object> params) {
    Reading bad = check.judge(bench.visit(machine)).getFirst();
    Result result = action.run(bench.context(machine, params, bad.evidence()));
    Reading good = check.judge(bench.visit(machine)).getFirst();

    assertThat(bad.verdict()).isEqualTo(Verdict.BAD);
    assertThat(result).as(bench.transcript.toString()).isInstanceOf(Result.Done.class);
    assertThat(good.verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void nicModeAndLogInAreFoundRepairedAndProvenAndNoPasswordShowsInPs() throws Exception {
    try (RealSshd sshd = RealSshd.start();
        TestSsh ssh = new TestSsh();
        CardBench bench = new CardBench(IpmiSim.start())) {
      install(sshd, bench.card);
      bench.shellOver =
          command -> ssh.run(new SshTarget(sshd.endpoint(), "ops", sshd.key(), null), command);
      MachineDoc machine =
          CardBench.machine(
              "{\"bmc\": {\"address\": \"x\"}, \"intent\": {\"bmc\": {\"nic_mode\": \"dedicated\"}}}");

      bench.card.oem("nic11", 0);
      found(bench, new NicModeCheck(), new SetNicMode(), machine, Map.of("mode", "dedicated"));
      assertThat(bench.card.journal()).containsExactly("netfn 30 cmd 24 data 02");

      String tool = bench.card.inBand().resolve("ipmitool").toString();
      Shell.run(tool, "user", "set", "password", "2", "somebody-else");
      Shell.run(tool, "user", "disable", "2");
      found(bench, new LoginCheck(bench), new RestoreLogin(), machine, Map.of());

      assertThat(sshd.sh("cat /run/ps.log"))
          .contains("user set password 2")
          .doesNotContain(IpmiSim.PASSWORD);
    }
  }
}
