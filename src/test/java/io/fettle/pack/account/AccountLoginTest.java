package io.fettle.pack.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.check.Reading;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.Action.Presence;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each cause is injected into a real OpenSSH with PAM, found, repaired and proven by a log-in. */
class AccountLoginTest {
  private static AccountBed bed;

  @BeforeAll
  static void start() {
    bed = new AccountBed();
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  /** A fault, how it is made, and what it does to a log-in by key. */
  enum Injected {
    EXPIRED(Cause.EXPIRED, true, "usermod -e 1 U"),
    CHANGE_FORCED(Cause.CHANGE_FORCED, true, "usermod -p '*' U; chage -d 0 U"),
    PASSWORD_EXPIRED(
        Cause.PASSWORD_EXPIRED, true, "usermod -p '*' U; chage -M 10 -d 2020-01-01 -I 5 U"),
    SHELL_REFUSES(Cause.SHELL_REFUSES, true, "usermod -s /usr/sbin/nologin U"),
    SHELL_MISSING(Cause.SHELL_MISSING, true, "usermod -s /bin/zshx U"),
    HOME_MISSING(Cause.HOME_MISSING, true, "rm -rf /home/U"),
    HOME_OPEN(Cause.HOME_OPEN, true, "chmod 777 /home/U"),
    FOLDER_OPEN(Cause.FOLDER_OPEN, true, "chmod 777 /home/U/.ssh"),
    FILE_OPEN(Cause.FILE_OPEN, true, "chmod 666 /home/U/.ssh/authorized_keys"),
    FILE_ROOTS(Cause.FILE_OPEN, true, "chown root /home/U/.ssh/authorized_keys"),
    KEY_MISSING(Cause.KEY_MISSING, true, "printf x >/home/U/.ssh/authorized_keys"),
    FILE_MISSING(Cause.KEY_MISSING, true, "rm -r /home/U/.ssh"),
    NOLOGIN(Cause.NOLOGIN, true, "echo maintenance >/etc/nologin"),
    LIMIT_ZERO(Cause.LIMIT_ZERO, true, "echo 'U hard maxlogins 0' >/etc/security/limits.d/x.conf"),
    DENIED(Cause.DENIED, true, "sed -i '1i DenyUsers other U' CONF; kill -HUP PID; sleep 1"),
    NOT_ALLOWED(
        Cause.NOT_ALLOWED, true, "sed -i '1i AllowUsers root' CONF; kill -HUP PID; sleep 1"),
    USER_MISSING(Cause.USER_MISSING, true, "userdel -r U 2>/dev/null"),
    SUDO_MISSING(Cause.SUDO_MISSING, false, "rm -f /etc/sudoers.d/fettle-U");

    private final Cause cause;
    private final boolean shutsOut;
    private final String script;

    Injected(Cause cause, boolean shutsOut, String script) {
      this.cause = cause;
      this.shutsOut = shutsOut;
      this.script = script;
    }
  }

  /** An account as declared, on an sshd that lets everybody in. */
  private static void given(String user, int uid) {
    bed.sshd.user(user, "Pw-9-ok");
    bed.sshd.sh(
        """
        sed -i 's/^%1$s:x:[0-9]*:/%1$s:x:%2$d:/' /etc/passwd
        chown -R %1$s: /home/%1$s
        usermod -s /bin/bash %1$s
        printf '%1$s ALL=(ALL:ALL) NOPASSWD: ALL\\n' >/etc/sudoers.d/fettle-%1$s
        chmod 440 /etc/sudoers.d/fettle-%1$s
        """
            .formatted(user, uid));
  }

  private static void inject(String script, String user) {
    bed.sshd.sh(
        script
            .replace("U ", user + " ")
            .replaceAll("\\bU\\b", user)
            .replace("CONF", bed.sshd.config().toString())
            .replace("PID", "" + bed.sshd.pid()));
  }

  private static MachineDoc machine(String user, int uid) {
    return AccountBed.declared(
        "{'name':'%s','uid':%d,'shell':'/bin/bash','keys':['%s'],'sudo':true,'expires':'never','password':'none','unbar':true}"
            .formatted(user, uid, bed.sshd.publicKey()));
  }

  private static Reading reading(MachineDoc machine) {
    List<Reading> readings = bed.check(machine);
    assertThat(readings).hasSize(1);
    return readings.getFirst();
  }

  private static List<?> causes(Reading reading) {
    return (List<?>) reading.evidence().getOrDefault("causes", List.of());
  }

  @ParameterizedTest
  @EnumSource
  void isFoundRepairedAndProven(Injected fault) {
    String user = "u" + fault.ordinal();
    int uid = 3000 + fault.ordinal();
    MachineDoc machine = machine(user, uid);
    given(user, uid);
    assertThat(reading(machine).verdict()).as("%s", reading(machine)).isEqualTo(Verdict.OK);

    inject(fault.script, user);

    assertThat(bed.logsIn(user)).isEqualTo(!fault.shutsOut);
    Reading bad = reading(machine);
    assertThat(bad.verdict()).isEqualTo(Verdict.BAD);
    assertThat(causes(bad)).asString().contains(fault.cause.word());
    assertThat(bed.action().probe(bed.context(machine, user, Map.of()))).isEqualTo(Presence.ABSENT);

    Action.Result result = bed.repair(machine, user);

    assertThat(result).as("%s", bed.transcript).isInstanceOf(Action.Result.Done.class);
    Reading good = reading(machine);
    assertThat(good.verdict()).as("%s", good).isEqualTo(Verdict.OK);
    assertThat(bed.logsIn(user)).isTrue();
    assertThat(bed.sshd.sh("sudo -n -l -U " + user)).contains("NOPASSWD: ALL");
    inject("sed -i -E '/^(Allow|Deny)Users/d' CONF; kill -HUP PID; sleep 0.5", user);
  }

  /** The declaration says nothing of what stands in the way: found, named, and left alone. */
  @ParameterizedTest
  @EnumSource(
      names = {
        "EXPIRED",
        "CHANGE_FORCED",
        "PASSWORD_EXPIRED",
        "SHELL_REFUSES",
        "SHELL_MISSING",
        "NOLOGIN",
        "LIMIT_ZERO",
        "DENIED",
        "NOT_ALLOWED",
        "USER_MISSING"
      })
  void whatIsNotDeclaredIsNamedAndLeftAlone(Injected fault) {
    String user = "v" + fault.ordinal();
    given(user, 3100 + fault.ordinal());
    MachineDoc machine =
        AccountBed.declared("{'name':'%s','keys':['%s']}".formatted(user, bed.sshd.publicKey()));
    inject(fault.script, user);
    String before = settings();
    Reading bad = reading(machine);
    assertThat(bad.verdict()).isEqualTo(Verdict.BAD);
    assertThat(causes(bad)).asString().contains(fault.cause.word());
    assertThat(bad.evidence().get("repairable")).asString().doesNotContain(fault.cause.word());

    bed.repair(machine, user);

    assertThat(settings()).isEqualTo(before);
    assertThat(causes(reading(machine))).asString().contains(fault.cause.word());
    inject(
        "rm -f /etc/nologin /etc/security/limits.d/x.conf; sed -i -E '/^(Allow|Deny)Users/d' CONF; kill -HUP PID",
        user);
  }

  private static String settings() {
    return bed.sshd.sh(
        "cat /etc/passwd /etc/shadow /etc/group %s /etc/security/limits.d/* 2>/dev/null || true; ls -l /etc/nologin* 2>/dev/null || true"
            .formatted(bed.sshd.config()));
  }

  /** pam_faillock's own file: 64 bytes a failure, 52 of them its source, the last 8 its time. */
  private static void failures(String user, String source, int secondsAgo) {
    bed.sshd.sh(
        """
        python3 - <<'P'
        import struct
        f = '/run/faillock/%s'
        b = bytearray(open(f, 'rb').read())
        for i in range(0, len(b), 64):
            b[i:i + 52] = b'%s'.ljust(52, b'\\0')
            at = struct.unpack('<Q', b[i + 56:i + 64])[0]
            b[i + 56:i + 64] = struct.pack('<Q', at - %d)
        open(f, 'wb').write(b)
        P
        """
            .formatted(user, source, secondsAgo));
  }

  @Test
  void aTallyOfWrongPasswordsIsResetOnceTheyHaveStopped() {
    bed.sshd.user("tally", "Pw-tally-9");
    bed.sshd.sh("sed -i 's/unlock_time=600/unlock_time=never/' /etc/pam.d/sshd");
    MachineDoc machine = AccountBed.declared("{'name':'tally'}");
    for (int i = 0; i < 4; i++) bed.logsInBy("tally", "wrong");
    assertThat(bed.logsInBy("tally", "Pw-tally-9")).isFalse();
    Reading going = reading(machine);
    assertThat(causes(going)).asString().contains("faillock");
    assertThat(going.evidence().get("details")).asString().contains("they may be going on");
    assertThat(bed.action().refuses(bed.context(machine, "tally", going.evidence()))).isPresent();
    assertThat(bed.repair(machine, "tally")).isInstanceOf(Action.Result.Failed.class);
    assertThat(bed.logsInBy("tally", "Pw-tally-9")).isFalse();

    failures("tally", "203.0.113.9", 1_000);
    assertThat(reading(machine).evidence().get("details")).asString().contains("from outside");
    assertThat(bed.repair(machine, "tally")).isInstanceOf(Action.Result.Failed.class);

    failures("tally", "10.1.2.3", 0);
    assertThat(reading(machine).evidence().get("repairable")).asString().contains("faillock");
    assertThat(bed.repair(machine, "tally")).isInstanceOf(Action.Result.Done.class);

    assertThat(bed.logsInBy("tally", "Pw-tally-9")).isTrue();
    assertThat(bed.transcript).noneMatch(line -> line.contains("Pw-tally-9"));
    bed.sshd.sh("sed -i 's/unlock_time=never/unlock_time=600/' /etc/pam.d/sshd");
  }

  @Test
  void aLockThatHasEndedByItselfIsNoCause() {
    bed.sshd.user("later", "Pw-later-9");
    for (int i = 0; i < 4; i++) bed.logsInBy("later", "wrong");
    assertThat(causes(reading(AccountBed.declared("{'name':'later'}"))))
        .asString()
        .contains("faillock");

    failures("later", "10.1.2.3", 601);

    assertThat(causes(reading(AccountBed.declared("{'name':'later'}")))).isEmpty();
    assertThat(bed.logsInBy("later", "Pw-later-9")).isTrue();
  }

  @Test
  void whatAPersonMustDecideIsFoundAndLeftAlone() {
    bed.sshd.user("left", "Pw-left-9");
    bed.sshd.user("other", "Pw-other-9");
    String key = "'keys':['" + bed.sshd.publicKey() + "']";
    MachineDoc machine = AccountBed.declared("{'name':'left'," + key + "}");

    inject("echo '-:left:ALL' >>/etc/security/access.conf", "left");
    leavesAlone(machine, "access_conf");
    bed.sshd.sh("sed -i '$d' /etc/security/access.conf");

    bed.sshd.sh("sed -i \"s/^left:x:[0-9]*:/left:x:$(id -u other):/\" /etc/passwd");
    leavesAlone(machine, "uid_clash");
    bed.sshd.sh("sed -i s/^left:x:[0-9]*:/left:x:3999:/ /etc/passwd; chown -R left: /home/left");

    leavesAlone(AccountBed.declared("{'name':'left','uid':4242," + key + "}"), "uid_wrong");

    inject("mv /home/left/.ssh /home/left/real; ln -s real /home/left/.ssh", "left");
    assertThat(causes(reading(machine))).asString().contains("symlink");
    bed.repair(machine, "left");
    assertThat(bed.sshd.sh("readlink /home/left/.ssh")).isEqualTo("real\n");
    bed.sshd.sh("rm /home/left/.ssh; mv /home/left/real /home/left/.ssh");

    inject("chage -d 0 left", "left");
    leavesAlone(machine, "change_forced");
    bed.sshd.sh("chage -d $(date +%F) left");

    inject(
        "echo 'left ALL=(ALL) NOPASSWD ALL' >/etc/sudoers.d/bad; chmod 440 /etc/sudoers.d/bad",
        "left");
    leavesAlone(AccountBed.declared("{'name':'left','sudo':true," + key + "}"), "sudoers_broken");
    bed.sshd.sh("rm /etc/sudoers.d/bad");
  }

  private static void leavesAlone(MachineDoc machine, String cause) {
    Reading reading = reading(machine);
    assertThat(causes(reading)).asString().contains(cause);
    String before =
        bed.sshd.sh(
            "cat /etc/passwd /etc/shadow /etc/security/access.conf /etc/sudoers.d/*|| true");
    assertThat(bed.repair(machine, "left")).isInstanceOf(Action.Result.Failed.class);
    assertThat(
            bed.sshd.sh(
                "cat /etc/passwd /etc/shadow /etc/security/access.conf /etc/sudoers.d/*|| true"))
        .isEqualTo(before);
    assertThat(bed.action().refuses(bed.context(machine, "left", reading.evidence()))).isPresent();
  }

  @Test
  void rootLeaversAndTheUndeclaredAreNeverTouched() {
    RepairAccount repair = bed.action();
    MachineDoc machine =
        AccountBed.declared(
            "{'name':'root'},{'name':'gone','expires':'2020-01-01'},{'name':'bad name; rm -rf /'}");
    for (String name : List.of("root", "gone", "bad name; rm -rf /", "nobody-declared"))
      assertThat(repair.refuses(bed.context(machine, name, Map.of()))).as(name).isPresent();
    bed.sshd.sh("useradd -o -u 0 -m -s /usr/sbin/nologin toor");
    MachineDoc clone = AccountBed.declared("{'name':'toor','shell':'/bin/bash'}");
    assertThat(bed.repair(clone, "toor")).isInstanceOf(Action.Result.Failed.class);
    assertThat(bed.sshd.sh("getent passwd toor")).contains("nologin");
    bed.sshd.sh("userdel -f -r toor 2>/dev/null || sed -i /^toor:/d /etc/passwd /etc/shadow");
  }

  @Test
  void aLinkOnTheWayToTheKeysLeadsRootNowhere() {
    bed.sshd.user("linker", "Pw-linker-9");
    bed.sshd.sh(
        "rm -r /home/linker/.ssh; ln -s /root/.ssh /home/linker/.ssh; chown -h linker: /home/linker/.ssh");
    String look = "stat -c '%n %U %a' /root/.ssh /root/.ssh/authorized_keys";
    String before = bed.sshd.sh(look);
    MachineDoc machine =
        AccountBed.declared("{'name':'linker','keys':['" + bed.sshd.publicKey() + "']}");

    assertThat(bed.repair(machine, "linker")).isInstanceOf(Action.Result.Failed.class);

    assertThat(bed.sshd.sh(look)).isEqualTo(before).contains("root");
  }

  @Test
  void aHomeThatIsAnothersIsNotTakenOver() {
    bed.sshd.user("mine", "Pw-mine-9");
    bed.sshd.user("yours", "Pw-yours-9");
    bed.sshd.sh("chown yours: /home/mine");
    MachineDoc machine =
        AccountBed.declared("{'name':'mine','keys':['" + bed.sshd.publicKey() + "']}");
    assertThat(causes(reading(machine))).asString().contains("home_open");

    assertThat(bed.repair(machine, "mine")).isInstanceOf(Action.Result.Failed.class);

    assertThat(bed.sshd.sh("stat -c %U /home/mine")).isEqualTo("yours\n");
    assertThat(bed.transcript).anyMatch(line -> line.contains("belongs to yours"));
  }
}
