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
import io.fettle.lab.shell.Refused;
import io.fettle.lab.shell.Shell;
import io.fettle.lab.shell.UserFiles;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

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
  private final Fs fs;
  private final Disks disks;
  private final Units units = new Units();
  private final CardState.Lan home;
  private final BmcUser account;
  private final String key;
  private final Map<String, Command> commands;
  private final ReentrantLock lock = new ReentrantLock();
  private final boolean cabledDedicated;
  private volatile Duration skew = Duration.ZERO;
  private volatile Instant bootedAt;
  private volatile String bootId = UUID.randomUUID().toString();
  private volatile boolean dark;
  private volatile Manner manner = Manner.HONEST;

  /** How it treats whoever runs a command on it. */
  enum Manner {
    HONEST,
    /** Takes the command and never answers. */
    HANGS,
    /** Prints without end. */
    ENDLESS,
    /** Answers with markup, escape codes, a line of 10 MB and bytes that are no text. */
    HOSTILE
  }

  private volatile boolean sshClosed;
  private volatile Consumer<SimMachine> sshSwitch = machine -> {};

  /**
   * @param key public key that the declared account logs in with
   */
  SimMachine(
      Plate plate,
      CardState card,
      Journal journal,
      Clock clock,
      boolean cabledDedicated,
      String key) {
    this.plate = plate;
    this.card = card;
    this.journal = journal;
    this.clock = clock;
    this.cabledDedicated = cabledDedicated;
    this.home = card.lan();
    this.account = card.users().getFirst();
    this.key = key;
    this.inBand = new StandardCard(card, what -> journal.write(plate.assetNo(), "ipmi", what));
    this.bootedAt =
        clock.instant().minus(Duration.ofDays(40 + Math.floorMod(plate.assetNo().hashCode(), 300)));
    this.fs = new Fs(this::clock);
    this.disks = new Disks(fs);
    this.commands = MachineCommands.table(this);
    OsImage.install(fs, plate);
    OsImage.proc(fs, this);
    AccountFaults.install(fs, key);
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

  Disks disks() {
    return disks;
  }

  Units units() {
    return units;
  }

  /** Fettle's account on the card as it was when the machine was installed. */
  BmcUser account() {
    return account;
  }

  /** Public key that the declared account logs in with. */
  String key() {
    return key;
  }

  /** The card's LAN parameters as they were when the machine was installed. */
  CardState.Lan home() {
    return home;
  }

  Duration up() {
    return Duration.between(bootedAt, clock());
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

  /**
   * Does something with its files as a user, never while a script runs.
   *
   * @param what is written down with the path of a change
   */
  <T> T files(String user, String what, UserFiles.Task<T> task) throws Refused {
    lock.lock();
    try {
      return UserFiles.as(user, fs, path -> changing(what, path), task);
    } finally {
      lock.unlock();
    }
  }

  /** What lies under /tmp and /run nobody asks for afterwards. */
  private void changing(String what, String path) {
    if (!path.startsWith("/tmp/") && !path.startsWith("/run/")) journal(what + " " + path);
  }

  /** The script lets others run meanwhile, as a process that sleeps does. */
  @Override
  public void pause(Duration time) {
    lock.unlock();
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.lock();
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

  void manner(Manner now) {
    manner = now;
  }

  Manner manner() {
    return manner;
  }

  boolean isDark() {
    return dark;
  }

  /** Whoever opens and closes this machine's SSH port. */
  void sshSwitch(Consumer<SimMachine> by) {
    sshSwitch = by;
  }

  /** Closes or opens the SSH port; the machine itself runs on. */
  void sshClosed(boolean on) {
    sshClosed = on;
    sshSwitch.accept(this);
  }

  boolean isSshClosed() {
    return sshClosed;
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
  public String mount(String path) {
    return disks.target(path);
  }

  @Override
  public Map<String, Command> commands() {
    return commands;
  }

  @Override
  public Set<String> failedUnits() {
    return units.failed();
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

  /**
   * Silent when dark or hung, when the card listens on a port that has no cable, or when its
   * address, mask, gateway or VLAN are not those of its network.
   */
  @Override
  public boolean silent() {
    return dark
        || inBand.silent()
        || !card.lan().leadsWhere(home)
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
