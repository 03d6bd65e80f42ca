package io.fettle.pack.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fettle.kernel.Severity;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.Action.Presence;
import io.fettle.remediation.action.Action.Result;
import io.fettle.support.Shell;
import io.fettle.transport.ssh.SshOutcome;
import java.io.File;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Each fault of a machine is made for real (ext4, systemd, chronyd, sshd), found, repaired and
 * proven by the check that found it.
 */
class HostTest {
  private static HostBed bed;

  @BeforeAll
  static void start() {
    bed = new HostBed();
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  private static Reading look(Check check, String component) {
    return look(bed, check, component);
  }

  private static Reading machine(HostBed bed, Check check) {
    return look(bed, check, "");
  }

  private static Reading look(HostBed bed, Check check, String component) {
    Map<String, Reading> readings = bed.look(check);
    return Optional.ofNullable(readings.get(component))
        .orElseThrow(() -> new AssertionError(component + " is not in " + readings));
  }

  private static Reading bad(Check check, String component) {
    Reading reading = look(check, component);
    assertThat(reading.verdict()).as("%s", reading).isEqualTo(Verdict.BAD);
    return reading;
  }

  private static Reading ok(Check check, String component) {
    Reading reading = look(check, component);
    assertThat(reading.verdict()).as("%s", reading).isEqualTo(Verdict.OK);
    return reading;
  }

  private static void repaired(
      Check check, Action action, String component, Map<String, Object> params) {
    Reading found = bad(check, component);
    assertThat(action.probe(bed.context(found, params))).isEqualTo(Presence.ABSENT);

    Result result = bed.repair(action, found, params);

    assertThat(result).as("%s", bed.transcript).isInstanceOf(Result.Done.class);
    ok(check, component);
    assertThat(action.probe(bed.context(found, params))).isEqualTo(Presence.PRESENT);
  }

  @Test
  void aFullPackageCacheIsEmptied() {
    bed.ext4("/var/cache/apt", 8_192, 256);
    bed.sshd.sh("mkdir -p /var/cache/apt/archives/partial");
    ok(new DiskCheck(), "/var/cache/apt");
    bed.sshd.sh("head -c 7600000 /dev/zero >/var/cache/apt/archives/linux-image_6.1_amd64.deb");

    repaired(new DiskCheck(), new FreeSpace(), "/var/cache/apt", Map.of());

    assertThat(bed.transcript).anyMatch(l -> l.contains("apt-get clean"));
  }

  @Test
  void staleTemporaryFilesGoAndFreshOnesStay() {
    bed.ext4("/var/tmp", 4_096, 128);
    bed.sshd.sh(
        """
        cp /usr/bin/find /run/find.real
        mount --bind /run/find.real /run/find.real
        printf '#!/bin/sh\\nexec faketime -f +40d /run/find.real "$@"\\n' >/run/find.later
        chmod 755 /run/find.later
        i=0; while [ $i -lt 115 ]; do echo x >/var/tmp/old$i; i=$((i + 1)); done
        mkdir /var/tmp/other; ln -s /etc/hostname /var/tmp/link
        mount --bind /run/find.later /usr/bin/find
        """);
    Reading found = bad(new DiskCheck(), "/var/tmp");
    assertThat(found.summary().en()).contains("inodes");

    bed.repair(new FreeSpace(), found, Map.of());
    assertThat(bed.sshd.sh("ls /var/tmp")).as("nothing without a limit").contains("old7");

    Result result =
        bed.repair(new FreeSpace(), found, Map.of("temp_days", 30, "journal_keep", "1G"));

    assertThat(result).as("%s", bed.transcript).isInstanceOf(Result.Done.class);
    ok(new DiskCheck(), "/var/tmp");
    assertThat(bed.sshd.sh("ls /var/tmp; cat /etc/hostname")).contains("link", "other");
    bed.sshd.sh("umount /usr/bin/find; echo new >/var/tmp/fresh");
    bed.repair(new FreeSpace(), found, Map.of("temp_days", 1));
    assertThat(bed.sshd.sh("cat /var/tmp/fresh")).contains("new");
  }

  @Test
  void whatPeopleStoredIsNotDeletedForSpace() {
    bed.ext4("/data", 4_096, 64);
    bed.sshd.sh("mkdir /data/video; head -c 3950000 /dev/zero >/data/video/holiday.mp4");
    Reading found = bad(new DiskCheck(), "/data");

    Result result = bed.repair(new FreeSpace(), found, Map.of());

    assertThat(result).isInstanceOf(Result.Failed.class);
    assertThat(found.evidence().get("largest")).asString().contains("/data/video");
    assertThat(bed.sshd.sh("stat -c %s /data/video/holiday.mp4")).contains("3950000");
  }

  @Test
  void aReadOnlyFileSystemIsMadeWritableUnlessItIsDamaged() {
    bed.sshd.sh("dmesg -C"); // what an earlier run of this test did to a device of the same name
    bed.ext4("/srv/fine", 4_096, 64);
    bed.ext4("/srv/hurt", 4_096, 64);
    bed.ext4("/srv/mine", 4_096, 64);
    bed.sshd.sh(
        "printf '/dev/a /srv/fine ext4 rw 0 0\\n/dev/b /srv/hurt ext4 defaults 0 0\\n' >>/etc/fstab;"
            + " mount -o remount,ro /srv/mine");
    assertThat(bed.look(new ReadOnlyCheck()))
        .as("what fstab does not name is somebody else's wish")
        .doesNotContainKey("/srv/mine");
    ok(new ReadOnlyCheck(), "/srv/fine");
    bed.sshd.sh("mount -o remount,ro /srv/fine");

    repaired(new ReadOnlyCheck(), new RemountWritable(), "/srv/fine", Map.of());
    assertThat(bed.sshd.sh("touch /srv/fine/x && ls -A /srv/fine"))
        .contains("x")
        .doesNotContain(".fettle");

    bed.sshd.sh(
        """
        d=$(basename "$(findmnt -n -o SOURCE /srv/hurt)")
        mount -o remount,errors=remount-ro /srv/hurt
        echo 1 >/sys/fs/ext4/$d/trigger_fs_error
        """);
    Reading hurt = bad(new ReadOnlyCheck(), "/srv/hurt");
    assertThat(hurt.evidence().get(ReadOnlyCheck.DAMAGE)).asString().contains("error");
    Result result = bed.repair(new RemountWritable(), hurt, Map.of());
    assertThat(result).isInstanceOf(Result.Failed.class);
    assertThat(bed.sshd.sh("grep ' /srv/hurt ' /proc/mounts"))
        .containsPattern("[ ,](emergency_)?ro[ ,]");
    assertThat(new RemountWritable().run(bed.context(hurt, Map.of())))
        .as("asked again on the machine itself, whatever the evidence says")
        .isInstanceOf(Result.Failed.class);
  }

  /** No sshd here: its log is open for writing and keeps the root busy. */
  @Test
  void aReadOnlyRootIsMadeWritable() throws Exception {
    Process namespace =
        new ProcessBuilder(
                "unshare",
                "-m",
                "--propagation",
                "private",
                "sh",
                "-c",
                "f=$(mktemp) && echo '/dev/x / ext4 rw 0 1' >$f && mount --bind $f /etc/fstab && mount -o remount,bind,ro / && echo made && exec sleep 60")
            .directory(new File("/"))
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(namespace.inputReader().readLine()).isEqualTo("made");
      bed.instead =
          command -> {
            Shell.Ran ran =
                Shell.tryRun(
                    List.of(
                        "nsenter", "-m", "-t", "" + namespace.pid(), "sh", "-c", command.script()));
            return new SshOutcome.Ran(ran.exit(), ran.out(), "", false, Duration.ZERO);
          };
      boolean onDisk = bed.look(new ReadOnlyCheck()).containsKey("/");
      assumeThat(onDisk).as("the root is a disk file system").isTrue();
      repaired(new ReadOnlyCheck(), new RemountWritable(), "/", Map.of());
    } finally {
      bed.instead = null;
      namespace.destroyForcibly();
    }
  }

