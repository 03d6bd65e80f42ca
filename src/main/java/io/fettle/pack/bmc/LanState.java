package io.fettle.pack.bmc;

import io.fettle.cmdb.MachineDoc;
import io.fettle.remediation.action.Foresight;
import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiRequest;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A card's LAN parameters as read (IPMI 2.0, table 23-4), and how they differ from what was
 * declared. What was not declared is right as it is.
 */
record LanState(int channel, List<Exchange> exchanges) {
  private static final int LAN = 0x0c;
  private static final int SET = 0x01;
  private static final int GET = 0x02;
  private static final int SOURCE_STATIC = 1;
  private static final int REVISION = 1;

  /** A parameter and where its intent is declared. */
  enum Parameter {
    SOURCE(4, 1, ""),
    ADDRESS(3, 4, "intent.bmc.address"),
    NETMASK(6, 4, "intent.bmc.netmask"),
    GATEWAY(12, 4, "intent.bmc.gateway"),
    MAC(5, 6, ""),
    VLAN(20, 2, "");

    private final int number;
    private final int length;
    private final String intent;

    Parameter(int number, int length, String intent) {
      this.number = number;
      this.length = length;
      this.intent = intent;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A parameter that is not as declared. */
  record Difference(Parameter parameter, byte[] is, byte[] should) {
    IpmiRequest write(int channel) {
      byte[] data = new byte[2 + should.length];
      data[0] = (byte) channel;
      data[1] = (byte) parameter.number;
      System.arraycopy(should, 0, data, 2, should.length);
      return new IpmiRequest(LAN, SET, data);
    }

    Foresight.Change change() {
      return new Foresight.Change(parameter.word(), show(parameter, is), show(parameter, should));
    }

    @Override
    public String toString() {
      return "%s is %s, should be %s"
          .formatted(parameter.word(), show(parameter, is), show(parameter, should));
    }
  }

  /** What to ask to know all parameters. */
  static List<IpmiRequest> questions(int channel) {
    List<IpmiRequest> all = new ArrayList<>();
    for (Parameter p : Parameter.values()) all.add(question(channel, p));
    return all;
  }

  private static IpmiRequest question(int channel, Parameter p) {
    return new IpmiRequest(LAN, GET, (byte) channel, (byte) p.number, (byte) 0, (byte) 0);
  }

  /** A parameter's bytes; empty when not read or of another length. */
  Optional<byte[]> value(Parameter p) {
    return exchanges.stream()
        .filter(e -> e.asked(question(channel, p)))
        .map(Exchange::answer)
        .filter(IpmiAnswer::ok)
        .map(IpmiAnswer::data)
        .filter(d -> d.length == REVISION + p.length)
        .map(d -> Arrays.copyOfRange(d, REVISION, d.length))
        .reduce((_, later) -> later);
  }

  /** All that could be read, in words. */
  Map<String, Object> words() {
    Map<String, Object> words = new LinkedHashMap<>();
    for (Parameter p : Parameter.values()) value(p).ifPresent(v -> words.put(p.word(), show(p, v)));
    return words;
  }

  /** What is not as declared; a declared address also wants the source to be static. */
  List<Difference> differences(MachineDoc machine) {
    List<Difference> all = new ArrayList<>();
    for (Parameter p : Parameter.values()) {
      Optional<byte[]> is = value(p);
      Optional<byte[]> should = declared(machine, p);
      if (is.isPresent() && should.isPresent() && !matches(p, is.get(), should.get()))
        all.add(new Difference(p, is.get(), should.get()));
    }
    return all;
  }

  private static boolean matches(Parameter p, byte[] is, byte[] should) {
    if (p == Parameter.SOURCE) return (is[0] & 0x0f) == should[0];
    return Arrays.equals(is, should);
  }

  private static Optional<byte[]> declared(MachineDoc machine, Parameter p) {
    if (p == Parameter.SOURCE)
      return declared(machine, Parameter.ADDRESS).map(_ -> new byte[] {SOURCE_STATIC});
    return p.intent.isEmpty() ? Optional.empty() : machine.text(p.intent).flatMap(LanState::ipv4);
  }

  private static Optional<byte[]> ipv4(String text) {
    try {
      return InetAddress.ofLiteral(text) instanceof Inet4Address a
          ? Optional.of(a.getAddress())
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String show(Parameter p, byte[] v) {
    return switch (p) {
      case SOURCE ->
          switch (v[0] & 0x0f) {
            case 1 -> "static";
            case 2 -> "dhcp";
            default -> "source " + (v[0] & 0x0f);
          };
      case ADDRESS, NETMASK, GATEWAY ->
          (v[0] & 0xff) + "." + (v[1] & 0xff) + "." + (v[2] & 0xff) + "." + (v[3] & 0xff);
      case MAC -> HexFormat.ofDelimiter(":").formatHex(v);
      case VLAN ->
          (v[1] & 0x80) == 0 ? "off" : Integer.toString((v[0] & 0xff) | (v[1] & 0x0f) << 8);
    };
  }
}
