package io.fettle.lab.bmc;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The mutable state of one simulated card; safe to change from any thread (faults are injected from
 * outside while the card answers).
 */
public final class CardState {
  /** Entries its event log holds. */
  public static final int SEL_CAPACITY = 512;

  /** What the card is, as Get Device ID and Dell's controller type tell it. */
  public enum Make {
    DELL_11G(674, 0x0100, 0x0a),
    DELL_12G(674, 0x0100, 0x10),
    DELL_13G(674, 0x0100, 0x20),
    DELL_14G(674, 0x0100, 0x30),
    SUPERMICRO(10_876, 0x0905, 0),
    UNKNOWN(40_000, 0x0001, 0);

    final int manufacturer;
    final int product;
    final int controllerType;

    Make(int manufacturer, int product, int controllerType) {
      this.manufacturer = manufacturer;
      this.product = product;
      this.controllerType = controllerType;
    }

    boolean isDell() {
      return controllerType != 0;
    }
  }

  /** Which port the card listens on. */
  public enum NicMode {
    DEDICATED,
    SHARED,
    FAILOVER
  }

  /**
   * LAN configuration of channel 1.
   *
   * @param source 1 static, 2 DHCP
   * @param vlan 1..4094; 0 is off
   */
  public record Lan(int source, byte[] address, byte[] mask, byte[] gateway, byte[] mac, int vlan) {
    /** The same, static (1) or by DHCP (2). */
    public Lan withSource(int newSource) {
      return new Lan(newSource, address, mask, gateway, mac, vlan);
    }

    /** The same at another address. */
    public Lan withAddress(byte[] newAddress) {
      return new Lan(source, newAddress, mask, gateway, mac, vlan);
    }

    /** The same with another netmask. */
    public Lan withMask(byte[] newMask) {
      return new Lan(source, address, newMask, gateway, mac, vlan);
    }

    /** The same with another gateway. */
    public Lan withGateway(byte[] newGateway) {
      return new Lan(source, address, mask, newGateway, mac, vlan);
    }

    Lan withMac(byte[] newMac) {
      return new Lan(source, address, mask, gateway, newMac, vlan);
    }

    /** True when a packet finds its way to both, and back. */
    public boolean leadsWhere(Lan other) {
      return Arrays.equals(address, other.address)
          && Arrays.equals(mask, other.mask)
          && Arrays.equals(gateway, other.gateway)
          && vlan == other.vlan;
    }

    /** The same with another VLAN; 0 is off. */
    public Lan withVlan(int newVlan) {
      return new Lan(source, address, mask, gateway, mac, newVlan);
    }
  }

  /** One entry of the event log: 16 raw bytes. */
  public record SelEntry(byte[] raw) {}

  private final Clock clock;
  private final Make make;
  private final byte[] guid;
  private final SortedMap<Integer, BmcUser> users = new TreeMap<>();
  private final Deque<SelEntry> sel = new ArrayDeque<>();
  private Lan lan;
  private NicMode nicMode = NicMode.DEDICATED;
  private int lom = 2;
  private int failoverLom;
  private boolean licence = true;
  private boolean powered = true;
  private int sessions = 4;
  private int leaked;
  private boolean hung;
  private int resets;
  private Duration resetTakes = Duration.ofSeconds(3);
  private Instant silentUntil = Instant.EPOCH;
  private Instant selErasedAt = Instant.EPOCH;
  private boolean selOverflow;

  /**
   * A healthy card.
   *
   * @param guid 16 bytes
   */
  public CardState(Clock clock, Make make, byte[] guid, Lan lan, List<BmcUser> users) {
    this.clock = clock;
    this.make = make;
    this.guid = guid.clone();
    this.lan = lan;
    users.forEach(u -> this.users.put(u.id(), u));
  }

  public Make make() {
    return make;
  }

  byte[] guid() {
    return guid.clone();
  }

  Instant now() {
    return clock.instant();
  }

  public synchronized Lan lan() {
    return lan;
  }

  public synchronized void lan(Lan value) {
    lan = value;
  }

  public synchronized NicMode nicMode() {
    return nicMode;
  }

  public synchronized void nicMode(NicMode value) {
    nicMode = value;
    lom = 2;
    failoverLom = value == NicMode.FAILOVER ? 6 : 0;
  }

  /** Dell: which network port is shared, 2..5 for LOM1..LOM4. */
  synchronized int lom() {
    return lom;
  }

  /** Dell: where it fails over to, 0 nowhere, 2..5 LOM1..LOM4, 6 all. */
  synchronized int failoverLom() {
    return failoverLom;
  }

  synchronized void nic(NicMode mode, int sharedLom, int failover) {
    nicMode = mode;
    lom = sharedLom;
    failoverLom = failover;
  }

  /** False on a Dell whose licence does not allow the dedicated port (completion code 6F). */
  public synchronized boolean licence() {
    return licence;
  }

  public synchronized void licence(boolean value) {
    licence = value;
  }

  public synchronized List<BmcUser> users() {
    return List.copyOf(users.values());
  }

  /** Puts or replaces an account. */
  public synchronized void user(BmcUser user) {
    users.put(user.id(), user);
  }

  public synchronized void removeUser(int id) {
    users.remove(id);
  }

  public synchronized boolean powered() {
    return powered;
  }

  public synchronized void powered(boolean on) {
    powered = on;
  }

  /** Sessions that can be open now: the card's own number less the leaked ones. */
  public synchronized int freeSessions() {
    return Math.max(0, sessions - leaked);
  }

  /** How many sessions the card has in all. */
  public synchronized void sessions(int count) {
    sessions = count;
  }

  /** Loses this many session slots until the next cold reset. */
  public synchronized void leak(int count) {
    leaked = count;
  }

  /** Hung: answers nothing over the network until a cold reset in band. */
  public synchronized void hang(boolean on) {
    hung = on;
  }

  /** True while hung: only a cold reset brings it back. */
  public synchronized boolean hung() {
    return hung;
  }

  /** True while hung or starting after a reset. */
  public synchronized boolean silent() {
    return hung || clock.instant().isBefore(silentUntil);
  }

  /** How many cold resets were executed. */
  public synchronized int resets() {
    return resets;
  }

  /** How long the card is silent after a cold reset. */
  public synchronized void resetTakes(Duration time) {
    resetTakes = time;
  }

  synchronized void coldReset() {
    resets++;
    hung = false;
    leaked = 0;
    silentUntil = clock.instant().plus(resetTakes);
  }

  public synchronized List<SelEntry> sel() {
    return List.copyOf(sel);
  }

  /**
   * Logs an event (record bytes 2..15: type, time, source, sensor, data); a full log drops it and
   * says so.
   */
  public synchronized void log(byte[] event) {
    if (sel.size() >= SEL_CAPACITY) {
      selOverflow = true;
      return;
    }
    byte[] raw = new byte[16];
    int id = sel.size() + 1;
    raw[0] = (byte) id;
    raw[1] = (byte) (id >> 8);
    System.arraycopy(event, 0, raw, 2, Math.min(14, event.length));
    sel.add(new SelEntry(raw));
  }

  synchronized boolean selOverflow() {
    return selOverflow;
  }

  synchronized Instant selErasedAt() {
    return selErasedAt;
  }

  synchronized void clearSel() {
    sel.clear();
    selOverflow = false;
    selErasedAt = clock.instant();
  }
}
