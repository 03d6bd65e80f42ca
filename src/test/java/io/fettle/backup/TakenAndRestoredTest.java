package io.fettle.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fettle.backup.Manifest.Head;
import io.fettle.platform.BeforeUpgrade;
import io.fettle.platform.Migrations;
import io.fettle.platform.StartRefused;
import io.fettle.platform.postgres.EmbeddedPostgres;
import io.fettle.platform.postgres.EmbeddedPostgres.Options;
import io.fettle.platform.postgres.Programs;
import io.fettle.support.TestPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.util.FileSystemUtils;

/** A running database and its folders, backed up while somebody writes, and brought back. */
class TakenAndRestoredTest {
  private static final Progress SILENT = (_, _, _) -> {};

  private static Path folder = Path.of("");
  private static Path home = Path.of("");
  private static Path backups = Path.of("");
  private static EmbeddedPostgres postgres;
  private static Manifest first;

  /** One full backup for all tests, taken while rows are written as fast as they go. */
  @BeforeAll
  static void backUpWhileWriting() throws Exception {
    folder = Files.createTempDirectory(Path.of("/tmp"), "fettle-backup-test-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    home = Files.createDirectory(folder.resolve("home"));
    backups = folder.resolve("backups");
    postgres =
        EmbeddedPostgres.start(
            home, new Options(List.of("fsync=off"), TestPostgres.sharedBinaries(), _ -> {}, true));
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(postgres.url());
    source.setUser(postgres.user());
    source.setPassword(postgres.password());
    Migrations.run(source);
    sql("create schema t; create table t.written (n bigint primary key, word text)");
    sql(
        "insert into t.written select -i, repeat(md5(i::text), 20) from generate_series(1, 30000) i");
    Files.writeString(home.resolve("master.key"), "a master key\n");
    Path refs = Files.createDirectories(home.resolve("library/scripts.git/refs/heads"));
    Files.writeString(refs.resolve("main"), "0123456789abcdef\n");
    Files.writeString(
        Files.createDirectories(folder.resolve("conf/intent")).resolve("a.yml"), "a: 1\n");
    Files.writeString(folder.resolve("conf/fettle.yml"), "# mine\n");
    first = whileWriting(() -> take());
  }

  private static final AtomicLong written = new AtomicLong();

  private interface Deed {
    Manifest run() throws IOException, SQLException;
  }

  private static Manifest whileWriting(Deed deed) throws Exception {
    AtomicBoolean enough = new AtomicBoolean();
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              try (Connection connection = connect(postgres);
                  Statement statement = connection.createStatement()) {
                while (!enough.get())
                  statement.execute(
                      "insert into t.written values (" + written.incrementAndGet() + ", 'w')");
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    try {
      return deed.run();
    } finally {
      enough.set(true);
      writer.join();
    }
  }

  private static Configuration conf() {
    return new Configuration(folder.resolve("conf/fettle.yml"), List.of());
  }

  private static Manifest take() throws IOException, SQLException {
    return takeInto(backups);
  }

  private static Manifest takeInto(Path to) throws IOException, SQLException {
    Files.createDirectories(to);
    HomeFiles files = new HomeFiles(home, conf(), List.of());
    return new Taking(
            Taking.Database.own(postgres), files, BackupKey.of(home), "test", Clock.systemUTC())
        .into(to, SILENT);
  }

  @AfterAll
  static void removeAll() throws IOException {
    postgres.close();
    FileSystemUtils.deleteRecursively(folder);
  }

  @Test
  void whatWasCommittedBeforeIsBackInAnotherHome() throws Exception {
    Path other = folder.resolve("other");
    Path conf = Files.createDirectory(folder.resolve("conf-other")).resolve("fettle.yml");
    Files.writeString(conf, "# shipped\n");

    Said said = restore(other, conf, "--master-key", home.resolve("master.key").toString());

    assertThat(said.err()).doesNotContain("fettle: ");
    assertThat(said.code()).isZero();
    assertThat(other.resolve("restore.unfinished")).doesNotExist();
    assertThat(Files.readString(other.resolve("library/scripts.git/refs/heads/main")))
        .isEqualTo("0123456789abcdef\n");
    assertThat(Files.readString(conf)).isEqualTo("# mine\n");
    assertThat(Files.readString(conf.resolveSibling("fettle.yml.before-restore")))
        .isEqualTo("# shipped\n");
    assertThat(conf.resolveSibling("intent/a.yml")).exists();
    for (String key : List.of("master.key", "backup.key"))
      assertThat(Files.getPosixFilePermissions(other.resolve(key))).hasSize(2);
    try (EmbeddedPostgres back =
        EmbeddedPostgres.start(
            other, new Options(List.of(), TestPostgres.sharedBinaries(), _ -> {}, true))) {
      long rows = number(back, "select count(*) from t.written");
      assertThat(rows).isEqualTo(rows(first, "t.written")).isGreaterThan(30_000);
      assertThat(number(back, "select count(*) from t.written where n > 0"))
          .as("no row is missing in between")
          .isEqualTo(number(back, "select max(n) from t.written"));
      sql(back, "insert into t.written values (0, 'after')");
    }
    assertThat(restore(other, conf).sentence()).contains("is not empty");
  }

  @Test
  void aSecondBackupStoresOnlyWhatChangedAndEachOneProvesItself() throws Exception {
    Manifest second = whileWriting(() -> take());

    assertThat(second.head().stored()).isLessThan(first.head().stored() / 4 * 3);
    assertThat(rows(second, "t.written")).isGreaterThan(rows(first, "t.written"));
    for (Manifest one : List.of(first, second)) {
      Comparison same =
          new Verifying(Verifying.Scratch.beside(postgres), new Programs(null), BackupKey.of(home))
              .of(backups, one.head(), SILENT);
      assertThat(same.rows()).isGreaterThan(30_000);
    }
    assertThat(postgres.folder().resolve("verify")).doesNotExist();
  }

  @Test
  void aManifestThatCannotBeReadHidesNoOther() throws Exception {
    Path copy = copied("hidden");
    Shelf shelf = new Shelf(copy);
    String newer = "9" + first.head().id().substring(1);
    Files.write(shelf.file(newer), new byte[4096]);

    assertThat(shelf.stock().heads()).extracting(Head::id).contains(first.head().id());
    assertThat(shelf.stock().damaged()).containsExactly(newer);
    assertThat(shelf.choose(first.head().id()).id()).isEqualTo(first.head().id());
    assertThatThrownBy(() -> shelf.choose(""))
        .as("the newest is never another one in silence")
        .hasMessageContaining(newer)
        .hasMessageContaining("The one before is " + shelf.stock().heads().getFirst().id());
    assertThatThrownBy(shelf::heads).hasMessageContaining(newer);

    HomeFiles files = new HomeFiles(home, conf(), List.of());
    Manifest next =
        new Taking(
                Taking.Database.own(postgres), files, BackupKey.of(home), "test", Clock.systemUTC())
            .into(copy, SILENT);
    Comparison same =
        new Verifying(Verifying.Scratch.beside(postgres), new Programs(null), BackupKey.of(home))
            .of(copy, next.head(), SILENT);
    assertThat(same.rows()).as("backups go on beside it").isGreaterThan(30_000);
  }

  @Test
  void aFlippedByteIsNamed() throws Exception {
    Path copy = copied("flipped");
    Path piece = aPiece(copy);
    byte[] bytes = Files.readAllBytes(piece);
    bytes[bytes.length / 2] ^= 1;
    Files.write(piece, bytes);
    Path other = folder.resolve("home-flipped");
    assertThat(restoreOf(copy, other).sentence()).contains(piece.toString(), "damaged");
    assertThat(other.resolve("restore.unfinished")).exists();

    assertThatThrownBy(() ->
            new Verifying(
                    Verifying.Scratch.beside(postgres), new Programs(null), BackupKey.of(home))
                .of(copy, first.head(), SILENT))
        .isInstanceOf(BackupRefused.class)
        .hasMessageContaining(piece.toString())
        .hasMessageContaining("1 damaged in all, set aside");
    assertThat(piece).doesNotExist();

    Manifest next = takeInto(copy);
    Comparison same =
        new Verifying(Verifying.Scratch.beside(postgres), new Programs(null), BackupKey.of(home))
            .of(copy, next.head(), SILENT);
    assertThat(same.rows()).as("it was written anew").isGreaterThan(30_000);
    assertThat(piece).exists();
  }

  @Test
  void foldersOfBackupsInTheHomeGoIntoNone() throws Exception {
    Path old = Files.createDirectories(home.resolve("once/chunks"));
    Files.writeString(old.resolve("piece"), "of an older folder of backups");
    Files.createDirectory(home.resolve("once/manifests"));
    Path marked = home.resolve("later");
    Shelf.make(marked);
    Files.writeString(marked.resolve("piece"), "of another");
    Files.writeString(home.resolve("kept"), "is in it");

    Manifest next = takeInto(folder.resolve("none-in-it"));

    assertThat(next.entries())
        .extracting(Manifest.Entry::path)
        .contains("home/kept")
        .noneMatch(path -> path.contains("once") || path.contains("later"));
    for (String made : List.of("once", "later", "kept"))
      FileSystemUtils.deleteRecursively(home.resolve(made));
  }

  @Test
  void foldersThatTheSettingsNameAreInItWhereverTheyAre() throws Exception {
    Path etc = Files.createDirectories(folder.resolve("etc/intent"));
    Path settings = Files.writeString(etc.resolveSibling("fettle.yml"), "# elsewhere\n");
    Files.writeString(etc.resolve("a.yml"), "a: 2\n");
    Files.writeString(etc.resolveSibling("shadow"), "not Fettle's");
    Path copy = Files.createDirectory(folder.resolve("elsewhere"));
    Configuration elsewhere = new Configuration(settings, List.of(etc, Path.of("conf")));
    HomeFiles files = new HomeFiles(home, elsewhere, List.of());
    Manifest next =
        new Taking(
                Taking.Database.own(postgres), files, BackupKey.of(home), "test", Clock.systemUTC())
            .into(copy, SILENT);
    assertThat(next.entries())
        .extracting(Manifest.Entry::path)
        .contains("conf/fettle.yml", "at" + etc + "/a.yml", "below/conf/fettle.yml")
        .noneMatch(path -> path.contains("shadow"));

    Files.writeString(etc.resolve("a.yml"), "a: 3\n");
    Path other = folder.resolve("home-elsewhere");
    Path conf = folder.resolve("etc-other/fettle.yml");
    String master = home.resolve("master.key").toString();
    Said said = run(other, conf, copy, "--key", key(), "--master-key", master);

    assertThat(said.code()).as(said.err()).isZero();
    assertThat(Files.readString(conf)).isEqualTo("# elsewhere\n");
    assertThat(Files.readString(etc.resolve("a.yml"))).isEqualTo("a: 2\n");
    assertThat(Files.readString(etc.resolve("a.yml.before-restore"))).isEqualTo("a: 3\n");
    assertThat(other.resolveSibling("root/conf/fettle.yml")).exists();
  }

  @Test
  void anotherFettleOfTheSameKeyIsNotJoined() throws Exception {
    Path copy = copied("joined");
    Path mine = home.resolve(Installation.FILE);
    String text = Files.readString(mine);
    Files.writeString(mine, "another " + first.head().at().minusSeconds(60));
    assertThatThrownBy(() -> takeInto(copy))
        .hasMessageContaining(first.head().id())
        .hasMessageContaining("another Fettle with the same key");
    Files.writeString(mine, "restored-since " + first.head().at().plusSeconds(1));
    assertThat(takeInto(copy).head().installation()).isEqualTo("restored-since");
    Files.writeString(mine, text);
  }

  @Test
  void aMissingPieceIsNamedBeforeAnythingIsWritten() throws Exception {
    Path copy = copied("missing");
    Path piece = aPiece(copy);
    Files.delete(piece);

    Path other = folder.resolve("home-missing");
    assertThat(restoreOf(copy, other).sentence()).contains(piece.toString(), "is missing");
    try (Stream<Path> files = Files.list(other)) {
      assertThat(files).extracting(file -> file.getFileName().toString()).containsOnly("lock");
    }
  }

  @Test
  void aManifestThatWasChangedIsNoBackup() throws Exception {
    Path copy = copied("manifest");
    Path manifest = new Shelf(copy).file(first.head().id());
    String all = Files.readString(manifest, StandardCharsets.ISO_8859_1);
    Files.writeString(
        manifest, all.replaceFirst("\"files\":", "\"files\":1"), StandardCharsets.ISO_8859_1);

    assertThat(restoreOf(copy, folder.resolve("home-manifest")).sentence())
        .contains(manifest.toString(), "damaged");
  }

  @Test
  void anotherKeyAnotherMasterKeyOrNoneIsToldInOneSentence() throws Exception {
    Path other = folder.resolve("home-keys");
    Path wrong = Files.createDirectory(folder.resolve("wrong"));
    BackupKey.of(wrong);
    Path conf = folder.resolve("nowhere/fettle.yml");

    assertThat(
            run(other, conf, backups, "--key", wrong.resolve("backup.key").toString()).sentence())
        .contains("was made with the key " + first.head().key());
    assertThat(run(other, conf, backups).sentence()).contains("--key", "FETTLE_BACKUP_KEY");
    assertThat(restore(other, conf).sentence()).contains("--master-key");
    Path stranger = Files.writeString(folder.resolve("stranger.key"), "another\n");
    assertThat(restore(other, conf, "--master-key", stranger.toString()).sentence())
        .contains("is not the one");
    assertThat(run(other, conf, folder.resolve("empty"), "--key", key()).sentence())
        .contains("no backup in");
    assertThat(restore(other, conf, "--at", "20000101").sentence()).contains("no backup 20000101");
  }

  @Test
  void aFolderThatHoldsSomebodyElsesChunksIsLeftAlone() throws Exception {
    Path theirs = folder.resolve("loki");
    Path index = Files.createDirectories(theirs.resolve("chunks/ab")).resolve("index.db");
    Files.writeString(index, "theirs");
    HomeFiles files = new HomeFiles(home, conf(), List.of());
    Taking taking =
        new Taking(
            Taking.Database.own(postgres), files, BackupKey.of(home), "test", Clock.systemUTC());
    assertThatThrownBy(() -> taking.into(theirs, SILENT))
        .isInstanceOf(BackupRefused.class)
        .hasMessageContaining("index.db was not written by a backup");
    assertThat(index).hasContent("theirs");
  }

  @Test
  void aBackupLeavesRoomForTheDatabaseOnItsDiskAndNothingOfItselfWhenItFails() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root mounts a small disk");
    Path disk = Files.createDirectory(folder.resolve("shared"));
    assumeTrue(
        shell("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk.toString()) == 0,
        "no small disk here");
    try {
      HomeFiles files = new HomeFiles(disk, conf(), List.of());
      Path there = Files.createDirectory(disk.resolve("backups"));
      Taking taking =
          new Taking(
              Taking.Database.own(postgres), files, BackupKey.of(home), "test", Clock.systemUTC());
      assertThatThrownBy(() -> taking.into(there, SILENT))
          .isInstanceOf(BackupRefused.class)
          .hasMessageContaining("is on the database's own disk");
      try (Stream<Path> left = Files.walk(there)) {
        assertThat(left.filter(Files::isRegularFile)).isEmpty();
      }
    } finally {
      shell("umount", disk.toString());
    }
  }

  @Test
  void aLinkedFolderIsNotSilentlyLeftOutAndALinkToTheHomeIsTheHome() throws Exception {
    Path real = Files.createDirectory(folder.resolve("linked"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    Files.writeString(real.resolve("kept"), "kept");
    Files.createDirectory(real.resolve("files"));
    Files.writeString(real.resolve("files/whole"), "whole");
    Files.writeString(real.resolve("files/coming-1.tmp"), "half");
    HomeFiles files = new HomeFiles(link, conf(), List.of());
    assertThat(files.home()).isEqualTo(real.toRealPath());
    Taking taking =
        new Taking(
            Taking.Database.own(postgres), files, BackupKey.of(home), "test", Clock.systemUTC());
    Path there = Files.createDirectory(folder.resolve("linked-backups"));
    Manifest taken = taking.into(there, SILENT);
    assertThat(taken.entries())
        .anyMatch(e -> e.path().equals("home/kept"))
        .anyMatch(e -> e.path().equals("home/files/whole"))
        .noneMatch(e -> e.path().contains("coming"));
    Files.createSymbolicLink(real.resolve("evidence"), folder);
    assertThatThrownBy(() -> taking.into(there, SILENT))
        .isInstanceOf(BackupRefused.class)
        .hasMessageContaining("evidence is a symbolic link");
  }

  @Test
  void aBackupInTheFolderToRestoreIntoIsRefused() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other-within"));
    Files.writeString(other.resolve("restore.unfinished"), "x");
    FileSystemUtils.copyRecursively(backups, other.resolve("backups"));
    Said said =
        run(
            other,
            folder.resolve("nowhere/fettle.yml"),
            other.resolve("backups"),
            "--key",
            key(),
            "--master-key",
            home.resolve("master.key").toString());
    assertThat(said.code()).isNotZero();
    assertThat(said.err()).contains("move the backup elsewhere first");
    assertThat(new Shelf(other.resolve("backups")).heads()).isNotEmpty();
  }

  @Test
  void aFullDiskLeavesTheBackupsThatWereThere() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root mounts a small disk");
    Path small = Files.createDirectory(folder.resolve("small"));
    assumeTrue(
        shell("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small.toString()) == 0,
        "no small disk here");
    try {
      HomeFiles files = new HomeFiles(home, conf(), List.of());
      Taking taking =
          new Taking(
              Taking.Database.own(postgres), files, BackupKey.of(home), "test", Clock.systemUTC());
      assertThatThrownBy(() -> taking.into(small, SILENT))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left");
      assertThat(new Shelf(small).heads()).isEmpty();
      assertThat(number(postgres, "select count(*) from pg_replication_slots")).isZero();
    } finally {
      shell("umount", small.toString());
    }
  }

  @Test
  void anUpgradeSavesFirstAndDoesNotBeginWhenItCannot() {
    List<String> said = new ArrayList<>();
    MockEnvironment settings = new MockEnvironment();
    settings.setProperty("fettle.home", home.toString());
    settings.setProperty("fettle.conf", folder.resolve("conf/fettle.yml").toString());
    settings.setProperty("fettle.backup.folder", folder.resolve("saved").toString());

    String where = UpgradeBackup.take(settings, postgres, said::add);

    Head head = new Shelf(folder.resolve("saved")).heads().getFirst();
    assertThat(where).isEqualTo(head.id() + " in " + folder.resolve("saved"));
    assertThat(said).anyMatch(words -> words.matches("copying the database [0-9]+ %"));

    settings.setProperty("fettle.backup.folder", "/dev/null/nowhere");
    assertThatThrownBy(() -> UpgradeBackup.take(settings, postgres, said::add))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("The backup before the upgrade failed (/dev/null")
        .hasMessageContaining("'./fettle up --no-backup'");
  }

  @Test
  void anUpgradeThatIsTriedAgainOnTheSameDataSavesOnce() throws IOException {
    Path saved = folder.resolve("saved-once");
    MockEnvironment settings = new MockEnvironment();
    settings.setProperty("fettle.home", home.toString());
    settings.setProperty("fettle.conf", folder.resolve("conf/fettle.yml").toString());
    settings.setProperty("fettle.backup.folder", saved.toString());
    settings.setProperty(BeforeUpgrade.STEP, "as left at 8:00, to this build");

    String where = UpgradeBackup.take(settings, postgres, _ -> {});
    assertThat(UpgradeBackup.take(settings, postgres, _ -> {})).isEqualTo(where);

    assertThat(new Shelf(saved).heads()).hasSize(1);
    assertThat(new Shelf(saved).heads().getFirst().upgrade()).isNotNull();
    settings.setProperty(BeforeUpgrade.STEP, "as left at 9:00, to this build");
    assertThat(UpgradeBackup.take(settings, postgres, _ -> {})).isNotEqualTo(where);
    new Shelf(saved).remove(new Shelf(saved).heads().getFirst());
    UpgradeBackup.take(settings, postgres, _ -> {});
    assertThat(new Shelf(saved).heads()).as("one that was removed is taken anew").hasSize(2);
  }

  @Test
  void anUpgradeDoesNotSaveBeneathAPlaceThatIsNotMounted() throws Exception {
    Path mounted = folder.resolve("mounted");
    MockEnvironment settings = new MockEnvironment();
    settings.setProperty("fettle.home", home.toString());
    settings.setProperty("fettle.backup.folder", mounted.toString());
    UpgradeBackup.take(settings, postgres, _ -> {});
    FileSystemUtils.deleteRecursively(mounted);
    sql(
        "insert into backup.run (kind, folder, backup, actor, began_at, ended_at, ok, files, bytes,"
            + " stored, compared_rows, why_zh, why_en) values ('BACKUP', '"
            + mounted
            + "', 'b', 'system:test', now(), now(), true, 1, 1, 1, 0, '', '')");

    assertThatThrownBy(() -> UpgradeBackup.take(settings, postgres, _ -> {}))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("is it mounted?");
    assertThat(mounted).doesNotExist();

    Files.createFile(Files.createDirectory(mounted).resolve("fettle-backups"));
    UpgradeBackup.take(settings, postgres, _ -> {});
    assertThat(new Shelf(mounted).heads()).hasSize(1);
  }

  @Test
  void aFileInTheFoldersPlaceIsCalledAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("a-file"), "x");
    MockEnvironment settings = new MockEnvironment();
    settings.setProperty("fettle.home", home.toString());
    settings.setProperty("fettle.backup.folder", file.toString());

    assertThatThrownBy(() -> UpgradeBackup.take(settings, postgres, _ -> {}))
        .hasMessageContaining(file + " is a file and a backup needs a folder");
  }

  @Test
  void whatATargetHoldsRestoresByItself() throws Exception {
    Path share = Files.createDirectory(folder.resolve("share"));
    Target target =
        Target.of(
            "share", new TargetSettings("file://" + share, null, null, 28, Duration.ofMinutes(5)));
    Path work = folder.resolve("work");
    new TargetCopy(
            backups,
            BackupKey.of(home),
            Installation.of(home, Clock.systemUTC()),
            target,
            work,
            Duration.ofSeconds(60),
            Optional.empty())
        .bring(first.head(), "", false);

    Said said = restoreOf(share, folder.resolve("from-share"));

    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.out()).contains(first.head().id(), "are what the backup says");
  }

