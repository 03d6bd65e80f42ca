package io.fettle.backup;

import io.fettle.audit.Audit;
import io.fettle.backup.Manifest.Head;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.platform.StartRefused;
import io.fettle.platform.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Backups and verifications of this server, one at a time, each on a thread of its own. */
@Component
class Backups implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
  private static final Duration END = Duration.ofSeconds(8);

  private final @Nullable EmbeddedPostgres postgres;
  private final @Nullable OutsideServer outside;
  private final BackupTable runs;
  private final Audit audit;
  private final TransactionOperations transactions;
  private final BackupSettings settings;
  private final Clock clock;
  private final Path home;
  private final Configuration conf;
  private final AtomicLong numbers = new AtomicLong();
  private volatile @Nullable Work work;
  private volatile @Nullable Thread thread;
  private volatile boolean refuted;

  Backups(
      ObjectProvider<EmbeddedPostgres> postgres,
      BackupTable runs,
      Audit audit,
      TransactionOperations transactions,
      BackupSettings settings,
      Environment environment,
      Clock clock) {
    this.postgres = postgres.getIfAvailable();
    this.runs = runs;
    this.audit = audit;
    this.transactions = transactions;
    this.settings = settings;
    this.clock = clock;
    this.home = Path.of(environment.getProperty("fettle.home", "data")).toAbsolutePath();
    this.conf = Configuration.of(environment);
    this.outside = this.postgres == null ? OutsideServer.of(environment).orElse(null) : null;
    if (!possible()) return;
    BackupKey.of(home);
    Installation.of(home, clock);
    tidy();
  }

  private void tidy() {
    try {
      scratch().discard().run();
      Files.deleteIfExists(OutsideServer.passwords(home));
    } catch (IOException e) {
      LOG.warn("what a verification left is not removed: {}", e.toString());
    }
  }

  /** False with a database that those who run it back up themselves. */
  boolean possible() {
    return postgres != null || outside != null;
  }

  private Verifying.Scratch scratch() {
    EmbeddedPostgres own = postgres;
    return own == null ? Verifying.Scratch.below(home) : Verifying.Scratch.beside(own);
  }

  /** Where the scheduled ones go. */
  Path folder() {
    return folder(home, settings);
  }

  static Path folder(Path home, BackupSettings settings) {
    String named = settings.folder();
    return named == null || named.isBlank()
        ? home.resolve("backups")
        : Path.of(named).toAbsolutePath().normalize();
  }

  /** The backups in a folder. */
  Shelf.Stock list(Path folder) {
    return new Shelf(folder).stock();
  }

  /** False for one on the record that is not in its folder any more. */
  static boolean isThere(BackupTable.Run run) {
    return run.backup()
        .filter(id -> Files.exists(new Shelf(Path.of(run.folder())).file(id)))
        .isPresent();
  }

  Optional<Work> work() {
    return Optional.ofNullable(work);
  }

  /** Begins a backup. */
  Work backUp(Path folder, Actor actor) {
    settings.notATarget(folder);
    return begin(
        Work.Kind.BACKUP,
        folder,
        actor,
        begun -> {
          refuted &= !folder.equals(folder());
          Head head = take(folder).head();
          return begun.took(head, clock.instant());
        });
  }

  /** Begins a verification of the named backup or of the newest. */
  Work verify(Path folder, String id, Actor actor) {
    Head head = new Shelf(folder).choose(id);
    return begin(
        Work.Kind.VERIFICATION,
        folder,
        actor,
        begun -> {
          return begun.proved(head, proof(folder, head), clock.instant());
        });
  }

  private Comparison proof(Path folder, Head head) throws IOException, SQLException {
    try {
      return new Verifying(scratch(), settings.outside().found(), BackupKey.of(home))
          .of(folder, head, this::at);
    } catch (BackupRefused.SetAside e) {
      refuted |= folder.equals(folder());
      throw e;
    }
  }

  /** The newest scheduled one was found damaged: the next is not to wait for its turn. */
  boolean refuted() {
    return refuted;
  }

  private interface Deed {
    Work done(Work begun) throws IOException, SQLException;
  }

  private synchronized Work begin(Work.Kind kind, Path folder, Actor actor, Deed deed) {
    database();
    Work now = work;
    if (now != null && now.state() == Work.State.RUNNING)
      throw Problem.conflict(
          "正在进行另一个备份或校验（" + now.folder() + "），请等它结束。",
          "Another backup or verification is under way ("
              + now.folder()
              + "); wait until it has ended.");
    Work begun = Work.begun(numbers.incrementAndGet(), kind, folder.toString(), clock.instant());
    work = begun;
    thread = Thread.ofPlatform().daemon().name("backup").start(() -> run(begun, actor, deed));
    return begun;
  }

  private Taking.Database database() {
    EmbeddedPostgres own = postgres;
    OutsideServer other = outside;
    if (own != null) return Taking.Database.own(own);
    if (other != null) return Taking.Database.outside(other);
    throw Problem.conflict(
        "数据库由其管理者备份（backup.outside.enabled: false），Fettle 不备份它。",
        "Those who run this database back it up (backup.outside.enabled: false); Fettle does not.");
  }

  private void run(Work begun, Actor actor, Deed deed) {
    Work ended;
    try {
      ended = deed.done(begun);
    } catch (BackupRefused e) {
      ended = begun.failed(null, e.why(), clock.instant());
    } catch (StartRefused e) {
      ended = begun.failed(null, Label.same(e.sentence()), clock.instant());
    } catch (IOException | SQLException | RuntimeException e) {
      LOG.warn("backup work kind={} folder={} failed", begun.kind(), begun.folder(), e);
      ended = begun.failed(null, Label.same(sentence(e)), clock.instant());
    }
    try {
      record(ended, actor);
    } catch (RuntimeException e) {
      LOG.warn("backup work kind={} is not on the record: {}", begun.kind(), e.toString());
    }
    work = ended;
    LOG.info(
        "backup work kind={} folder={} backup={} state={} stored={}",
        ended.kind(),
        ended.folder(),
        ended.backup(),
        ended.state(),
        ended.stored());
  }

  /** A full disk and its like say enough with their message. */
  private static String sentence(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private void record(Work ended, Actor actor) {
    boolean good = ended.state() == Work.State.DONE;
    String act = ended.kind() == Work.Kind.BACKUP ? "backup.taken" : "backup.verified";
    String id = Optional.ofNullable(ended.backup()).orElse("");
    transactions.executeWithoutResult(_ -> {
      runs.insert(ended, actor);
      audit.record(
          actor,
          good ? act : act + "_not",
          "backup:" + id,
          null,
          Map.of("folder", ended.folder(), "stored", ended.stored(), "rows", ended.rows()));
    });
  }

  /** The backup that this version took before it changed the data is a backup like any other. */
  void adopt() {
    try {
      Optional<String> id = UpgradeBackup.last(home).filter(last -> !runs.knows(last));
      if (id.isEmpty()) return;
      Path folder = folder();
      Optional<Head> saved =
          list(folder).heads().stream().filter(head -> head.id().equals(id.get())).findFirst();
      if (saved.isEmpty()) return;
      Head head = saved.get();
      Work begun =
          Work.begun(numbers.incrementAndGet(), Work.Kind.BACKUP, folder.toString(), head.at());
      record(begun.took(head, head.at()), Actor.system("upgrade"));
    } catch (IOException | BackupRefused e) {
      LOG.warn("the backup before the upgrade is not on the record: {}", e.toString());
    }
  }

  private Manifest take(Path folder) throws IOException, SQLException {
    Taking.Database database = database();
    if (!folder.startsWith(home)
        && runs.last(Work.Kind.BACKUP, true, folder.toString()).isPresent())
      Shelf.requireStill(folder);
    Shelf.make(folder);
    List<Path> spared = new ArrayList<>(List.of(folder, folder()));
    EmbeddedPostgres own = postgres;
    if (own != null) spared.add(own.folder());
    HomeFiles files = new HomeFiles(home, conf, spared);
    BackupKey key = BackupKey.of(home);
    // Before it too: where there is no room, fewer that are kept are what makes some.
    if (folder.equals(folder())) retire(folder, key);
    Manifest taken = new Taking(database, files, key, version(), clock).into(folder, this::at);
    if (folder.equals(folder())) retire(folder, key);
    return taken;
  }

  /** Of this build. */
  static String version() {
    return Optional.ofNullable(Backups.class.getPackage().getImplementationVersion())
        .orElse("unpackaged");
  }

  /** Those that are too many, but never the newest that was proven. */
  private void retire(Path folder, BackupKey key) throws IOException {
    Shelf shelf = new Shelf(folder);
    Shelf.Stock stock = shelf.stock();
    if (!stock.damaged().isEmpty()) {
      LOG.warn("nothing is retired in {}: damaged={}", folder, stock.damaged());
      return;
    }
    List<Head> heads = stock.heads();
    String proven = runs.proven(folder.toString()).orElse("");
    Set<String> needed = new HashSet<>();
    List<Head> kept = Shelf.kept(heads, settings.keep(), proven);
    for (Head head : kept) {
      Optional<Manifest> known = shelf.readable(head, key);
      if (known.isEmpty()) {
        LOG.warn("nothing is retired in {}: damaged={}", folder, head.id());
        return;
      }
      needed.addAll(known.get().chunks());
    }
    for (Head head : heads) if (!kept.contains(head)) shelf.remove(head);
    try (Chunks chunks = new Chunks(folder, key)) {
      chunks.sweep(needed);
    }
  }

  private void at(Label step, long done, long total) {
    Work now = work;
    if (now != null) work = now.at(step, done, total);
  }

  /** What is under way ends unfinished; that is no backup. */
  @Override
  public void destroy() throws InterruptedException {
    Thread running = thread;
    if (running == null) return;
    running.interrupt();
    running.join(END);
  }
}
