package io.fettle.pack.host;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.AssetId;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.monitoring.check.Visit;
import io.fettle.reach.Reach;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import io.fettle.support.RealSshd;
import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiRequest;
import io.fettle.transport.ipmi.IpmiTalk;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import io.fettle.transport.ssh.SshTarget;
import io.fettle.transport.ssh.TestSsh;
import io.fettle.transport.tcp.Tcp;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A machine with a real OpenSSH in a mount namespace of its own, where file systems can be filled,
 * broken and mounted at will; checks and actions are put on it by hand.
 */
final class HostBed implements Reach, AutoCloseable {
  final RealSshd sshd = RealSshd.start();
  final List<String> transcript = new ArrayList<>();
  final Map<String, Object> claimed = new HashMap<>();
  private final TestSsh ssh = new TestSsh();
  private final char[] key = sshd.key();

  /** Another way to run a command than by SSH; null for SSH. */
  @Nullable Function<SshCommand, SshOutcome> instead;

  final MachineDoc machine =
      new MachineDoc(
          new AssetId(new UUID(0, 3)),
          JsonMapper.shared().readTree("{\"net\":{\"address\":\"x\"}}"),
          1);

  HostBed() {
    sshd.rootKey();
  }

  /** The check's readings by component, over one exec as in a real visit. */
  Map<String, Reading> look(Check check) {
    Instant before = Instant.now();
    SshOutcome outcome =
        ssh(machine.id(), SshCommand.asRoot(check.section(machine).orElse("true")));
    Map<String, Reading> readings = new HashMap<>();
    for (Reading reading : check.judge(new BedVisit(outcome, before)))
      readings.put(reading.component(), reading);
    return readings;
  }

  /** Refuses or runs the action on what a reading found. */
  Action.Result repair(Action action, Reading bad, Map<String, Object> params) {
    ActionContext context = context(bad, params);
    return action
        .refuses(context)
        .<Action.Result>map(Action.Result.Failed::new)
        .orElseGet(() -> action.run(context));
  }

  ActionContext context(Reading bad, Map<String, Object> params) {
    return new BedContext(bad, params);
  }

  /** An ext4 image with so many KiB and inodes mounted in the machine's namespace. */
  Path ext4(String target, int kib, int inodes) {
    Path image = sshd.config().resolveSibling("img" + target.replace('/', '-'));
    sshd.sh(
        """
        dd if=/dev/zero of='%1$s' bs=1024 count=%2$d 2>/dev/null
        mkfs.ext4 -q -F -O ^has_journal -m 0 -N %3$d '%1$s'
        mkdir -p '%4$s'
        mount -o loop '%1$s' '%4$s'
        """
            .formatted(image, kib, inodes, target));
    return image;
  }

  @Override
  public SshOutcome ssh(AssetId id, SshCommand command) {
    return instead != null
        ? instead.apply(command)
        : ssh.run(new SshTarget(sshd.endpoint(), "root", key, null), command);
  }

  @Override
  public <T> T ipmi(AssetId id, IpmiTalk<T> talk) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean cardAnswers(AssetId id) {
    return false;
  }

  @Override
  public Tcp.Answer tcp(AssetId id, int port) {
    return Tcp.Answer.REFUSED;
  }

  @Override
  public void close() {
    ssh.close();
    sshd.close();
  }

  private final class BedContext implements ActionContext {
    private final Reading bad;
    private final Map<String, Object> params;

    private BedContext(Reading bad, Map<String, Object> params) {
      this.bad = bad;
      this.params = params;
    }

    @Override
    public MachineDoc machine() {
      return machine;
    }

    @Override
    public String component() {
      return bad.component();
    }

    @Override
    public Map<String, Object> params() {
      return params;
    }

    @Override
    public Map<String, Object> evidence() {
      return bad.evidence();
    }

    @Override
    public Reach reach() {
      return HostBed.this;
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
    private final SshOutcome outcome;
    private final Instant at;

    private BedVisit(SshOutcome outcome, Instant at) {
      this.outcome = outcome;
      this.at = at;
    }

    @Override
    public MachineDoc machine() {
      return machine;
    }

    @Override
    public Instant at() {
      return at;
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
      return HostBed.this.tcp(machine.id(), port);
    }

    @Override
    public void claim(String facet, Map<String, Object> doc, boolean outOfBand) {
      claimed.put(facet, doc);
    }

    @Override
    public Optional<JsonNode> json(String text) {
      return Optional.empty();
    }
  }
}