  @Test
  void aFailedUnitIsRestartedByARealSystemd() {
    bed.sshd.sh(
        """
        mkdir -p /run/systemd/system /run/user/0/systemd/user; chmod 700 /run/user/0
        cp /usr/bin/systemctl /run/systemctl.real
        printf '#!/bin/sh\\nexport XDG_RUNTIME_DIR=/run/user/0\\nexec /run/systemctl.real --user "$@"\\n' >/run/systemctl
        chmod 755 /run/systemctl
        mount --bind /run/systemctl /usr/bin/systemctl
        unit() { printf '[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/bin/sh -c "%s"\\n' "$2" >/run/user/0/systemd/user/$1; }
        unit app.service 'test -e /run/good'
        unit worse.service 'exit 3'
        unit pacemaker.service 'exit 1'
        XDG_RUNTIME_DIR=/run/user/0 setsid /lib/systemd/systemd --user --unit=basic.target >/run/systemd.log 2>&1 &
        n=0; until systemctl is-active --quiet basic.target; do n=$((n + 1)); [ $n -lt 100 ] || { cat /run/systemd.log; exit 1; }; sleep 0.1; done
        systemctl list-units --failed --no-legend --plain >/run/before
        """);
    try {
      ok(new UnitsCheck(), "");
      bed.sshd.sh("systemctl start app.service 2>/dev/null || true; touch /run/good");
      assertThat(bad(new UnitsCheck(), "").evidence().get(UnitsCheck.FAILED))
          .isEqualTo(List.of("app.service"));
      repaired(new UnitsCheck(), new RestartUnits(), "", Map.of());
      assertThat(bed.sshd.sh("systemctl is-active app.service")).contains("active");

      bed.sshd.sh("systemctl start worse.service pacemaker.service 2>/dev/null || true");
      Reading found = bad(new UnitsCheck(), "");
      Result result = bed.repair(new RestartUnits(), found, Map.of());
      assertThat(((Result.Done) result).what().en()).contains("failed again: worse.service");
      assertThat(bed.transcript).noneMatch(l -> l.contains("pacemaker"));
      bed.sshd.sh("systemctl reset-failed worse.service");
      Reading guarded = bad(new UnitsCheck(), "");
      assertThat(bed.repair(new RestartUnits(), guarded, Map.of()))
          .isInstanceOf(Result.Failed.class);
    } finally {
      bed.sshd.sh("systemctl exit || true; umount /usr/bin/systemctl");
    }
  }

