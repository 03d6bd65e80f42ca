package io.fettle.pack.bmc;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Endpoint;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Visit;
import io.fettle.reach.Reach;
import io.fettle.remediation.action.ActionContext;
import io.fettle.support.IpmiSim;
import io.fettle.support.Shell;
import io.fettle.transport.LabGuard;
import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiRequest;
import io.fettle.transport.ipmi.IpmiSettings;
import io.fettle.transport.ipmi.IpmiTalk;
import io.fettle.transport.ipmi.IpmiTarget;
import io.fettle.transport.ipmi.LanIpmi;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import io.fettle.transport.tcp.Tcp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One machine with a real card: its shell is this machine's own sh with an ipmitool that leads to
 * an ipmi_sim process, its network path is our own client to the same process.
 */
final class CardBench implements Reach, AutoCloseable {
  static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final JsonMapper JSON = new JsonMapper();

  final IpmiSim card;
  final LanIpmi ipmi;
  String password = IpmiSim.PASSWORD;
  String user = IpmiSim.USER;
  boolean shell = true;

  /** Another way to the machine's shell than this machine's own sh. */
  @Nullable Function<SshCommand, SshOutcome> shellOver;

  /** The lease has ended. */
  boolean late;

  /** The lease as the transport sees it, right before a change leaves. */
  BooleanSupplier mayLeave = () -> true;

  /** The card hears nothing over the network. */
  boolean deaf;

  final Path state;
  private Endpoint endpoint;
  private Path bin;
  final List<String> transcript = new ArrayList<>();
  final List<String> scripts = new ArrayList<>();
  final Map<String, Object> claimed = new HashMap<>();

  CardBench(IpmiSim card) {
    this.card = card;
    endpoint = card.endpoint();
    bin = card.inBand();
    try {
      state = Files.createTempDirectory("machine-state");
      ipmi =
          new LanIpmi(
              IpmiSettings.standard().patience(Duration.ofMillis(500), 1), new LabGuard(true));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static MachineDoc machine(String json) {
    return new MachineDoc(new AssetId(new UUID(0, 7)), JSON.readTree(json), 1);
  }

  @Override
  public SshOutcome ssh(AssetId machine, SshCommand command) {
    if (!command.mayStart().getAsBoolean())
      return new SshOutcome.Failed(SshOutcome.Kind.TOO_LATE, "too late", Duration.ZERO);
    scripts.add(command.script());
    if (!shell)
      return new SshOutcome.Failed(SshOutcome.Kind.REFUSED, "connection refused", Duration.ZERO);
    if (shellOver != null) return shellOver.apply(command);
    Shell.Ran ran =
        Shell.tryRun(
            List.of(
                "env",
                "PATH=" + bin + ":/usr/bin:/bin",
                "FETTLE_STATE=" + state,
                "setsid",
                "-w",
                "sh",
                "-c",
                command.script()));
    return new SshOutcome.Ran(ran.exit(), ran.out(), "", false, Duration.ZERO);
  }

  @Override
  public SshOutcome sshWithCardPassword(AssetId machine, SshCommand command) {
    String given = "card_password() { cat <<'END_7'\n" + password + "\nEND_7\n}\n";
    return ssh(machine, SshCommand.asRoot(given + command.script()).onlyWhile(command.mayStart()));
  }

  @Override
  public Optional<String> cardUser(AssetId machine) {
    return Optional.of(user);
  }

  private IpmiTarget target() {
    return new IpmiTarget(endpoint, user, password.toCharArray());
  }

  @Override
  public <T> T ipmi(AssetId machine, IpmiTalk<T> talk) throws IpmiFailure {
    return ipmi.talk(target(), talk);
  }

  @Override
  public boolean cardAnswers(AssetId machine) throws IpmiFailure {
    return !deaf && ipmi.answers(endpoint, Duration.ofMillis(300));
  }

  @Override
  public Tcp.Answer tcp(AssetId machine, int port) {
    return Tcp.Answer.SILENT;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** From now on the machine has another card than ipmi_sim's. */
  void has(Endpoint network, Path tool) {
    endpoint = network;
    bin = tool;
  }

  /** The machine's ipmitool does this instead when its arguments match the pattern. */
  void tool(String instead, String pattern) throws IOException {
    Path folder = Files.createTempDirectory("tool");
    Path tool = folder.resolve("ipmitool");
    Files.writeString(
        tool,
        "#!/bin/sh\ncase \"$*\" in\n%s) %s ;;\n*) exec %s/ipmitool \"$@\" ;;\nesac\n"
            .formatted(pattern.replace(" ", "\\ "), instead, card.inBand()));
    Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
    bin = folder;
  }

  ActionContext context(
      MachineDoc machine, Map<String, Object> params, Map<String, Object> evidence) {
    return new ActionContext() {
      @Override
      public MachineDoc machine() {
        return machine;
      }

      @Override
      public String component() {
        return "";
      }

      @Override
      public Map<String, Object> params() {
        return params;
      }

      @Override
      public Map<String, Object> evidence() {
        return evidence;
      }

      @Override
      public Reach reach() {
        return CardBench.this;
      }

      @Override
      public boolean late() {
        return late;
      }

      @Override
      public boolean mayLeave() {
        return !late && mayLeave.getAsBoolean();
      }

      @Override
      public void transcript(String line) {
        transcript.add(line);
      }
    };
  }

  Visit visit(MachineDoc machine) {
    return new Visit() {
      @Override
      public MachineDoc machine() {
        return machine;
      }

      @Override
      public Instant at() {
        return NOW;
      }

      @Override
      public SshOutcome ssh() {
        return CardBench.this.ssh(machine.id(), SshCommand.asRoot("true"));
      }

      @Override
      public Optional<Section> section(Check check) {
        SshOutcome outcome =
            CardBench.this.ssh(
                machine.id(), SshCommand.asRoot(check.section(machine).orElseThrow()));
        return outcome instanceof SshOutcome.Ran ran
            ? Optional.of(new Section(ran.exit(), ran.out(), ran.err()))
            : Optional.empty();
      }

      @Override
      public IpmiAnswer ipmi(IpmiRequest request) throws IpmiFailure {
        return CardBench.this.ipmi(machine.id(), s -> s.send(request));
      }

      @Override
      public boolean cardAnswers() throws IpmiFailure {
        return CardBench.this.cardAnswers(machine.id());
      }

      @Override
      public Tcp.Answer tcp(int port) {
        return Tcp.Answer.SILENT;
      }

      @Override
      public void claim(String facet, Map<String, Object> doc, boolean outOfBand) {
        claimed.put(facet, doc);
        claimed.put("out_of_band", outOfBand);
      }

      @Override
      public Optional<JsonNode> json(String text) {
        return Optional.empty();
      }
    };
  }

  @Override
  public void close() {
    try {
      ipmi.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    card.close();
  }
}
