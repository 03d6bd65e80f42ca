package io.fettle.monitoring.check;

import io.fettle.cmdb.MachineDoc;
import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiRequest;
import io.fettle.transport.ssh.SshOutcome;
import io.fettle.transport.tcp.Tcp;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One visit to one machine, shared by all checks due at it: at most one SSH exec and one BMC
 * session, opened only when a check asks.
 */
public interface Visit {
  MachineDoc machine();

  Instant at();

  /**
   * True when somebody waits for this look (a verification, a probe before an action, a person's
   * try); false for a scheduled one, which may put off what is costly to repeat.
   */
  default boolean asked() {
    return false;
  }

  /** How the visit's SSH exec went; runs it when no section has been asked for yet. */
  SshOutcome ssh();

  /**
   * This check's section; empty when the exec did not run to its end (see {@link #ssh()}) or the
   * check has none.
   */
  Optional<Section> section(Check check);

  /** Sends one command out of band in the visit's BMC session. */
  IpmiAnswer ipmi(IpmiRequest request) throws IpmiFailure;

  /**
   * True when the card answers anybody at all (no log-in).
   *
   * @throws IpmiFailure BUSY when it was not asked
   */
  boolean cardAnswers() throws IpmiFailure;

  /** Probes a TCP port of the machine; 0 is its SSH port. */
  Tcp.Answer tcp(int port);

  /**
   * Claims facts in the CMDB under this check's source; the same one write path as everything else.
   */
  void claim(String facet, Map<String, Object> doc, boolean outOfBand);

  /** Reads JSON without throwing; empty when it is none. */
  Optional<JsonNode> json(String text);

  /** Output of one section. */
  record Section(int exit, String out, String err) {}
}
