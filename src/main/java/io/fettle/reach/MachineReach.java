package io.fettle.reach;

import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.Register;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Endpoint;
import io.fettle.secret.Credential;
import io.fettle.secret.Credential.Kind;
import io.fettle.secret.Secrets;
import io.fettle.transport.HostKeys;
import io.fettle.transport.ipmi.Ipmi;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiTalk;
import io.fettle.transport.ipmi.IpmiTarget;
import io.fettle.transport.ssh.Ssh;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshCopy;
import io.fettle.transport.ssh.SshOutcome;
import io.fettle.transport.ssh.SshTarget;
import io.fettle.transport.tcp.Tcp;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Address from the register, credential by assignment; the transports keep the limits. */
@Service
class MachineReach implements Reach {
  private static final Duration PROBE = Duration.ofSeconds(2);

  private final Register register;
  private final Assignments assignments;
  private final Known known;
  private final Secrets secrets;
  private final HostKeys hostKeys;
  private final Ssh ssh;
  private final Ipmi ipmi;
  private final Tcp tcp;

  MachineReach(
      Register register,
      Assignments assignments,
      Known known,
      Secrets secrets,
      HostKeys hostKeys,
      Ssh ssh,
      Ipmi ipmi,
      Tcp tcp) {
    this.register = register;
    this.assignments = assignments;
    this.known = known;
    this.secrets = secrets;
    this.hostKeys = hostKeys;
    this.ssh = ssh;
    this.ipmi = ipmi;
    this.tcp = tcp;
  }

  @Override
  public Reach near(Collection<AssetId> machines) {
    Map<AssetId, MachineCard> cards = register.cards(machines);
    List<Endpoint> endpoints =
        cards.values().stream().map(MachineCard::ssh).filter(Objects::nonNull).toList();
    Known read =
        new Known.Read(cards, assignments.of(cards.values()), hostKeys.of(endpoints), secrets);
    return new MachineReach(register, assignments, read, secrets, hostKeys, ssh, ipmi, tcp);
  }

  @Override
  public SshOutcome ssh(AssetId machine, SshCommand command) {
    return loggedIn(machine, target -> ssh.run(target, command));
  }

  @Override
  public SshOutcome copy(AssetId machine, SshCopy copy) {
    return loggedIn(machine, target -> ssh.copy(target, copy));
  }

  private SshOutcome loggedIn(AssetId machine, Function<SshTarget, SshOutcome> errand) {
    Optional<MachineCard> card = known.card(machine);
    Endpoint endpoint = card.map(MachineCard::ssh).orElse(null);
    if (card.isEmpty() || endpoint == null) return noAddress();
    Optional<SshTarget> target = target(card.get(), endpoint);
    if (target.isEmpty())
      return failed(SshOutcome.Kind.NO_CREDENTIAL, "No SSH credential is assigned to this machine");
    try {
      return errand.apply(target.get());
    } finally {
      clear(target.get().privateKey());
      clear(target.get().password());
    }
  }

  @Override
  public SshOutcome sshAs(AssetId machine, String user, char[] privateKey, SshCommand command) {
    return known
        .card(machine)
        .map(MachineCard::ssh)
        .map(endpoint -> ssh.run(new SshTarget(endpoint, user, privateKey, null), command))
        .orElseGet(MachineReach::noAddress);
  }

  private static SshOutcome noAddress() {
    return failed(SshOutcome.Kind.NO_ADDRESS, "The register knows no address of this machine");
  }

  /** A key's user may need a password for sudo: that of a password assigned for the same user. */
  private Optional<SshTarget> target(MachineCard card, Endpoint endpoint) {
    List<Assignment> inOrder = known.assigned(card);
    Optional<Credential> login =
        Assignments.first(inOrder, Kind.SSH_KEY, Kind.SSH_PASSWORD).flatMap(known::open);
    return login.map(credential -> {
      if (credential.kind() == Kind.SSH_PASSWORD)
        return new SshTarget(
            endpoint, credential.user(), null, credential.secret(), known.hostKeys());
      char[] sudo =
          inOrder.stream()
              .filter(a -> a.kind() == Kind.SSH_PASSWORD)
              .flatMap(a -> known.open(a).stream())
              .filter(c -> c.user().equals(credential.user()))
              .findFirst()
              .map(Credential::secret)
              .orElse(null);
      return new SshTarget(
          endpoint, credential.user(), credential.secret(), sudo, known.hostKeys());
    });
  }

