package io.fettle.pack.account;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.monitoring.check.Visit;
import io.fettle.reach.Reach;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import io.fettle.remediation.action.Leases;
import io.fettle.support.RealSshd;
import io.fettle.support.SettableClock;
import io.fettle.support.Shell;
import io.fettle.support.TestPostgres;
import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiRequest;
import io.fettle.transport.ipmi.IpmiTalk;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import io.fettle.transport.ssh.SshTarget;
import io.fettle.transport.ssh.TestSsh;
import io.fettle.transport.tcp.Tcp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A machine with real OpenSSH and PAM, and the check and the action put on it by hand. */
final class AccountBed implements AutoCloseable {
  private static final String PAM =
      """
      cat >/etc/pam.d/sshd <<'C'
      auth required pam_faillock.so preauth deny=3 unlock_time=600
      auth [success=1 default=ignore] pam_unix.so nullok
      auth [default=die] pam_faillock.so authfail deny=3 unlock_time=600
      auth required pam_permit.so
      account required pam_nologin.so
      account required pam_access.so
      account required pam_faillock.so
      account required pam_unix.so
      session required pam_limits.so
      session required pam_unix.so
      C
      """;

  final RealSshd sshd;
  final List<String> transcript = new ArrayList<>();

  /** Runs right before a log-in as another user, while the one-time line is there. */
  Runnable logIn = () -> {};

  /** Why nothing may be begun on the machine now; null while it may. */
  @Nullable Problem barred;

  /** What was written down before a proof outside a run, and how often the lease was held. */
  final List<String> record = new ArrayList<>();

  final SettableClock clock = new SettableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  final UnprovenTable unproven = new UnprovenTable(JdbcClient.create(TestPostgres.fresh()));
  private final LoginProofs proofs =
      new LoginProofs(
          new BedReach(),
          this::lease,
          (who, action, object, reason, details) -> record.add(action + " " + object + " " + who),
          unproven,
          TransactionOperations.withoutTransaction(),
          clock);
  private final TestSsh ssh = new TestSsh();
  private final Path key;

