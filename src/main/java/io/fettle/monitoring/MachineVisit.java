package io.fettle.monitoring;

import io.fettle.cmdb.MachineDoc;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Visit;
import io.fettle.reach.Reach;
import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiRequest;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import io.fettle.transport.tcp.Tcp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One visit on the wire: one exec, one BMC session, each only when asked for. */
final class MachineVisit implements Visit, AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int OUTPUT_LIMIT = 1 << 20;

  private final MachineDoc machine;
  private final List<Check> checks;
  private final Reach reach;
  private final String nonce;
  private final Duration limit;
  private final Instant at;
  private final boolean asked;
  private final BmcTalk bmc;
  private final List<Claimed> claims = new ArrayList<>();
  private final Map<Integer, Tcp.Answer> ports = new HashMap<>();
  private @Nullable Ran ran;
  private @Nullable Boolean cardAnswers;

  /** Why nobody could ask: the visit's other checks do not wait for a place once more. */
  private @Nullable IpmiFailure cardNotAsked;

  /** A facet that a check read on the way. */
  record Claimed(String facet, Map<String, Object> doc, boolean outOfBand) {}

  /** How the exec went and what its sections said, by check. */
  private record Ran(SshOutcome outcome, Map<String, Section> sections) {}

  /**
   * @param checks those that share this visit
   * @param nonce see {@link VisitScript}
   * @param asked see {@link Visit#asked}
   */
  MachineVisit(
      MachineDoc machine,
      List<Check> checks,
      Reach reach,
      String nonce,
      Duration limit,
      Instant at,
      boolean asked) {
    this.machine = machine;
    this.checks = List.copyOf(checks);
    this.reach = reach;
    this.nonce = nonce;
    this.limit = limit;
    this.at = at;
    this.asked = asked;
    this.bmc = new BmcTalk(reach, machine.id());
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
  public boolean asked() {
    return asked;
  }

  @Override
  public SshOutcome ssh() {
    return ran().outcome();
  }

  @Override
  public Optional<Section> section(Check check) {
    return Optional.ofNullable(ran().sections().get(check.name()));
  }

  @Override
  public IpmiAnswer ipmi(IpmiRequest request) throws IpmiFailure {
    return bmc.send(request);
  }

  @Override
  public boolean cardAnswers() throws IpmiFailure {
    if (cardNotAsked != null) throw cardNotAsked;
    Boolean known = cardAnswers;
    if (known != null) return known;
    try {
      cardAnswers = known = reach.cardAnswers(machine.id());
      return known;
    } catch (IpmiFailure e) {
      cardNotAsked = e;
      throw e;
    }
  }

  @Override
  public Tcp.Answer tcp(int port) {
    return ports.computeIfAbsent(port, p -> reach.tcp(machine.id(), p));
  }

  @Override
  public void claim(String facet, Map<String, Object> doc, boolean outOfBand) {
    claims.add(new Claimed(facet, new HashMap<>(doc), outOfBand));
  }

  @Override
  public Optional<JsonNode> json(String text) {
    try {
      return Optional.of(JSON.readTree(text)).filter(node -> !node.isMissingNode());
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /** What was claimed so far; the list begins anew. */
  List<Claimed> takeClaims() {
    List<Claimed> taken = List.copyOf(claims);
    claims.clear();
    return taken;
  }

  @Override
  public void close() {
    bmc.close();
  }

  private Ran ran() {
    Ran known = ran;
    if (known == null) ran = known = run();
    return known;
  }

  private Ran run() {
    List<String> names = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (Check check : checks)
      section(check.section(machine))
          .ifPresent(text -> {
            names.add(check.name());
            texts.add(text);
          });
    VisitScript script = new VisitScript(nonce, texts);
    SshOutcome outcome =
        reach.ssh(machine.id(), new SshCommand(script.text(), true, limit, OUTPUT_LIMIT));
    Map<String, Section> sections = new HashMap<>();
    if (outcome instanceof SshOutcome.Ran done)
      script
          .answers(done.out(), done.err())
          .forEach((number, section) -> sections.put(names.get(number), section));
    return new Ran(outcome, sections);
  }

  private static Optional<String> section(Optional<String> text) {
    return text.filter(t -> !t.isBlank());
  }
}