  @Override
  public SshOutcome sshWithCardPassword(AssetId machine, SshCommand command) {
    Optional<Credential> credential = known.card(machine).flatMap(this::cardCredential);
    if (credential.isEmpty())
      return failed(SshOutcome.Kind.NO_CREDENTIAL, "No BMC credential is assigned to this machine");
    String password = new String(credential.get().secret());
    clear(credential.get().secret());
    if (password.isEmpty() || password.indexOf('\n') >= 0)
      return failed(SshOutcome.Kind.NO_CREDENTIAL, "The BMC credential's password is not one line");
    String end = "END_" + UUID.randomUUID().toString().replace('-', '_');
    String script =
        "card_password() { cat <<'%s'\n%s\n%s\n}\n%s"
            .formatted(end, password, end, command.script());
    SshOutcome outcome =
        ssh(
            machine,
            new SshCommand(
                script, true, command.limit(), command.outputLimit(), command.mayStart()));
    return outcome
            instanceof SshOutcome.Ran(int exit, String out, String err, boolean cut, Duration took)
        ? new SshOutcome.Ran(
            exit, out.replace(password, "***"), err.replace(password, "***"), cut, took)
        : outcome;
  }

  @Override
  public Optional<String> cardUser(AssetId machine) {
    return known
        .card(machine)
        .flatMap(this::cardCredential)
        .map(credential -> {
          clear(credential.secret());
          return credential.user();
        });
  }

  private Optional<Credential> cardCredential(MachineCard card) {
    return Assignments.first(known.assigned(card), Kind.BMC).flatMap(known::open);
  }

  @Override
  public Set<AssetId> assigned(Way way, Collection<MachineCard> machines) {
    Kind[] kinds =
        switch (way) {
          case SSH -> new Kind[] {Kind.SSH_KEY, Kind.SSH_PASSWORD};
          case CARD -> new Kind[] {Kind.BMC};
        };
    return assignments.of(machines).entrySet().stream()
        .filter(e -> Assignments.first(e.getValue(), kinds).isPresent())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  @Override
  public <T> T ipmi(AssetId machine, IpmiTalk<T> talk) throws IpmiFailure {
    Optional<MachineCard> card = known.card(machine);
    Endpoint endpoint = card.map(MachineCard::bmc).orElse(null);
    if (card.isEmpty() || endpoint == null)
      throw new IpmiFailure(
          IpmiFailure.Kind.NO_ADDRESS, "The register knows no management card address");
    Credential credential =
        cardCredential(card.get())
            .orElseThrow(() ->
                new IpmiFailure(
                    IpmiFailure.Kind.NO_CREDENTIAL,
                    "No BMC credential is assigned to this machine"));
    try {
      return ipmi.talk(new IpmiTarget(endpoint, credential.user(), credential.secret()), talk);
    } finally {
      clear(credential.secret());
    }
  }

  @Override
  public boolean cardAnswers(AssetId machine) throws IpmiFailure {
    Endpoint endpoint = known.card(machine).map(MachineCard::bmc).orElse(null);
    return endpoint != null && ipmi.answers(endpoint, PROBE);
  }

  @Override
  public Tcp.Answer tcp(AssetId machine, int port) {
    return known
        .card(machine)
        .map(MachineCard::ssh)
        .map(ssh -> tcp.probe(port == 0 ? ssh : new Endpoint(ssh.host(), port), PROBE))
        .orElse(Tcp.Answer.SILENT);
  }

  private static SshOutcome failed(SshOutcome.Kind kind, String why) {
    return new SshOutcome.Failed(kind, why, Duration.ZERO);
  }

  private static void clear(char @Nullable [] secret) {
    if (secret != null) Arrays.fill(secret, '\0');
  }
}
