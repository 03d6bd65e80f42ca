package io.fettle.pack.bmc;

import io.fettle.kernel.Label;
import io.fettle.transport.ipmi.DeviceId;
import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiRequest;
import java.util.List;
import java.util.Optional;

/**
 * What a card is and how its port is set, worked out from the answers so far, whichever way they
 * came. Vendor bytes are asked only of a card that is known to take them.
 */
record Survey(List<Exchange> exchanges) {
  /** Get System Info, parameter DD: Dell's controller type. */
  static final IpmiRequest DELL_TYPE =
      new IpmiRequest(0x06, 0x59, (byte) 0, (byte) 0xdd, (byte) 2, (byte) 0);

  private static final int DELL_TYPE_OFFSET = 10;

  Survey {
    exchanges = List.copyOf(exchanges);
  }

  /** Makes whose NIC mode can be told. */
  enum Make {
    DELL("Dell"),
    SUPERMICRO("Supermicro"),
    OTHER("");

    private final String vendor;

    Make(String vendor) {
      this.vendor = vendor;
    }

    /** As the register writes it; empty when unknown. */
    String vendor() {
      return vendor;
    }
  }

  /** The next command to ask; empty when nothing more is to be learnt. */
  Optional<IpmiRequest> next() {
    if (answerTo(DeviceId.REQUEST).isEmpty()) return Optional.of(DeviceId.REQUEST);
    if (make() == Make.DELL && answerTo(DELL_TYPE).isEmpty()) return Optional.of(DELL_TYPE);
    return dialect().map(NicDialect::read).filter(r -> answerTo(r).isEmpty());
  }

  private Optional<IpmiAnswer> answerTo(IpmiRequest request) {
    return exchanges.stream()
        .filter(e -> e.asked(request))
        .map(Exchange::answer)
        .reduce((_, later) -> later);
  }

  Optional<DeviceId> device() {
    return answerTo(DeviceId.REQUEST).flatMap(DeviceId::of);
  }

  Make make() {
    return switch (device().map(DeviceId::manufacturer).orElse(0)) {
      case 674 -> Make.DELL;
      case 10_876, 47_488 -> Make.SUPERMICRO;
      default -> Make.OTHER;
    };
  }

  private int dellType() {
    return answerTo(DELL_TYPE)
        .filter(a -> a.ok() && a.data().length > DELL_TYPE_OFFSET)
        .map(a -> a.data()[DELL_TYPE_OFFSET] & 0xff)
        .orElse(0);
  }

  /** Dell's generation, 11 to 14; empty when unknown. */
  Optional<Integer> generation() {
    return switch (dellType()) {
      case 0x0a, 0x0b -> Optional.of(11);
      case 0x10, 0x11 -> Optional.of(12);
      case 0x20, 0x21, 0x22 -> Optional.of(13);
      case 0x30, 0x31, 0x32 -> Optional.of(14);
      default -> Optional.empty();
    };
  }

  /** The commands this card takes; empty when it is not known to take any. */
  Optional<NicDialect> dialect() {
    return switch (make()) {
      case DELL ->
          switch (dellType()) {
            case 0x0a -> Optional.of(NicDialect.DELL_11G);
            case 0x10, 0x20, 0x22, 0x30, 0x32 -> Optional.of(NicDialect.DELL_12G);
            default -> Optional.empty();
          };
      case SUPERMICRO -> Optional.of(NicDialect.SUPERMICRO);
      case OTHER -> Optional.empty();
    };
  }

  /** The mode as read last; empty when unknown. */
  Optional<NicMode> mode() {
    return dialect().flatMap(d -> answerTo(d.read()).flatMap(d::mode));
  }

  /** The mode's own bytes as read last; empty when unknown. */
  Optional<byte[]> setting() {
    return dialect().flatMap(d -> answerTo(d.read()).flatMap(d::setting));
  }

  /** True when a mode was read, so that writing in the same dialect is known to be understood. */
  boolean writable() {
    return mode().isPresent();
  }

  /** The card could not say now (busy, timed out, too little privilege): no judgement. */
  boolean undecided() {
    return exchanges.stream()
        .map(e -> e.answer().code())
        .anyMatch(c -> c == 0xc0 || c == 0xc3 || c == 0xd4 || c == 0xff);
  }

  /** Why nothing can be written; only meaningful when not {@link #writable}. */
  Label whyNot() {
    boolean modular =
        switch (dellType()) {
          case 0x0b, 0x11, 0x21, 0x31 -> true;
          default -> false;
        };
    if (modular)
      return new Label("刀片服务器的管理口由机箱决定，无法设置", "a blade's card has no port of its own to set");
    return switch (make()) {
      case DELL ->
          generation().isEmpty()
              ? new Label("Dell 机型代次未知", "Dell, generation unknown")
              : new Label("该卡拒绝回答网口模式", "the card refuses to tell its NIC mode");
      case SUPERMICRO ->
          new Label(
              "该 Supermicro 主板的应答不符合 X9 及以后的格式",
              "this Supermicro board does not answer as X9 and later do");
      case OTHER ->
          device()
              .map(d ->
                  new Label(
                      "厂商未知（厂商号 " + d.manufacturer() + "）",
                      "make unknown (manufacturer id " + d.manufacturer() + ")"))
              .orElse(new Label("厂商未知", "make unknown"));
    };
  }
}
