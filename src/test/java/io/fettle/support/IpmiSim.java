package io.fettle.support;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import io.fettle.kernel.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Real management cards for tests: processes of OpenIPMI's {@code ipmi_sim}, each on an address of
 * its own in 127.0.2.0/24 with a free port. Accounts: 2 {@code ADMIN/fettle-pw}, 3 {@code
 * operator/fettle-op}, 4 {@code monitor/fettle-mo} (disabled), and 10 {@code system/fettle-in} for
 * what stands in for the system interface.
 */
public final class IpmiSim implements AutoCloseable {
  public static final String USER = "ADMIN";
  public static final String PASSWORD = "fettle-pw";

  private static final int DELL = 674;
  private static final AtomicInteger next = new AtomicInteger();
  private static final byte[] CAPABILITIES = {
    6,
    0,
    (byte) 0xff,
    7,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    9,
    0x20,
    0x18,
    (byte) 0xc8,
    (byte) 0x81,
    0,
    0x38,
    (byte) 0x8e,
    4,
    (byte) 0xb5
  };

  private final Path dir;
  private final Endpoint endpoint;
  private final Process process;

  private IpmiSim(Path dir, Endpoint endpoint, Process process) {
    this.dir = dir;
    this.endpoint = endpoint;
    this.process = process;
  }

  /** One card that answers when this returns: a Dell 11G on its dedicated port. */
  public static IpmiSim start() {
    return made(DELL);
  }

  /** One card of another make, by its IANA enterprise number. */
  public static IpmiSim made(int manufacturer) {
    IpmiSim card = launch(manufacturer);
    if (manufacturer != DELL) {
      card.oem("dell", 0);
      card.oem("controller", 0);
    }
    card.awaitAnswer();
    return card;
  }

  /** Many cards that answer when this returns. */
  public static List<IpmiSim> start(int count) {
    List<IpmiSim> cards = new ArrayList<>();
    for (int i = 0; i < count; i++) cards.add(launch(DELL));
    cards.forEach(IpmiSim::awaitAnswer);
    return cards;
  }

  private static IpmiSim launch(int manufacturer) {
    try {
      int number = next.getAndIncrement();
      String host = "127.0.2." + (1 + number % 250);
      Endpoint endpoint = new Endpoint(host, freePort(host));
      Path dir = Files.createTempDirectory("ipmi_sim");
      Path conf = configure(dir, endpoint, number);
      String emu = Files.readString(Path.of(Bench.file("card.emu")));
      Path made = dir.resolve("card.emu");
      Files.writeString(made, emu.replace("0x0002a2", "0x%06x".formatted(manufacturer)));
      Process process =
          new ProcessBuilder(
                  "ipmi_sim",
                  "-c",
                  conf.toString(),
                  "-f",
                  made.toString(),
                  "-s",
                  dir.toString(),
                  "-n")
              .redirectErrorStream(true)
              .redirectOutput(dir.resolve("log").toFile())
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return new IpmiSim(dir, endpoint, process);
    } catch (IOException e) {
      throw new UncheckedIOException("ipmi_sim did not start; is openipmi installed?", e);
    }
  }

