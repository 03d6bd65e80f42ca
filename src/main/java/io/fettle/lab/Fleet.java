package io.fettle.lab;

import io.fettle.kernel.Endpoint;
import io.fettle.lab.bmc.BmcUser;
import io.fettle.lab.bmc.CardState;
import io.fettle.lab.bmc.CardState.Make;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A fleet that is always the same for the same seed: makes, models, racks, owners, addresses. */
final class Fleet {
  /**
   * Where machine 0 listens for SSH and IPMI; higher numbers follow in the second to fourth byte.
   */
  static final int SSH_NET = 40;

  static final int BMC_NET = 60;
  static final int SSH_PORT = 2222;

  static final int BMC_PORT = 6230;
  private static final int PER_RACK = 16;

  private record Kind(String vendor, String model, Make make, int weight) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("Dell", "PowerEdge R710", Make.DELL_11G, 20),
          new Kind("Dell", "PowerEdge R720", Make.DELL_12G, 20),
          new Kind("Dell", "PowerEdge R730xd", Make.DELL_13G, 22),
          new Kind("Dell", "PowerEdge R740", Make.DELL_14G, 20),
          new Kind("Supermicro", "SYS-6028R", Make.SUPERMICRO, 16),
          new Kind("Inspur", "NF5280M4", Make.UNKNOWN, 2));

  private static final String[][] OWNERS = {
    {"搜索", "搜索排序", "李雷 8001"},
    {"搜索", "搜索索引", "李雷 8001"},
    {"广告", "广告检索", "韩梅梅 8002"},
    {"支付", "支付账务", "王芳 8003"},
    {"存储", "对象存储", "赵强 8004"},
    {"数据平台", "离线计算", "孙丽 8005"}
  };

  private final List<SimMachine> machines = new ArrayList<>();

  /**
   * @param portOffset added to both usual ports, so that two labs can run side by side
   */
  Fleet(int count, long seed, int portOffset, Keys keys, Journal journal, Clock clock) {
    Random random = new Random(seed);
    for (int n = 0; n < count; n++)
      machines.add(machine(n, random, portOffset, keys, journal, clock));
  }

  /**
   * What opens its machines.
   *
   * @param account public key of the declared account
   */
  record Keys(String bmcPassword, String account) {}

  List<SimMachine> machines() {
    return machines;
  }

  /** The nth machine's address in a /8 slice of loopback: 127.net.x.y, 62,500 to a slice. */
  static String address(int net, int n) {
    return "127." + (net + n / 62_500) + "." + (n / 250) % 250 + "." + (n % 250 + 1);
  }

  private static SimMachine machine(
      int n, Random random, int portOffset, Keys keys, Journal journal, Clock clock) {
    Kind kind = pick(random);
    String[] owner = OWNERS[random.nextInt(OWNERS.length)];
    int rack = n / PER_RACK;
    String site = rack % 3 == 2 ? "酒仙桥" : "亦庄";
    String room = site.equals("亦庄") ? "2号楼-" + (1 + rack / 24) : "B" + (1 + rack / 24);
    String rackName = (char) ('A' + rack / 20 % 26) + "%02d".formatted(1 + rack % 20);
    byte[] mac = {(byte) 0xb0, 0x26, 0x28, (byte) (n >> 16), (byte) (n >> 8), (byte) n};
    String macText = java.util.HexFormat.ofDelimiter(":").formatHex(mac);
    SimMachine.Plate plate =
        new SimMachine.Plate(
            "ZC%06d".formatted(4000 + n),
            serial(random, kind),
            kind.vendor(),
            kind.model(),
            site,
            room,
            rackName,
            Integer.toString(2 + 2 * (n % PER_RACK)),
            owner[0],
            owner[1],
            owner[2],
            "srv-%05d.%s.example.net".formatted(n, site.equals("亦庄") ? "yz" : "jxq"),
            new Endpoint(address(SSH_NET, n), SSH_PORT + portOffset),
            new Endpoint(address(BMC_NET, n), BMC_PORT + portOffset),
            macText);
    CardState card =
        new CardState(
            clock,
            kind.make(),
            guid(n),
            lan(plate.bmc().host(), mac),
            List.of(BmcUser.administrator(2, "fettle", keys.bmcPassword())));
    card.sessions(8);
    return new SimMachine(plate, card, journal, clock, n % 2 == 0, keys.account());
  }

  private static Kind pick(Random random) {
    int at = random.nextInt(KINDS.stream().mapToInt(Kind::weight).sum());
    for (Kind kind : KINDS) {
      at -= kind.weight();
      if (at < 0) return kind;
    }
    return KINDS.getFirst();
  }

  private static String serial(Random random, Kind kind) {
    String letters = "BCDFGHJKLMNPQRSTVWXYZ0123456789";
    StringBuilder out =
        new StringBuilder(
            kind.vendor().equals("Dell")
                ? ""
                : kind.vendor().substring(0, 1).toUpperCase(java.util.Locale.ROOT));
    while (out.length() < (kind.vendor().equals("Dell") ? 7 : 12))
      out.append(letters.charAt(random.nextInt(letters.length())));
    return out.toString();
  }

  private static byte[] guid(int n) {
    return java.util.Arrays.copyOf(
        ("lab-card-%07d".formatted(n)).getBytes(StandardCharsets.US_ASCII), 16);
  }

  private static CardState.Lan lan(String address, byte[] hostMac) {
    String[] p = address.split("\\.");
    byte[] ip = {
      (byte) Integer.parseInt(p[0]),
      (byte) Integer.parseInt(p[1]),
      (byte) Integer.parseInt(p[2]),
      (byte) Integer.parseInt(p[3])
    };
    byte[] mac = hostMac.clone();
    mac[2] = 0x29;
    return new CardState.Lan(
        1,
        ip,
        new byte[] {(byte) 255, (byte) 255, (byte) 255, 0},
        new byte[] {ip[0], ip[1], ip[2], (byte) 254},
        mac,
        0);
  }

  private static String dotted(byte[] a) {
    return (a[0] & 0xff) + "." + (a[1] & 0xff) + "." + (a[2] & 0xff) + "." + (a[3] & 0xff);
  }

  /** The purchase list that a person would import, with Chinese headers. */
  String csv() {
    StringBuilder out =
        new StringBuilder(
            "资产号,序列号,厂商,型号,站点,机房,机柜,U位,主机名,IP,MAC,管理卡IP,管理卡模式,管理卡应有IP,管理卡掩码,管理卡网关,团队,业务,业务负责人\n");
    for (SimMachine machine : machines) {
      SimMachine.Plate p = machine.plate();
      out.append(
          String.join(
              ",",
              p.assetNo(),
              p.serial(),
              p.vendor(),
              p.model(),
              p.site(),
              p.room(),
              p.rack(),
              p.u(),
              p.hostname(),
              p.ssh().toString(),
              p.mac(),
              p.bmc().toString(),
              "独立",
              p.bmc().host(),
              dotted(machine.home().mask()),
              dotted(machine.home().gateway()),
              p.team(),
              p.service(),
              p.contact()));
      out.append('\n');
    }
    return out.toString();
  }
}
