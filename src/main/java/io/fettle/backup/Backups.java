package io.fettle.backup;

import io.fettle.audit.Audit;
import io.fettle.backup.Manifest.Head;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.platform.StartRefused;
import io.fettle.platform.postgres.EmbeddedPostgres;
import io.fettle.platform.postgres.Recovery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
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
  private final BackupTable runs;
  private final Audit audit;
  private final TransactionOperations transactions;
  private final BackupSettings settings;
  private final Clock clock;
  private final Path home;
  private final Path conf;
  private final AtomicLong numbers = new AtomicLong();
  private volatile @Nullable Work work;
  private volatile @Nullable Thread thread;

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
    this.conf = Path.of(environment.getProperty("fettle.conf", "conf/fettle.yml")).toAbsolutePath();
    if (this.postgres == null) return;
    BackupKey.of(home);
    tidy(this.postgres);
  }

  private static void tidy(EmbeddedPostgres postgres) {
    try {
      Recovery.discardScratch(postgres);
    } catch (IOException e) {
      LOG.warn("what a verification left is not removed: {}", e.toString());
    }
  }

  /** False with a database that somebody else runs. */
  boolean possible() {
    return postgres != null;
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

  /** The backups in a folder, newest first. */
  List<Head> list(Path folder) {
    return new Shelf(folder).heads();
  }

  Optional<Work> work() {
    return Optional.ofNullable(work);
  }

  /** Begins a backup. */
  Work backUp(Path folder, Actor actor) {
    notATarget(folder);
    return begin(
        Work.Kind.BACKUP,
        folder,
        actor,
        begun -> {
          Head head = take(folder).head();
          return begun.took(head, clock.instant());
        });
  }

  /** Two that clear away what they do not need must not share a folder. */
  private void notATarget(Path folder) {
    for (Target target : settings.places())
      if (!target.overSsh() && real(folder).equals(real(Path.of(target.destination()))))
        throw new BackupRefused(
            folder + " 已是备份目标 " + target.name() + " 的目录，请另选一个目录。",
            folder
                + " belongs to the backup target "
                + target.name()
                + ", which clears away there what it does not know; name another folder.");
  }

  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      return folder.toAbsolutePath().normalize();
    }
  }

  /** Begins a verification of the named backup or of the newest. */
  Work verify(Path folder, String id, Actor actor) {
    Head head = new Shelf(folder).choose(id);
    return begin(
        Work.Kind.VERIFICATION,
        folder,
        actor,
        begun -> {
          Comparison same = new Verifying(own(), BackupKey.of(home)).of(folder, head, this::at);
          return begun.proved(head, same, clock.instant());
        });
  }

  private interface Deed {
    Work done(Work begun) throws IOException, SQLException;
  }

  private synchronized Work begin(Work.Kind kind, Path folder, Actor actor, Deed deed) {
    own();
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

  private EmbeddedPostgres own() {
    EmbeddedPostgres own = postgres;
    if (own == null)
      throw Problem.conflict(
          "数据库不由 Fettle 运行（FETTLE_DB_URL），请用那台 PostgreSQL 自己的工具备份。",
          "Fettle does not run this database (FETTLE_DB_URL); back it up with that PostgreSQL's own tools.");
    return own;
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

  private Manifest take(Path folder) throws IOException, SQLException {
    EmbeddedPostgres own = own();
    Files.createDirectories(folder);
    HomeFiles files = new HomeFiles(home, conf, List.of(folder, folder(), own.folder()));
    BackupKey key = BackupKey.of(home);
    Manifest taken = new Taking(own, files, key, version(), clock).into(folder, this::at);
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
    List<Head> heads = shelf.heads();
    String proven = runs.proven(folder.toString()).orElse("");
    Set<String> needed = new HashSet<>();
    for (int i = 0; i < heads.size(); i++) {
      Head head = heads.get(i);
      if (i < Math.max(1, settings.keep()) || head.id().equals(proven))
        needed.addAll(shelf.read(head, key).chunks());
      else shelf.remove(head);
    }
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