  @Test
  void aClockThatIsOffIsFoundByARealChronyAndSteppedByIt() {
    bed.sshd.sh(
        """
        mkdir -p /run/chrony; chmod 750 /run/chrony
        printf 'local stratum 3\\nallow 127.0.0.0/8\\nport 11923\\ncmdport 0\\nbindcmdaddress /\\npidfile /run/source.pid\\n' >/run/source.conf
        printf 'server 127.0.0.1 port 11923 minpoll -4 maxpoll -3 iburst\\nport 0\\ncmdport 0\\npidfile /run/client.pid\\n' >/run/client.conf
        LD_PRELOAD=$(ls /usr/lib/*/faketime/libfaketime.so.1) FAKETIME=+30s chronyd -x -u root -f /run/source.conf
        chronyd -x -u root -f /run/client.conf
        n=0; until chronyc -c tracking | grep -q Normal; do n=$((n + 1)); [ $n -lt 100 ] || exit 1; sleep 0.1; done
        """);
    try {
      ClockCheck check = new ClockCheck(Clock.systemUTC());
      Reading found = bad(check, "");
      assertThat((Double) found.evidence().get(ClockCheck.CHRONY)).isBetween(29.0, 31.0);

      assertThat(bed.repair(new StepClock(), found, Map.of()))
          .as("Fettle's clock and chrony's source disagree")
          .isInstanceOf(Result.Failed.class);

      Result refused = new StepClock().run(bed.context(found, Map.of()));
      assertThat(refused).as("chronyd -x may not step").isInstanceOf(Result.Failed.class);
      assertThat(bed.transcript).anyMatch(l -> l.contains("makestep"));

      bed.sshd.sh(
          """
          cp /usr/bin/chronyc /run/chronyc.real
          cat >/run/chronyc <<'E'
          #!/bin/sh
          [ "$1" = makestep ] || exec /run/chronyc.real "$@"
          kill "$(cat /run/source.pid)" "$(cat /run/client.pid)"; while [ -e /run/source.pid ] || [ -e /run/client.pid ]; do sleep 0.1; done
          chronyd -x -u root -f /run/source.conf; chronyd -x -u root -f /run/client.conf
          echo '200 OK'
          E
          chmod 755 /run/chronyc; mount --bind /run/chronyc /usr/bin/chronyc
          """);
      Result result = new StepClock().run(bed.context(found, Map.of()));
      assertThat(result).as("%s", bed.transcript).isInstanceOf(Result.Done.class);
      ok(check, "");
    } finally {
      bed.sshd.sh(
          "kill $(cat /run/source.pid) $(cat /run/client.pid) || true; umount /usr/bin/chronyc 2>/dev/null || true");
    }
  }

