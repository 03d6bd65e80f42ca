package io.fettle.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fettle.backup.Manifest.Entry;
import io.fettle.backup.Manifest.Head;
import io.fettle.backup.TargetTable.State;
import io.fettle.kernel.Actor;
import io.fettle.kernel.CannotStart;
import io.fettle.support.RealSshd;
import io.fettle.support.SettableClock;
import io.fettle.support.TestPostgres;
import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;

/** Backups are brought to folders, and over real rsync and sshd to another machine. */
class TargetsTest {
  private static final Instant START = Instant.parse("2026-11-22T08:00:00Z");
  private static RealSshd sshd;
  private static int users;

  @TempDir Path folder;
  private final String user = "keeper" + ++users;
  private final String there = "/home/" + user + "/fettle";
  private final SettableClock clock = new SettableClock(START);
  private JdbcClient jdbc;
  private BackupTable runs;
  private TargetTable table;
  private BackupKey key;
  private final List<Targets> started = new ArrayList<>();

  @BeforeAll
  static void startAnotherMachine() {
    sshd = RealSshd.start();
  }

  @AfterAll
  static void stopIt() {
    sshd.close();
  }

  @BeforeEach
  void begin() throws IOException {
    jdbc = JdbcClient.create(TestPostgres.fresh());
    runs = new BackupTable(jdbc);
    table = new TargetTable(jdbc);
    Files.createDirectory(home());
    key = BackupKey.of(home());
    Files.writeString(
        Files.createFile(
            privateKey(),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
        new String(sshd.key()));
  }

  @AfterEach
  void end() {
    started.forEach(Targets::destroy);
  }

  private Path home() {
    return folder.resolve("home");
  }

  private Path source() {
    return home().resolve("backups");
  }

  private Path privateKey() {
    return folder.resolve("id");
  }

  private Target share(int keep) throws IOException {
    Path share = Files.createDirectories(folder.resolve("share"));
    return Target.of(
        "share", new TargetSettings("file://" + share, null, null, keep, Duration.ofHours(1)));
  }

  private Target far(int keep, String hostKey) {
    String url =
        "rsync+ssh://%s@%s:%d%s"
            .formatted(user, sshd.endpoint().host(), sshd.endpoint().port(), there);
    String known = hostKey.replaceFirst("^(\\S+ \\S+).*", "$1");
    return Target.of(
        "far", new TargetSettings(url, privateKey().toString(), known, keep, Duration.ofHours(1)));
  }

  private void makeTheFolderThere() {
    sshd.user(user, "nobody-knows");
    sshd.sh("install -d -o " + user + " " + there);
  }

  private Targets targets(Duration stall, Target... all) {
    return targets(Optional.empty(), stall, all);
  }

  private Targets targets(Optional<Path> rsync, Duration stall, Target... all) {
    Targets.Places places = new Targets.Places(home(), source(), List.of(all), rsync);
    Targets targets = new Targets(places, table, runs, clock, stall);
    started.add(targets);
    return targets;
  }

  /** A whole backup of one file with these pieces, on the record as every scheduled one is. */
  private Head backUp(int... pieces) throws IOException {
    return backUpBy(Installation.of(home(), clock).id(), pieces);
  }

  private Head backUpBy(String by, int... pieces) throws IOException {
    clock.forward(Duration.ofHours(6));
    Instant at = clock.instant();
    List<String> names = new ArrayList<>();
    Shelf shelf = new Shelf(source());
    Files.createDirectories(source());
    long stored;
    try (Chunks chunks = new Chunks(source(), key)) {
      for (int piece : pieces) {
        byte[] bytes = new byte[100_000];
        new Random(piece).nextBytes(bytes);
        names.add(chunks.put(bytes, bytes.length));
      }
      stored = chunks.stored();
    }
    String id = at.toString().replaceAll("[-:]", "");
    Head head = new Head(Shelf.FORMAT, id, at, "test", 18, key.id(), 1, 0, stored, 1, null, by);
    Entry entry = new Entry("home/a", "rw-------", 0, 0, names);
    shelf.write(new Manifest(head, "p", "1", null, List.of(entry), List.of(), null), key);
    record(Work.Kind.BACKUP, head);
    return head;
  }

  private void record(Work.Kind kind, Head head) {
    Work begun = Work.begun(1, kind, source().toString(), clock.instant());
    runs.insert(begun.took(head, clock.instant()), Actor.system("test"));
  }

  private State settled(Targets targets, Target target) throws InterruptedException {
    targets.sweep();
    WholeProcess.await(
        target.name(),
        Duration.ofSeconds(30),
        () -> targets.all().stream().noneMatch(targets::isBusy));
    return targets.state(target).orElseThrow();
  }

  /** Every backup there, each opened and each of its pieces too. */
  private List<String> whole(Path place) throws IOException {
    List<String> ids = new ArrayList<>();
    Shelf shelf = new Shelf(place);
    try (Chunks chunks = new Chunks(place, key)) {
      for (Head head : shelf.heads()) {
        for (String piece : shelf.read(head, key).chunks())
          assertThat(chunks.get(piece)).hasSize(100_000);
        ids.add(head.id());
      }
    }
    return ids;
  }

  /** What lies on the other machine, brought back by hand. */
  private Path broughtBack() throws IOException {
    Path copy = folder.resolve("back");
    FileSystemUtils.deleteRecursively(copy);
    Files.createDirectory(copy);
    Path tar = folder.resolve("back.tar");
    sshd.sh("tar -C " + there + " -cf " + tar + " .");
    assertThat(shell("tar", "-xf", tar.toString(), "-C", copy.toString())).isZero();
    return copy;
  }

  private static int shell(String... words) {
    try {
      return new ProcessBuilder(words).redirectErrorStream(true).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void everyBackupGoesToEachPlaceAndOnlyWhatIsNewIsSent() throws Exception {
    makeTheFolderThere();
    Target share = share(2);
    Target far = far(2, sshd.hostKey());
    Targets targets = targets(Duration.ofSeconds(20), share, far);
    targets.sweep();
    assertThat(targets.state(far)).as("nothing to bring yet").isEmpty();

    Head first = backUp(1, 2, 3);
    record(Work.Kind.VERIFICATION, first);
    State sent = settled(targets, far);
    assertThat(sent.why().en()).isEmpty();
    assertThat(sent.sent()).isGreaterThan(300_000);
    assertThat(sent.backup()).isEqualTo(first.id());
    assertThat(settled(targets, share).sent()).isEqualTo(sent.sent());

    Head second = backUp(2, 3, 4);
    assertThat(settled(targets, far).sent()).isBetween(100_000L, 101_000L);
    Head third = backUp(4, 5);
    Head fourth = backUp(5, 6);
    assertThat(settled(targets, far).kept()).as("the proven one is not counted out").isEqualTo(3);
    Path back = broughtBack();
    assertThat(whole(back))
        .as("one that came between two copies is made up for")
        .containsExactly(fourth.id(), third.id(), first.id());
    assertThat(whole(folder.resolve("share"))).hasSizeLessThanOrEqualTo(3).contains(first.id());

    record(Work.Kind.VERIFICATION, fourth);
    Head fifth = backUp(6);
    assertThat(settled(targets, far).kept()).isEqualTo(2);
    assertThat(whole(broughtBack())).containsExactly(fifth.id(), fourth.id());
    assertThat(sshd.sh("find " + there + "/chunks -type f | wc -l").strip()).isEqualTo("2");
  }

  @Test
  void anotherHostKeyIsRefusedAndTheOtherPlacesGoOn() throws Exception {
    makeTheFolderThere();
    Target far = far(28, sshd.hostKey());
    Target share = share(28);
    sshd.reinstall();
    Targets targets = targets(Duration.ofSeconds(20), far, share);
    Head head = backUp(1);

    State refused = settled(targets, far);

    assertThat(refused.why().en()).contains("another key than host-key");
    assertThat(refused.behindSince()).isEqualTo(clock.instant());
    assertThat(sshd.log()).doesNotContain("Accepted publickey for " + user);
    assertThat(settled(targets, share).backup()).isEqualTo(head.id());
    TargetHealth health = new TargetHealth(far, targets, clock);
    assertThat(health.check().ok()).isFalse();
    assertThat(health.check().why().en()).contains("behind", "another key");
    assertThat(health.check().why().zh()).contains("落后", "主机密钥");
    assertThat(new TargetHealth(share, targets, clock).check().ok()).isTrue();

    assertThat(settled(targets, far).failures()).as("not at once again").isEqualTo(1);
    clock.forward(Duration.ofMinutes(2));
    assertThat(settled(targets, far).failures()).isEqualTo(2);
  }

  @Test
  void onePlaceThatHangsHoldsUpNoOther() throws Exception {
    makeTheFolderThere();
    Target far = far(28, sshd.hostKey());
    Target share = share(28);
    Targets targets = targets(Duration.ofSeconds(2), far, share);
    Head first = backUp(1, 2);
    settled(targets, far);
    Head second = backUp(2, 3);
    shell("kill", "-STOP", "" + sshd.pid());
    try {
      targets.sweep();
      WholeProcess.await("share", Duration.ofSeconds(10), () -> !targets.isBusy(share));
      assertThat(targets.state(share).orElseThrow().backup()).isEqualTo(second.id());
      assertThat(targets.isBusy(far)).as("hangs").isTrue();
      State behind = settled(targets, far);
      assertThat(behind.failures()).isEqualTo(1);
      assertThat(behind.backup()).isEqualTo(first.id());
    } finally {
      shell("kill", "-CONT", "" + sshd.pid());
    }
    clock.forward(Duration.ofMinutes(1));
    State done = settled(targets, far);
    assertThat(done.backup()).as(done.why().en()).isEqualTo(second.id());
    assertThat(done.behindSince()).isNull();
  }

  @Test
  void aFullPlaceKeepsItsLastGoodBackup() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root mounts a small disk");
    Target share = share(28);
    String disk = folder.resolve("share").toString();
    assumeTrue(shell("mount", "-t", "tmpfs", "-o", "size=800k", "tmpfs", disk) == 0, "no mount");
    try {
      Targets targets = targets(Duration.ofSeconds(20), share);
      Head good = backUp(1, 2, 3);
      assertThat(settled(targets, share).backup()).isEqualTo(good.id());

      backUp(11, 12, 13, 14, 15, 16, 17, 18);
      State full = settled(targets, share);

      assertThat(full.why().en()).contains("no room left");
      assertThat(full.backup()).isEqualTo(good.id());
      assertThat(whole(folder.resolve("share"))).containsExactly(good.id());

      Head small = backUp(1, 4);
      State done = settled(targets, share);
      assertThat(done.backup()).as(done.why().en()).isEqualTo(small.id());
      assertThat(whole(folder.resolve("share"))).containsExactly(small.id(), good.id());
    } finally {
      shell("umount", disk);
    }
  }

  @Test
  void anEmptiedFolderOnEitherSideIsNotTakenForTheTruth() throws Exception {
    Target share = share(28);
    Targets targets = targets(Duration.ofSeconds(20), share);
    Head first = backUp(1, 2);
    settled(targets, share);

    FileSystemUtils.deleteRecursively(source());
    Head second = backUp(7);
    assertThat(settled(targets, share).backup()).isEqualTo(second.id());
    assertThat(whole(folder.resolve("share"))).containsExactly(second.id(), first.id());

    FileSystemUtils.deleteRecursively(folder.resolve("share"));
    Files.createDirectory(folder.resolve("share"));
    backUp(8);
    assertThat(settled(targets, share).why().en()).contains("is it mounted?");
    FileSystemUtils.deleteRecursively(folder.resolve("share"));
    clock.forward(Duration.ofMinutes(5));
    assertThat(settled(targets, share).why().en()).contains("is no such folder");
    assertThat(folder.resolve("share")).as("is never made").doesNotExist();
  }

  /** A stand-in for this machine's rsync, which it calls in the end. */
  private Path rsync(String script) throws IOException {
    Path program = Files.writeString(folder.resolve("rsync"), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return program;
  }

  @Test
  void aFolderThatHangsLeavesTheOthersAtWork() throws Exception {
    Path share = Files.createDirectories(folder.resolve("share"));
    Path other = Files.createDirectories(folder.resolve("other"));
    Target hangs =
        Target.of(
            "hangs", new TargetSettings("file://" + share, null, null, 28, Duration.ofSeconds(4)));
    Target works =
        Target.of(
            "works", new TargetSettings("file://" + other, null, null, 28, Duration.ofHours(1)));
    Path flag = Files.createFile(folder.resolve("hangs"));
    Path stuck =
        rsync(
            "case \"$*\" in *%s/*) [ ! -e %s ] || kill -STOP $$ ;; esac\nexec rsync \"$@\"\n"
                .formatted(share, flag));
    Targets targets = targets(Optional.of(stuck), Duration.ofSeconds(1), hangs, works);
    Head head = backUp(1, 2);

    targets.sweep();
    WholeProcess.await("works", Duration.ofSeconds(4), () -> !targets.isBusy(works));
    assertThat(targets.state(works).orElseThrow().backup()).isEqualTo(head.id());
    State behind = settled(targets, hangs);
    assertThat(behind.why().en()).contains("longer than its limit");
    Files.delete(flag);
    clock.forward(Duration.ofMinutes(1));
    State done = settled(targets, hangs);
    assertThat(done.backup()).as(done.why().en()).isEqualTo(head.id());
  }

  @Test
  void filesAreOnTheDiskThereWhereItsRsyncCanPromiseThat() throws Exception {
    Path said = folder.resolve("said");
    Path old =
        rsync(
            """
            echo "$*" >>%s
            case "$*" in *--fsync*) echo 'rsync: on remote machine: --fsync: unknown option' >&2; exit 1 ;; esac
            exec rsync "$@"
            """
                .formatted(said));
    Target share = share(28);
    Head head = backUp(1, 2);
    State done = settled(targets(Optional.of(old), Duration.ofSeconds(20), share), share);
    assertThat(done.backup()).as(done.why().en()).isEqualTo(head.id());
    assertThat(Files.readAllLines(said)).filteredOn(line -> line.contains("--fsync")).hasSize(1);

    Files.delete(said);
    Head next = backUp(2, 3);
    Path plain = rsync("echo \"$*\" >>" + said + "\nexec rsync \"$@\"\n");
    done = settled(targets(Optional.of(plain), Duration.ofSeconds(20), share), share);
    assertThat(done.backup()).as(done.why().en()).isEqualTo(next.id());
    assertThat(Files.readAllLines(said))
        .filteredOn(line -> line.contains("--fsync"))
        .as("the pieces, then the manifest")
        .hasSize(2);
    assertThat(whole(folder.resolve("share"))).containsExactly(next.id(), head.id());
  }

  @Test
  void aManifestThereThatIsNoneIsNamedAndNotFetched() throws Exception {
    Target share = share(28);
    Targets targets = targets(Duration.ofSeconds(20), share);
    Head head = backUp(1);
    settled(targets, share);
    Path strange = folder.resolve("share/manifests/20000101.backup");
    Files.writeString(strange, "no manifest\n");
    backUp(2);
    assertThat(settled(targets, share).why().en()).contains("a manifest there cannot be read");

    try (var file = new java.io.RandomAccessFile(strange.toFile(), "rw")) {
      file.setLength(Shelf.LARGEST + (9L << 20));
    }
    clock.forward(Duration.ofMinutes(5));
    assertThat(settled(targets, share).why().en())
        .contains("manifests/20000101.backup there is of 137 MB", "it was not fetched");
    try (var files = Files.walk(home().resolve("run/targets"))) {
      assertThat(files.mapToLong(file -> file.toFile().length()).max().orElseThrow())
          .isLessThan(1 << 20);
    }

    Files.delete(strange);
    clock.forward(Duration.ofMinutes(5));
    State done = settled(targets, share);
    assertThat(done.why().en()).isEmpty();
    assertThat(whole(folder.resolve("share"))).hasSize(2).contains(head.id());
  }

  @Test
  void aBackupByHandIntoATargetsFolderIsRefused() throws Exception {
    Path share = Files.createDirectories(folder.resolve("share"));
    BackupSettings settings =
        new BackupSettings(
            null,
            Duration.ofHours(6),
            28,
            Duration.ofDays(7),
            Map.of(
                "share",
                new TargetSettings("file://" + share, null, null, 28, Duration.ofHours(1))),
            OutsideSettings.usual());
    Path link = Files.createSymbolicLink(folder.resolve("link"), share);
    for (Path same : List.of(share, link))
      assertThatThrownBy(() -> settings.notATarget(same))
          .isInstanceOf(BackupRefused.class)
          .hasMessageContaining("belongs to the backup target share");
    settings.notATarget(folder.resolve("another"));
  }

  @Test
  void aTargetThatLeadsToTheBackupsIsFoundByItsOwnCopyAndByNobodyElse() throws Exception {
    Head head = backUp(1, 2);
    Path link = Files.createSymbolicLink(folder.resolve("link"), source());
    TargetSettings place = new TargetSettings("file://" + link, null, null, 1, Duration.ofHours(1));
    BackupSettings settings =
        new BackupSettings(
            null,
            Duration.ofHours(6),
            28,
            Duration.ofDays(7),
            Map.of("link", place),
            OutsideSettings.usual());

    settings.notATarget(source());

    Target target = Target.of("link", place);
    Targets targets = targets(Duration.ofSeconds(20), target);
    assertThat(settled(targets, target).why().en()).contains("the folder of the backups here");
    assertThat(new Shelf(source()).heads()).containsExactly(head);
  }

  @Test
  void whatWasMissedIsMadeUpForAndOneThatCannotBeIsSaid() throws Exception {
    Target share = share(28);
    Targets targets = targets(Duration.ofSeconds(20), share);
    Head first = backUp(1);
    Head second = backUp(2);
    Head third = backUp(3);
    String piece = new Shelf(source()).read(second, key).chunks().iterator().next();
    Files.delete(source().resolve("chunks/" + piece.substring(0, 2) + "/" + piece));

    State done = settled(targets, share);

    assertThat(done.backup()).isEqualTo(third.id());
    assertThat(done.kept()).isEqualTo(2);
    assertThat(whole(folder.resolve("share"))).containsExactly(third.id(), first.id());
    var health = new TargetHealth(share, targets, clock).check();
    assertThat(health.ok()).isTrue();
    assertThat(health.why().en())
        .contains("has the newest backup", "an earlier one could not be brought", piece);
    assertThat(health.why().zh()).contains("更早的备份未能送达");

    backUp(4);
    assertThat(settled(targets, share).kept()).isEqualTo(3);
  }

  @Test
  void backupsOfUpgradesPushOutNoOthers() {
    List<Head> heads = new ArrayList<>();
    for (int i = 9; i > 0; i--)
      heads.add(
          new Head(1, "" + i, START, "test", 18, "k", 1, 0, 0, 1, i % 2 == 0 ? "0.2" : null, null));

    assertThat(Shelf.kept(heads, 3, ""))
        .extracting(Head::id)
        .containsExactly("9", "8", "7", "6", "5");
    assertThat(Shelf.kept(heads, 1, "2")).extracting(Head::id).containsExactly("9", "8", "6", "2");
  }

  @Test
  void aPlaceOfAnotherFettleIsLeftAlone() throws Exception {
    Target share = share(1);
    Targets targets = targets(Duration.ofSeconds(20), share);
    Head theirs = backUp(1);
    settled(targets, share);
    Files.delete(home().resolve(BackupKey.FILE));
    FileSystemUtils.deleteRecursively(source());
    jdbc.sql("delete from backup.target").update();
    key = BackupKey.of(home());

    backUp(2);

    assertThat(settled(targets, share).why().en()).contains("was made with another key");
    assertThat(new Shelf(folder.resolve("share")).heads()).containsExactly(theirs);
  }

  @Test
  void twoFettlesOfOneKeyAtOnePlaceDeleteNothingOfEachOther() throws Exception {
    Target share = share(1);
    Targets targets = targets(Duration.ofSeconds(20), share);
    Head before = backUpBy("the-one-it-was-restored-from", 1);
    Files.writeString(home().resolve(Installation.FILE), "restored " + clock.instant());
    Head mine = backUp(2);
    assertThat(settled(targets, share).why().en()).isEmpty();
    assertThat(whole(folder.resolve("share"))).as("one is kept").containsExactly(mine.id());

    Head theirs = backUpBy("the-one-it-was-restored-from", 3);
    Path there = folder.resolve("share");
    FileSystemUtils.copyRecursively(source(), there);
    Files.delete(new Shelf(there).file(before.id()));
    Files.delete(new Shelf(source()).file(theirs.id()));
    backUp(4);

    assertThat(settled(targets, share).why().en())
        .contains(theirs.id(), "another Fettle with the same key");
    assertThat(whole(there)).containsExactly(theirs.id(), mine.id());
  }

  @Test
  void whatRotsThereIsWrittenAnewAndWhatIsDamagedHereIsNotBrought() throws Exception {
    makeTheFolderThere();
    Target far = far(28, sshd.hostKey());
    Targets targets = targets(Duration.ofSeconds(20), far);
    Head first = backUp(1, 2);
    settled(targets, far);
    List<String> pieces =
        new Shelf(source())
            .read(first, key).chunks().stream()
                .map(piece -> "chunks/" + piece.substring(0, 2) + "/" + piece)
                .toList();
    pieces.forEach(this::rotThere);
    Files.write(source().resolve(pieces.getLast()), new byte[100_029]);

    for (String piece : pieces) {
      while (!TargetCopy.hasTurn(piece, turnOfTheNext())) clock.forward(Duration.ofHours(1));
      backUp(1);
      assertThat(settled(targets, far).why().en()).isEmpty();
    }

    Path back = broughtBack();
    try (Chunks chunks = new Chunks(back, key)) {
      assertThat(chunks.isWhole(Path.of(pieces.getFirst()).getFileName().toString())).isTrue();
      assertThat(chunks.isWhole(Path.of(pieces.getLast()).getFileName().toString())).isFalse();
    }
    assertThat(Files.readAllBytes(back.resolve(pieces.getLast())))
        .as("two damaged ones: neither is trusted")
        .isNotEqualTo(Files.readAllBytes(source().resolve(pieces.getLast())));
    TargetHealth.State health = new TargetHealth(far, targets, clock).check();
    assertThat(health.why().en()).contains("1 pieces were found damaged there");
    assertThat(health.why().zh()).contains("1 个损坏的文件");
  }

  @Test
  void whatIsLackingHereComesBackFromThereAndOnlyWhole() throws Exception {
    makeTheFolderThere();
    Target far = far(28, sshd.hostKey());
    Targets targets = targets(Duration.ofSeconds(20), far);
    Head first = backUp(1, 2);
    settled(targets, far);
    List<String> pieces = List.copyOf(new Shelf(source()).read(first, key).chunks());
    for (String piece : pieces)
      Files.move(piece(piece), piece(piece).resolveSibling(piece + ".damaged"));
    rotThere(source().relativize(piece(pieces.getLast())).toString());

    backUp(3);
    settled(targets, far);

    try (Chunks chunks = new Chunks(source(), key)) {
      assertThat(chunks.get(pieces.getFirst())).hasSize(100_000);
      assertThat(chunks.has(pieces.getLast())).as("rotten there, damaged here").isFalse();
    }
  }

  private Path piece(String name) {
    return source().resolve("chunks").resolve(name.substring(0, 2)).resolve(name);
  }

  private int turnOfTheNext() {
    Instant at = clock.instant().plus(Duration.ofHours(6));
    return TargetCopy.turn(new Head(1, "", at, "", 18, "", 1, 0, 0, 1, null, null));
  }

  /** As a disk does: the same name, size and time, and other bytes. */
  private void rotThere(String piece) {
    String file = there + "/" + piece;
    sshd.sh(
        "touch -r %1$s /tmp/when; printf rotten | dd of=%1$s bs=1 seek=500 conv=notrunc 2>/dev/null; touch -r /tmp/when %1$s"
            .formatted(file));
  }

  @Test
  void whatCannotBeUsedIsToldInOneSentence() {
    for (String[] wrong :
        new String[][] {
          {"ftp://a/b", "file:///folder or rsync+ssh"},
          {"file://host/b", "three slashes"},
          {"rsync+ssh://a:secret@host/b", "a secret never stands there"},
          {"rsync+ssh://-oProxyCommand=x/b", "no host"},
          {"file:///a/../etc", "no folder"},
          {"rsync+ssh://host/b", "host-key must be"}
        })
      assertThatThrownBy(
              () -> Target.of("t", new TargetSettings(wrong[0], "/k", "x", 1, Duration.ofHours(1))))
          .isInstanceOf(CannotStart.class)
          .hasMessageContaining(wrong[1]);
    assertThat(Set.of(Targets.pause(0), Targets.pause(1), Targets.pause(60)))
        .containsExactlyInAnyOrder(
            Duration.ofMinutes(1), Duration.ofMinutes(2), Duration.ofHours(1));
  }
}
