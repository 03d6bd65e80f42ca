package io.fettle.platform.postgres;

import io.fettle.platform.StartRefused;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL as a child process: made at first start, adopted when a killed Fettle left it running,
 * started again when it dies, stopped with Fettle.
 *
 * <p>The caller holds the folder's {@link HomeLock}.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);

  /** Of the programs that Fettle brings along. */
  public static final int MAJOR = Binaries.MAJOR;

  private static final Duration READY_LIMIT = Duration.ofSeconds(90);
  private static final int PORT_ATTEMPTS = 5;
  private static final long LOOK_MILLIS = 250;

  /**
   * @param settings additional {@code name=value} settings of the server
   * @param binaries folder that keeps unpacked programs, shared between servers; empty: beside the
   *     data
   * @param progress hears each slow step in a few words
   * @param durable false only for a throw-away database: nothing waits for the disk
   */
  public record Options(
      List<String> settings, Optional<Path> binaries, Consumer<String> progress, boolean durable) {
    /** What the product uses. */
    public static Options usual(Consumer<String> progress) {
      return new Options(List.of(), Optional.empty(), progress, true);
    }
  }

  private final Path home;
  private final Cluster cluster;
  private final Options options;
  private volatile Keepsake keepsake;
  private volatile ProcessHandle server = ProcessHandle.current();
  private volatile @Nullable String trouble = "starting";
  private volatile boolean closing;
  private final Duration readyLimit;
  private final Thread keeper;

  private EmbeddedPostgres(
      Path home, Cluster cluster, Keepsake keepsake, Options options, Duration readyLimit) {
    this.home = home;
    this.readyLimit = readyLimit;
    this.cluster = cluster;
    this.keepsake = keepsake;
    this.options = options;
    this.keeper = Thread.ofPlatform().daemon().name("postgres-keeper").unstarted(this::keep);
  }

  /**
   * Brings the server up and waits until it answers.
   *
   * @param home FETTLE_HOME
   * @throws StartRefused with one sentence that says what to do
   */
  public static EmbeddedPostgres start(Path home, Options options) {
    return start(home, options, READY_LIMIT);
  }

  /** As above, for a server that may have much to replay before it answers. */
  static EmbeddedPostgres start(Path home, Options options, Duration readyLimit) {
    return start(home, options, readyLimit, null);
  }

  /** As above, by the programs in another installation of PostgreSQL when one is named. */
  static EmbeddedPostgres start(
      Path home, Options options, Duration readyLimit, @Nullable Path installation) {
    try {
      Path real = home.toRealPath();
      Place place = Place.of(real);
      Keepsake keepsake = place.keepsake();
      Space.require(place.base(), Keepsake.isIn(real) ? Space.TO_START : Space.TO_BEGIN);
      options.progress().accept("unpacking PostgreSQL " + Binaries.VERSION);
      Path binaries =
          installation == null
              ? Binaries.unpack(options.binaries().orElse(place.base()))
              : installation;
      Cluster cluster = new Cluster(place.base(), binaries, place.account());
      EmbeddedPostgres postgres =
          new EmbeddedPostgres(real, cluster, keepsake, options, readyLimit);
      if (installation == null && cluster.exists()) cluster.checkVersion();
      postgres.bringUp();
      postgres.keeper.start();
      return postgres;
    } catch (IOException e) {
      throw new StartRefused(
          "PostgreSQL cannot be started in "
              + home
              + " ("
              + e
              + "); check room and access there, or set FETTLE_DB_URL.",
          e);
    }
  }

  /** JDBC URL without user or password. */
  public String url() {
    return Jdbc.url(keepsake.port(), "fettle");
  }

  /** The role that owns Fettle's tables. */
  public String user() {
    return "fettle";
  }

  public String password() {
    return keepsake.ownerPassword();
  }

  /** Why the server is not serving; empty while it is. */
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** Process id of the server. */
  public long pid() {
    return server.pid();
  }

  /** The folder on whose disk the database lies. */
  public Path folder() {
    return cluster.base();
  }

  Path data() {
    return cluster.data();
  }

  /** The folder that keeps the unpacked programs. */
  Path programs() {
    return cluster.binaries().resolveSibling("");
  }

  Account account() {
    return cluster.account();
  }

  /** The superuser's connection, without a time limit. */
  Connection master(String database) throws SQLException {
    return Jdbc.patient(keepsake.port(), database, keepsake.masterPassword());
  }

  private void bringUp() throws IOException {
    if (!cluster.exists()) create();
    Optional<Postmaster> left = Postmaster.in(cluster.data());
    if (left.isPresent() && Adoption.accepts(left.get(), cluster, keepsake)) {
      log.info(
          "adopted the PostgreSQL that a killed Fettle left behind pid={}",
          left.get().process().pid());
      server = left.get().process();
      keepsake = keepsake.at(left.get().port());
    } else {
      if (left.isPresent()) stop(left.get().process());
      launch();
    }
    if (!keepsake.initialised()) setUp();
    trouble = null;
  }

  private void create() throws IOException {
    options.progress().accept("making the database");
    keepsake.write(home);
    cluster.init(keepsake.masterPassword(), options.durable());
  }

  private void launch() throws IOException {
    options.progress().accept("starting PostgreSQL");
    for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
      if (!Ports.isFree(keepsake.port())) {
        keepsake = keepsake.at(Ports.free());
        keepsake.write(home);
      }
      Process process = cluster.start(keepsake.port(), options.settings());
      server = process.toHandle();
      if (ready(process)) return;
      if (Ports.isFree(keepsake.port())) break;
    }
    throw new StartRefused(
        "PostgreSQL did not start in "
            + cluster.base()
            + " ("
            + cluster.lastWords()
            + "); see the log folder there, make room or repair what it names, then start again.");
  }

  /** Waits until the server answers; false when it ended instead. */
  private boolean ready(Process process) throws IOException {
    long limit = System.nanoTime() + readyLimit.toNanos();
    while (System.nanoTime() < limit) {
      if (!process.isAlive()) return false;
      try (Connection _ = Jdbc.master(keepsake.port(), keepsake.masterPassword())) {
        return true;
      } catch (SQLException e) {
        if ("28P01".equals(e.getSQLState())) throw wrongPassword(e);
        if (!pause(40)) return false;
      }
    }
    stop(process.toHandle());
    return false;
  }

  private StartRefused wrongPassword(SQLException e) {
    return new StartRefused(
        "The database in "
            + cluster.data()
            + " does not take the password in "
            + home.resolve(Keepsake.FILE)
            + "; put back the file that belongs to this data.",
        e);
  }

  private void setUp() throws IOException {
    try (Connection master = Jdbc.master(keepsake.port(), keepsake.masterPassword())) {
      Jdbc.makeDatabase(master, "fettle", keepsake.ownerPassword());
    } catch (SQLException e) {
      throw new IOException(e.getMessage(), e);
    }
    keepsake = keepsake.made();
    keepsake.write(home);
  }

  /** Lives as long as Fettle: whenever the server ends, says so and starts it again. */
  private void keep() {
    while (!closing) {
      if (!pause(LOOK_MILLIS)) return;
      if (closing || Postmaster.serves(server, cluster.data())) continue;
      trouble = "PostgreSQL stopped; starting it again";
      log.error("PostgreSQL stopped pid={}", server.pid());
      restart();
    }
  }

  private void restart() {
    long wait = 200;
    while (!closing) {
      try {
        Optional<Postmaster> left = Postmaster.in(cluster.data());
        if (left.isPresent()) stop(left.get().process());
        again();
        trouble = null;
        log.info("PostgreSQL is back pid={}", server.pid());
        return;
      } catch (IOException | StartRefused e) {
        trouble = "PostgreSQL stopped and does not start: " + e.getMessage();
        log.error("PostgreSQL does not start: {}", e.getMessage());
        if (!pause(wait)) return;
        wait = Math.min(wait * 2, 10_000);
      }
    }
  }

  /** On the same port: the connection pool knows no other. */
  private void again() throws IOException {
    Process process = cluster.start(keepsake.port(), options.settings());
    server = process.toHandle();
    if (!ready(process)) throw new IOException(cluster.lastWords());
  }

  private void stop(ProcessHandle process) throws IOException {
    if (process.pid() != ProcessHandle.current().pid()) cluster.stop(process);
  }

  /** Ends the server cleanly; what it has committed is on disk. */
  @Override
  public void close() {
    closing = true;
    trouble = "stopped";
    try {
      keeper.interrupt();
      keeper.join(Duration.ofSeconds(10));
      stop(server);
      Optional<Postmaster> justStarted = Postmaster.in(cluster.data());
      if (justStarted.isPresent()) stop(justStarted.get().process());
    } catch (IOException e) {
      log.warn("PostgreSQL did not stop cleanly: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** False when Fettle stops. */
  private static boolean pause(long millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