  @Test
  void theMachinesOwnTimeIsComparedWithFettles() {
    Instant at = Instant.parse("2026-11-22T10:00:00Z");
    assertThat(ClockCheck.ahead(at.getEpochSecond() - 7.5, at, at.plusSeconds(2))).isEqualTo(-7.5);
    assertThat(ClockCheck.ahead(at.getEpochSecond() + 9, at, at.plusSeconds(2))).isEqualTo(7);
    assertThat(ClockCheck.ahead(at.getEpochSecond() + 1, at, at.plusSeconds(2))).isZero();
    bed.sshd.sh(
        """
        cp /bin/date /run/date.real
        printf '#!/bin/sh\\nexec faketime -f -90s /run/date.real "$@"\\n' >/run/date.slow
        chmod 755 /run/date.slow; mount --bind /run/date.slow /bin/date
        """);
    Reading slow = bad(new ClockCheck(Clock.systemUTC()), "");
    bed.sshd.sh("umount /bin/date");
    assertThat(slow.summary().en()).contains("slow");
    assertThat((Double) slow.evidence().get(ClockCheck.AHEAD)).isBetween(-91.0, -88.0);
  }

  @Test
  void aRestartIsNoticedAndTheSystemsFactsAreClaimed() {
    ok(new RebootCheck(), "");
    assertThat(bed.claimed.get("os")).asString().contains("boot_id", "kernel", "Debian");
    bed.sshd.sh(
        """
        echo '125.31 200.00' >/run/uptime; mount --bind /run/uptime /proc/uptime
        cat /proc/sys/kernel/random/uuid >/run/boot; mount --bind /run/boot /proc/sys/kernel/random/boot_id
        """);
    Reading news = bad(new RebootCheck(), "");
    bed.sshd.sh("umount /proc/uptime /proc/sys/kernel/random/boot_id");
    assertThat(news.summary().en()).contains("2 min ago");
    assertThat(news.severity()).isEqualTo(Severity.WARNING);
  }

  @Test
  void anSshdThatIsGoneAndOneWithAnotherKeyAreToldApart() {
    try (HostBed other = new HostBed()) {
      assertThat(machine(other, new HostReachableCheck()).verdict()).isEqualTo(Verdict.OK);
      assertThat(machine(other, new HostKeyCheck()).verdict()).isEqualTo(Verdict.OK);

      other.sshd.reinstall();
      assertThat(machine(other, new HostKeyCheck()).verdict()).isEqualTo(Verdict.BAD);
      assertThat(machine(other, new HostReachableCheck()).verdict()).isEqualTo(Verdict.UNKNOWN);

      other.sshd.close();
      Reading gone = machine(other, new HostReachableCheck());
      assertThat(gone.verdict()).isEqualTo(Verdict.BAD);
      assertThat(gone.severity()).isEqualTo(Severity.CRITICAL);
      assertThat(gone.summary().en()).contains("refuses connections");
      assertThat(machine(other, new HostKeyCheck()).verdict()).isEqualTo(Verdict.UNKNOWN);
      assertThat(machine(other, new DiskCheck()).verdict()).isEqualTo(Verdict.UNKNOWN);
    }
  }
}
