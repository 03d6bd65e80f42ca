package io.fettle.lab;

import io.fettle.kernel.Endpoint;
import io.fettle.lab.bmc.BmcModel;
import io.fettle.lab.bmc.BmcUser;
import io.fettle.lab.bmc.CardState;
import io.fettle.lab.bmc.StandardCard;
import io.fettle.lab.shell.Command;
import io.fettle.lab.shell.Fs;
import io.fettle.lab.shell.Host;
import io.fettle.lab.shell.In;
import io.fettle.lab.shell.Shell;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One simulated machine: its operating system's state, its management card, and what is wrong with
 * it.
 */
final class SimMachine implements Host, BmcModel {
  /** What stands on the label and in the purchase list. */
  record Plate(
      String assetNo,
      String serial,
      String vendor,
      String model,
      String site,
      String room,
      String rack,
      String u,
      String team,
      String service,
      String contact,
      String hostname,
      Endpoint ssh,
      Endpoint bmc,
      String mac) {}

  private final Plate plate;
  private final CardState card;
  private final StandardCard inBand;
  private final Journal journal;
  private final Clock clock;
  private final Fs fs = new Fs();
  private final Map<String, Mount> mounts = new ConcurrentSkipListMap<>();
  private final Set<String> failedUnits = new ConcurrentSkipListSet<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final boolean cabledDedicated;
  private volatile Duration skew = Duration.ZERO;
  private volatile Instant bootedAt;
  private volatile String bootId = UUID.randomUUID().toString();
  private volatile boolean dark;

  /** A mounted file system; sizes in KiB. */
  record Mount(
      String source,
      String type,
      long size,
      long used,
      long inodes,
      long inodesUsed,
      boolean readOnly) {
    int percent() {
      return (int) Math.ceil(100.0 * used / size);
    }

    int inodePercent() {
      return (int) Math.ceil(100.0 * inodesUsed / inodes);
    }

    Mount withUsed(long newUsed) {
      return new Mount(source, type, size, newUsed, inodes, inodesUsed, readOnly);
    }

    Mount withReadOnly(boolean on) {
      return new Mount(source, type, size, used, inodes, inodesUsed, on);
    }
  }

  SimMachine(Plate plate, CardState card, Journal journal, Clock clock, boolean cabledDedicated) {
    this.plate = plate;
    this.card = card;
    this.journal = journal;
    this.clock = clock;
    this.cabledDedicated = cabledDedicated;
    this.inBand = new StandardCard(card, what -> journal.write(plate.assetNo(), "ipmi", what));
    this.bootedAt =
        clock.instant().minus(Duration.ofDays(40 + Math.floorMod(plate.assetNo().hashCode(), 300)));
    mounts.put(
        "/", new Mount("/dev/sda2", "ext4", 100L << 20, 31L << 20, 6_553_600, 412_000, false));
    mounts.put(
        "/var", new Mount("/dev/sda3", "ext4", 200L << 20, 58L << 20, 13_107_200, 201_000, false));
    mounts.put("/boot", new Mount("/dev/sda1", "ext4", 1L << 20, 210L << 10, 65_536, 340, false));
    OsImage.install(fs, plate);
  }

  Plate plate() {
    return plate;
  }

  CardState card() {
    return card;
  }

  StandardCard inBand() {
    return inBand;
  }

  Map<String, Mount> mounts() {
    return mounts;
  }

  String bootId() {
    return bootId;
  }

  /** Runs a script as a user, one at a time on this machine. */
  Shell.Result run(String user, String script, In stdin) {
    lock.lock();
    try {
      return new Shell(this, user).run(script, stdin);
    } finally {
      lock.unlock();
    }
  }

  /** Changes the machine's state from outside (a fault is injected), never while a script runs. */
  void change(Runnable deed) {
    lock.lock();
    try {
      deed.run();
    } finally {
      lock.unlock();
    }
  }

  void skew(Duration by) {
    skew = by;
  }

  Duration skew() {
    return skew;
  }

  /** Loses power or network: neither its system nor its card answers. */
  void dark(boolean on) {
    dark = on;
  }

  boolean isDark() {
    return dark;
  }

  void reboot() {
    bootedAt = clock.instant();
    bootId = UUID.randomUUID().toString();
  }

  @Override
  public String hostname() {
    return plate.hostname();
  }

  @Override
  public Fs fs() {
    return fs;
  }

  @Override
  public Instant clock() {
    return clock.instant().plus(skew);
  }

  @Override
  public Instant bootedAt() {
    return bootedAt;
  }

  @Override
  public Map<String, Command> commands() {
    return MachineCommands.table(this);
  }

  @Override
  public Set<String> failedUnits() {
    return failedUnits;
  }

  @Override
  public void journal(String what) {
    journal.write(plate.assetNo(), "ssh", what);
  }

  void injected(String what) {
    journal.write(plate.assetNo(), "inject", what);
  }

  @Override
  public byte[] guid() {
    return inBand.guid();
  }

  @Override
  public List<BmcUser> users() {
    return inBand.users();
  }

  @Override
  public int maxSessions() {
    return inBand.maxSessions();
  }

  /** Silent when dark or hung, or when the card listens on a port that has no cable. */
  @Override
  public boolean silent() {
    return dark
        || inBand.silent()
        || (cabledDedicated && card.nicMode() != CardState.NicMode.DEDICATED);
  }

  @Override
  public int boots() {
    return inBand.boots();
  }

  @Override
  public byte[] handle(int netFn, int command, byte[] data, int privilege) {
    return inBand.handle(netFn, command, data, privilege);
  }
}
