package io.fettle.transport.ipmi;

import io.fettle.transport.ipmi.wire.LanMessage;
import io.fettle.transport.ipmi.wire.Packet;
import io.fettle.transport.ipmi.wire.Suite;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Questions that need no log-in: does it speak IPMI 2.0, and which cipher suites. The list of
 * suites is asked together with the capabilities and waited for only briefly once these are there,
 * because many cards (and ipmi_sim) never answer it; suite 3, which the specification demands, is
 * then taken.
 */
final class CardProbe {
  private static final int APP = 0x06;
  private static final int CAPABILITIES = 0x38;
  private static final int CIPHER_SUITES = 0x54;
  private static final int MAX_PAGES = 8;

  private final Line line;
  private final IpmiSettings settings;

  CardProbe(Line line, IpmiSettings settings) {
    this.line = line;
    this.settings = settings;
  }

  /** True when anything that speaks IPMI answers within the limit. */
  boolean answers(Duration limit) throws InterruptedException {
    Duration wait = limit.dividedBy(3);
    return line.early(s -> capabilities(s, wait, 3)).isPresent();
  }

  /**
   * The best suite of the card.
   *
   * @throws IpmiFailure UNREACHABLE, NOT_IPMI_2 or NO_CIPHER
   */
  Suite suite() throws IpmiFailure, InterruptedException {
    Optional<Boolean> version2 =
        line.early(s -> capabilities(s, settings.attemptTimeout(), settings.retries() + 1));
    if (version2.isEmpty())
      throw new IpmiFailure(
          IpmiFailure.Kind.UNREACHABLE,
          "no answer from %s to %d packets".formatted(line.card(), settings.retries() + 1));
    if (!version2.get())
      throw new IpmiFailure(
          IpmiFailure.Kind.NOT_IPMI_2, line.card() + " answers IPMI 1.5 only, 2.0 is needed");
    Set<Integer> offered = suites();
    if (offered.isEmpty()) return Suite.SHA1;
    return Suite.best(offered)
        .orElseThrow(() ->
            new IpmiFailure(
                IpmiFailure.Kind.NO_CIPHER,
                line.card() + " offers cipher suites " + offered + ", not 3 or 17"));
  }

  private Optional<Boolean> capabilities(int sequence, Duration wait, int sendings)
      throws InterruptedException {
    byte[] data = {(byte) 0x8e, 0x04};
    LanMessage ask = LanMessage.request(APP, sequence, CAPABILITIES, data);
    return line.ask(
        () -> Packet.legacy(ask),
        p -> answer(p, ask).filter(a -> a.length >= 3 && a[0] == 0).map(a -> (a[2] & 0x80) != 0),
        wait,
        sendings);
  }

  private Set<Integer> suites() throws InterruptedException {
    byte[] records = new byte[16 * MAX_PAGES];
    int length = 0;
    for (int page = 0; page < MAX_PAGES; page++) {
      Optional<byte[]> part = page(page);
      if (part.isEmpty()) break;
      System.arraycopy(part.get(), 0, records, length, part.get().length);
      length += part.get().length;
      if (part.get().length < 16) break;
    }
    return read(Arrays.copyOf(records, length));
  }

  private Optional<byte[]> page(int page) throws InterruptedException {
    byte[] data = {0x0e, 0x00, (byte) (0x80 | page)};
    return line.early(sequence -> {
      LanMessage ask = LanMessage.request(APP, sequence, CIPHER_SUITES, data);
      return line.ask(
          () -> Packet.plain(Packet.IPMI, ask.bytes()),
          p -> answer(p, ask).map(CardProbe::records),
          settings.probeTimeout(),
          1);
    });
  }

  /** Suite records of one answer: after completion code and channel; none when refused. */
  private static byte[] records(byte[] answer) {
    if (answer[0] != 0 || answer.length < 2) return new byte[0];
    return Arrays.copyOfRange(answer, 2, Math.min(answer.length, 18));
  }

  /** Suite ids in records (IPMI 2.0, table 22-18): C0 id ... or C1 id oem3 ... */
  static Set<Integer> read(byte[] records) {
    Set<Integer> ids = new HashSet<>();
    for (int i = 0; i + 1 < records.length; i++)
      if ((records[i] & 0xff) == 0xc0) ids.add(records[i + 1] & 0xff);
    return ids;
  }

  private static Optional<byte[]> answer(Packet packet, LanMessage ask) {
    byte[] message =
        switch (packet) {
          case Packet.Legacy l -> l.message();
          case Packet.Plus p when p.type() == Packet.IPMI && p.session() == 0 -> p.payload();
          case Packet.Plus _, Packet.Presence _ -> new byte[0];
        };
    return LanMessage.parse(message).filter(m -> m.answers(ask)).map(LanMessage::data);
  }
}