  AccountBed(String... config) {
    sshd = RealSshd.start(config);
    sshd.rootKey();
    sshd.sh(PAM);
    try {
      key =
          Files.createTempFile(
              "bed",
              ".key",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(key, new String(sshd.key()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A real log-in by key with OpenSSH's client. */
  boolean logsIn(String user) {
    Shell.Ran ran =
        Shell.tryRun(
            List.of(
                "ssh",
                "-F",
                "none",
                "-p",
                "" + sshd.endpoint().port(),
                "-i",
                key.toString(),
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-o",
                "LogLevel=ERROR",
                "-o",
                "BatchMode=yes",
                "-o",
                "ConnectTimeout=20",
                user + "@" + sshd.endpoint().host(),
                "echo LOGIN-OK"));
    return ran.exit() == 0 && ran.out().contains("LOGIN-OK");
  }

  /** A log-in by password with OpenSSH's client. */
  boolean logsInBy(String user, String password) {
    Shell.Ran ran =
        Shell.tryRun(
            List.of(
                "sshpass",
                "-p",
                password,
                "ssh",
                "-F",
                "none",
                "-p",
                "" + sshd.endpoint().port(),
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-o",
                "LogLevel=ERROR",
                "-o",
                "PubkeyAuthentication=no",
                "-o",
                "NumberOfPasswordPrompts=1",
                user + "@" + sshd.endpoint().host(),
                "echo LOGIN-OK"));
    return ran.exit() == 0 && ran.out().contains("LOGIN-OK");
  }

  /** The machine's document with these accounts declared, in JSON with single quotes. */
  static MachineDoc declared(String accounts) {
    JsonNode doc =
        JsonMapper.shared()
            .readTree("{'intent':{'accounts':[%s]}}".formatted(accounts).replace('\'', '"'));
    return new MachineDoc(new AssetId(new UUID(0, 1)), doc, 1);
  }

  private Leases.Lease lease(AssetId machine, Duration limit, Runnable write) {
    if (barred != null) throw barred;
    write.run();
    record.add("leased");
    Instant end = clock.instant().plusSeconds(60);
    return new Leases.Lease() {
      @Override
      public Instant sendBefore() {
        return end;
      }

      @Override
      public void close() {
        record.add("released");
      }
    };
  }

  /** What the check says of the machine to somebody who waits for it. */
  List<Reading> check(MachineDoc machine) {
    return new AccountLoginCheck(proofs).judge(new BedVisit(machine, true));
  }

  /** What the check says of the machine on a scheduled visit. */
  List<Reading> scheduled(MachineDoc machine) {
    return new AccountLoginCheck(proofs).judge(new BedVisit(machine, false));
  }

  RepairAccount action() {
    return new RepairAccount(proofs, Clock.systemUTC());
  }

  /** Runs the action for one account. */
  Action.Result repair(MachineDoc machine, String account) {
    return action().run(context(machine, account, Map.of()));
  }

  ActionContext context(MachineDoc machine, String account, Map<String, Object> evidence) {
    return new BedContext(machine, account, evidence);
  }

  /** The facts of one account, as the check and the action read them. */
  Facts facts(String account) {
    Facts facts = survey(account).get(account);
    if (facts == null) throw new IllegalStateException("the machine said nothing of " + account);
    return facts;
  }

  private Map<String, Facts> survey(String account) {
    SshOutcome outcome = root(SshCommand.asRoot(AccountSurvey.script(List.of(account))));
    return outcome instanceof SshOutcome.Ran ran ? Facts.read(ran.out()) : Map.of();
  }

  SshOutcome root(SshCommand command) {
    return ssh.run(new SshTarget(sshd.endpoint(), "root", sshd.key(), null), command);
  }

  @Override
  public void close() {
    ssh.close();
    sshd.close();
    key.toFile().delete();
  }

  private final class BedReach implements Reach {
    @Override
    public SshOutcome ssh(AssetId machine, SshCommand command) {
      return root(command);
    }

    @Override
    public SshOutcome sshAs(AssetId machine, String user, char[] privateKey, SshCommand command) {
      logIn.run();
      return ssh.run(new SshTarget(sshd.endpoint(), user, privateKey, null), command);
    }

    @Override
    public <T> T ipmi(AssetId machine, IpmiTalk<T> talk) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean cardAnswers(AssetId machine) {
      return false;
    }

    @Override
    public Tcp.Answer tcp(AssetId machine, int port) {
      return Tcp.Answer.OPEN;
    }
  }

  private final class BedContext implements ActionContext {
    private final MachineDoc machine;
    private final String account;
    private final Map<String, Object> evidence;

    private BedContext(MachineDoc machine, String account, Map<String, Object> evidence) {
      this.machine = machine;
      this.account = account;
      this.evidence = evidence;
    }

    @Override
    public MachineDoc machine() {
      return machine;
    }

    @Override
    public String component() {
      return account;
    }

    @Override
    public Map<String, Object> params() {
      return Map.of();
    }

    @Override
    public Map<String, Object> evidence() {
      return evidence;
    }

    @Override
    public Reach reach() {
      return new BedReach();
    }

    @Override
    public boolean late() {
      return false;
    }

    @Override
    public boolean mayLeave() {
      return true;
    }

    @Override
    public void transcript(String line) {
      transcript.add(line);
    }
  }

  private final class BedVisit implements Visit {
    private final MachineDoc machine;
    private final boolean asked;
    private final SshOutcome outcome;

    private BedVisit(MachineDoc machine, boolean asked) {
      this.machine = machine;
      this.asked = asked;
      String script = new AccountLoginCheck(proofs).section(machine).orElse("true");
      this.outcome = root(SshCommand.asRoot(script));
    }

    @Override
    public MachineDoc machine() {
      return machine;
    }

    @Override
    public Instant at() {
      return Instant.now();
    }

    @Override
    public boolean asked() {
      return asked;
    }

    @Override
    public SshOutcome ssh() {
      return outcome;
    }

    @Override
    public Optional<Section> section(Check check) {
      return outcome instanceof SshOutcome.Ran ran
          ? Optional.of(new Section(ran.exit(), ran.out(), ran.err()))
          : Optional.empty();
    }

    @Override
    public IpmiAnswer ipmi(IpmiRequest request) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean cardAnswers() {
      return false;
    }

    @Override
    public Tcp.Answer tcp(int port) {
      return Tcp.Answer.OPEN;
    }

    @Override
    public void claim(String facet, Map<String, Object> doc, boolean outOfBand) {}

    @Override
    public Optional<JsonNode> json(String text) {
      return Optional.empty();
    }
  }
}