  private static int shell(String... words) throws Exception {
    return new ProcessBuilder(words).redirectErrorStream(true).start().waitFor();
  }

  /** A restore's exit code and words. */
  private record Said(int code, String out, String err) {
    String sentence() {
      assertThat(code).isEqualTo(1);
      String last = err.strip().lines().toList().getLast();
      assertThat(last).startsWith("fettle: ");
      return last;
    }
  }

  private static String key() {
    return home.resolve("backup.key").toString();
  }

  private static Said restore(Path other, Path conf, String... more) {
    String[] words =
        Stream.concat(Stream.of("--key", key()), Stream.of(more)).toArray(String[]::new);
    return run(other, conf, backups, words);
  }

  private static Said restoreOf(Path copy, Path other) {
    return run(
        other,
        folder.resolve("nowhere/fettle.yml"),
        copy,
        "--at",
        first.head().id(),
        "--key",
        key(),
        "--master-key",
        home.resolve("master.key").toString());
  }

  private static Said run(Path other, Path conf, Path from, String... more) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Map<String, String> environment = new HashMap<>();
    environment.put("FETTLE_HOME", other.toString());
    environment.put("FETTLE_CONF", conf.toString());
    environment.put("FETTLE_ROOT", folder.resolve("root").toString());
    int code =
        RestoreProgram.run(
            environment,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Stream.concat(Stream.of(from.toString()), Stream.of(more)).toArray(String[]::new));
    return new Said(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static Path copied(String name) throws IOException {
    Path copy = folder.resolve(name);
    FileSystemUtils.copyRecursively(backups, copy);
    return copy;
  }

  /** One of the first backup's that belongs to the database. */
  private static Path aPiece(Path copy) {
    String name =
        first.entries().stream()
            .filter(e -> e.path().startsWith("database/base/"))
            .flatMap(e -> Optional.ofNullable(e.chunks()).stream().flatMap(List::stream))
            .findFirst()
            .orElseThrow();
    return copy.resolve("chunks").resolve(name.substring(0, 2)).resolve(name);
  }

  private static long rows(Manifest manifest, String table) {
    return manifest.tables().stream()
        .filter(sum -> sum.table().equals(table))
        .findFirst()
        .orElseThrow()
        .rows();
  }

  private static Connection connect(EmbeddedPostgres server) throws SQLException {
    return DriverManager.getConnection(server.url(), server.user(), server.password());
  }

  private static void sql(String text) throws SQLException {
    sql(postgres, text);
  }

  private static void sql(EmbeddedPostgres server, String text) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  private static long number(EmbeddedPostgres server, String query) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }
}