  private static int freePort(String host) throws IOException {
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(host, 0))) {
      return socket.getLocalPort();
    }
  }

  private static Path configure(Path dir, Endpoint at, int number) throws IOException {
    Path state = Files.createDirectories(dir.resolve("ipmi_sim/card"));
    Files.copy(Path.of(Bench.file("sdr.20.main")), state.resolve("sdr.20.main"));
    for (String script : List.of("lan.sh", "chassis.sh")) {
      Path copy = Files.copy(Path.of(Bench.file(script)), dir.resolve(script));
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Files.writeString(
        dir.resolve("lan"),
        """
        ip_addr:%s
        ip_addr_src:static
        mac_addr:02:00:00:00:%02x:%02x
        subnet_mask:255.255.255.0
        default_gw_ip_addr:127.0.2.254
        default_gw_mac_addr:02:00:00:00:ff:fe
        backup_gw_ip_addr:0.0.0.0
        backup_gw_mac_addr:00:00:00:00:00:00
        """
            .formatted(at.host(), number >> 8, number & 0xff));
    Files.writeString(dir.resolve("chassis"), "power:1\n");
    Files.writeString(dir.resolve("oem"), "dell 1\ncontroller 10\nwrites 0\n");
    String conf =
        Files.readString(Path.of(Bench.file("lan.conf")))
            .replace("@ADDRESS@", at.host())
            .replace("@PORT@", Integer.toString(at.port()))
            .replace("@GUID@", "a123456789abcdefa12345678%07x".formatted(number))
            .replace("@DIR@", dir.toString())
            .replace("@LIB@", Bench.file("fettle_oem.so"));
    return Files.writeString(dir.resolve("lan.conf"), conf);
  }

  private void awaitAnswer() {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(100);
      InetSocketAddress card = new InetSocketAddress(endpoint.host(), endpoint.port());
      for (int i = 0; i < 100 && process.isAlive(); i++) {
        socket.send(new DatagramPacket(CAPABILITIES, CAPABILITIES.length, card));
        try {
          socket.receive(new DatagramPacket(new byte[64], 64));
          return;
        } catch (SocketTimeoutException _) {
          // not up yet
        }
      }
      throw new IllegalStateException("ipmi_sim did not come up: " + read("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Endpoint endpoint() {
    return endpoint;
  }

  /**
   * A folder with an {@code ipmitool} that reaches this card as the system interface of its machine
   * would: put it first in a shell's PATH.
   */
  public Path inBand() {
    return inBand(dir.resolve("bin"), endpoint, "system", "fettle-in");
  }

  /** The same for any card, by an account that stands in for the system interface. */
  public static Path inBand(Path bin, Endpoint card, String user, String password) {
    Path tool = bin.resolve("ipmitool");
    try {
      Files.createDirectories(bin);
      Files.writeString(
          tool,
          """
          #!/bin/sh
          exec /usr/bin/ipmitool -I lanplus -C 3 -N 1 -R 2 -H %s -p %d -U %s -P %s "$@"
          """
              .formatted(card.host(), card.port(), user, password));
      Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
      return bin;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A value of the OEM plug-in: nic11, nic12, failover12, supermicro, licence, controller, resets,
   * dell; writes counts the commands that change something, as the card executed them.
   */
  public int oem(String name) {
    return read("oem")
        .lines()
        .filter(l -> l.startsWith(name + " "))
        .mapToInt(l -> Integer.parseInt(l.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("not written yet: " + name));
  }

  /** Changes a value of the OEM plug-in while the card runs. */
  public void oem(String name, int value) {
    put("oem", name, " ", Integer.toString(value));
  }

  /** A LAN parameter by ipmi_sim's name, e.g. {@code ip_addr}. */
  public String lan(String name) {
    return read("lan")
        .lines()
        .filter(l -> l.startsWith(name + ":"))
        .map(l -> l.substring(name.length() + 1))
        .findFirst()
        .orElse("");
  }

  /** Changes a LAN parameter behind the card's back. */
  public void lan(String name, String value) {
    put("lan", name, ":", value);
  }

  /** OEM commands that change something, in the order the card executed them. */
  public List<String> journal() {
    return Files.exists(dir.resolve("journal")) ? read("journal").lines().toList() : List.of();
  }

  private void put(String file, String name, String between, String value) {
    StringBuilder text = new StringBuilder(name + between + value + "\n");
    read(file)
        .lines()
        .filter(l -> !l.startsWith(name + between))
        .forEach(l -> text.append(l).append('\n'));
    try {
      Path made = Files.writeString(dir.resolve(file + ".put"), text);
      Files.move(made, dir.resolve(file), ATOMIC_MOVE, REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String read(String file) {
    try {
      return Files.readString(dir.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Freezes the card: it holds its address and answers nothing. */
  public void freeze() {
    signal("STOP");
  }

  /** Lets a frozen card go on; it then reads what was sent meanwhile. */
  public void thaw() {
    signal("CONT");
  }

  private void signal(String name) {
    Shell.run("kill", "-" + name, Long.toString(process.pid()));
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(5, TimeUnit.SECONDS);
      try (Stream<Path> files = Files.walk(dir)) {
        files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What all cards share, built once in a JVM: the plug-in and the compiled sensor records. */
  private static final class Bench {
    private static final Path DIR = build();

    static String file(String name) {
      return DIR.resolve(name).toString();
    }

    private static Path build() {
      try {
        Path dir = Files.createTempDirectory("ipmi_sim-bench");
        for (String name :
            List.of("card.emu", "card.sdrs", "fettle_oem.c", "lan.sh", "chassis.sh", "lan.conf"))
          try (InputStream in = IpmiSim.class.getResourceAsStream("/ipmi_sim/" + name)) {
            if (in == null) throw new IOException("no resource " + name);
            Files.copy(in, dir.resolve(name));
          }
        Shell.run("sdrcomp", "-o", dir + "/sdr.20.main", dir + "/card.sdrs");
        Shell.run(
            "gcc", "-shared", "-fPIC", "-O1", "-o", dir + "/fettle_oem.so", dir + "/fettle_oem.c");
        return dir;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
