package io.fettle.backup;

import io.fettle.backup.Manifest.Head;
import io.fettle.kernel.Label;
import io.fettle.platform.postgres.Space;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.util.FileSystemUtils;

/**
 * Brings one backup to one target, and then the earlier ones that were missed. First the pieces
 * that are not there, then the manifest, in one step; what is there is never changed, so a copy
 * that ends half-way harms no earlier one. What is kept there is decided by what lies there: an
 * emptied folder here deletes nothing there.
 */
final class TargetCopy {
  private static final Pattern LISTED =
      Pattern.compile("-\\S+ +([0-9]+) \\S+ \\S+ ((?:chunks|manifests)/.+)");

  /** Hours in which every piece has its turn, a prime: whatever the interval, none is left out. */
  private static final int TURNS = 29;

  /** Bytes of a disk that is the database's too which nothing brought back takes. */
  private static final long SPARE = 512L << 20;

  private static final String CHUNKS = "chunks/";
  private static final String MANIFESTS = "manifests/";

  private final Path source;
  private final BackupKey key;
  private final Installation installation;
  private final Target target;
  private final Path work;
  private final Rsync rsync;

  /**
   * @param source the folder of the backups here
   * @param work a folder of this target's own, kept between copies
   * @param program an rsync of another place than PATH
   */
  TargetCopy(
      Path source,
      BackupKey key,
      Installation installation,
      Target target,
      Path work,
      Duration stall,
      Optional<Path> program)
      throws IOException {
    this.source = source;
    this.key = key;
    this.installation = installation;
    this.target = target;
    this.work = work;
    this.rsync = new Rsync(target, work, stall, program);
  }

  /**
   * What a copy did.
   *
   * @param sent bytes of pieces that were not there
   * @param kept backups that are there now
   * @param renewed pieces that lay there damaged and were written anew
   * @param healed pieces that backups here lacked and that were brought back from there
   * @param without why an earlier backup could not be brought after it; empty words when none lacks
   */
  record Done(long sent, int kept, int renewed, int healed, Label without) {}

  /**
   * Brings it there and removes what is too old there.
   *
   * @param proven id of the newest backup that was proven, which is kept; empty when none was
   * @param seen whether this target ever had a backup
   */
  Done bring(Head head, String proven, boolean seen) throws IOException, Behind {
    Map<String, Long> there = listed();
    notTheSource();
    List<Head> heads = heads(there, seen);
    int healed = heal(there);
    retire(there, heads, proven, new Shelf(source).read(head, key).chunks());
    long sent = carry(head, there);
    int renewed = renew(there, turn(head));
    Label without = Label.same("");
    for (Head earlier : missed(head, proven)) {
      try {
        sent += carry(earlier, there);
      } catch (Behind e) {
        without = e.why();
        break;
      } catch (BackupRefused e) {
        without = e.why();
      } catch (NoSuchFileException e) {
        without = lacks(e);
      }
    }
    int kept = retire(there, new Shelf(work).heads(), proven, Set.of());
    return new Done(sent, kept, renewed, healed, without);
  }

  /** What is said of a backup of which a piece is gone here. */
  static Label lacks(NoSuchFileException e) {
    return new Label("这里的备份缺少文件 " + e.getFile(), "the backup here lacks " + e.getFile());
  }

  /** Earlier ones that lie here and have a place there, newest first: it was out of reach then. */
  private List<Head> missed(Head head, String proven) {
    List<Head> there = new Shelf(work).heads();
    Set<String> known = there.stream().map(Head::id).collect(Collectors.toSet());
    List<Head> all = new ArrayList<>(there);
    for (Head here : own())
      if (here.id().compareTo(head.id()) < 0 && !known.contains(here.id())) all.add(here);
    all.sort(Comparator.comparing(Head::id).reversed());
    return Shelf.kept(all, target.keep(), proven).stream()
        .filter(kept -> !known.contains(kept.id()))
        .toList();
  }

  /** The backups here that this Fettle made with this key. */
  private List<Head> own() {
    List<Head> own = new ArrayList<>(new Shelf(source).stock().heads());
    own.removeIf(
        head -> !head.key().equals(key.id()) || installation.another(List.of(head)).isPresent());
    return own;
  }

  /**
   * Brings back what backups here lack, since it was found damaged and set aside or is gone, and
   * what lies there: a backup is whole again where only its own machine's disk failed.
   *
   * @return pieces that came and were whole
   */
  private int heal(Map<String, Long> there) throws IOException, Behind {
    Set<String> lacking = lacking();
    lacking.removeIf(chunk -> !there.containsKey(file(chunk)));
    if (lacking.isEmpty()) return 0;
    Path back = Files.createDirectories(work.resolve("back"));
    try (Chunks chunks = new Chunks(source, key)) {
      long bytes = lacking.stream().mapToLong(chunk -> there.get(file(chunk))).sum();
      if (bytes > Space.left(work) - SPARE || bytes > Space.left(source) - SPARE) return 0;
      List<String> names = lacking.stream().map(TargetCopy::file).toList();
      rsync.run(List.of("-tW", "--files-from=" + list(names), rsync.there(""), back + "/"));
      int healed = 0;
      for (String chunk : lacking) if (chunks.takeBack(chunk, back.resolve(file(chunk)))) healed++;
      if (healed > 0) Disk.flush(source);
      return healed;
    } finally {
      FileSystemUtils.deleteRecursively(back);
    }
  }

  private Set<String> lacking() throws IOException {
    Shelf shelf = new Shelf(source);
    Set<String> named = new HashSet<>();
    for (Head head : own())
      if (head.format() <= Shelf.OUTSIDE)
        shelf.readable(head, key).ifPresent(manifest -> named.addAll(manifest.chunks()));
    Set<String> lacking = new TreeSet<>(named);
    lacking.removeIf(chunk -> Files.exists(source.resolve(file(chunk))));
    return lacking;
  }

  /**
   * Pieces first, then what names them.
   *
   * @return bytes of pieces that were not there
   */
  private long carry(Head head, Map<String, Long> there) throws IOException, Behind {
    long sent = send(new Shelf(source).read(head, key), there);
    if (there.containsKey(file(head))) return sent;
    Path file = source.resolve(file(head));
    rsync.write(List.of("-t", file.toString(), rsync.there(MANIFESTS)));
    Files.createDirectories(work.resolve(MANIFESTS));
    Files.copy(file, work.resolve(file(head)), StandardCopyOption.REPLACE_EXISTING);
    there.put(file(head), Files.size(file));
    return sent;
  }

  /**
   * Asked after the target has answered once: a share that hangs is the business of rsync's limit.
   */
  private void notTheSource() throws IOException, Behind {
    if (target.overSsh() || !Path.of(target.destination()).toRealPath().equals(source.toRealPath()))
      return;
    throw new Behind(
        "目标就是这里的备份目录 " + source + "（经由链接）：请另选一个目录",
        "it is the folder of the backups here, "
            + source
            + ", through a link: name another folder");
  }

  private List<Head> readable(Map<String, Long> there) throws Behind {
    try {
      return new Shelf(work).heads();
    } catch (BackupRefused e) {
      Set<String> empty = new TreeSet<>(there.keySet());
      empty.removeIf(name -> !name.startsWith(MANIFESTS) || there.getOrDefault(name, 0L) > 0);
      String which = empty.isEmpty() ? MANIFESTS : String.join(", ", empty);
      throw new Behind(
          "那里有读不出的备份清单（" + which + "），可能断过电：请在那里删除它，其余备份不受影响",
          "a manifest there cannot be read ("
              + which
              + "), perhaps after a power cut: delete it there, the other backups are not touched");
    }
  }

  private static String file(Head head) {
    return MANIFESTS + head.id() + ".backup";
  }

  private static String file(String chunk) {
    return CHUNKS + chunk.substring(0, 2) + "/" + chunk;
  }

  /** Name and size of every file of ours at the target. */
  private Map<String, Long> listed() throws IOException, Behind {
    Path list = rsync.run(List.of("--list-only", "-r", "--no-h", rsync.there("")));
    Map<String, Long> there = new HashMap<>();
    try (var lines = Files.lines(list, StandardCharsets.ISO_8859_1)) {
      lines.forEach(line -> {
        Matcher file = LISTED.matcher(line);
        if (file.matches()) there.put(file.group(2), Long.valueOf(file.group(1)));
      });
    }
    return there;
  }

  /** The backups there, newest first; their manifests are kept here from one copy to the next. */
  private List<Head> heads(Map<String, Long> there, boolean seen) throws IOException, Behind {
    boolean none = there.keySet().stream().noneMatch(name -> name.startsWith(MANIFESTS));
    if (none && seen)
      throw new Behind(
          "目标目录里以前的备份都不见了：是否没有挂载？若确要重新开始，请在设置中给它换一个名称",
          "the backups that were there are gone: is it mounted? To begin anew there, give it another"
              + " name in the settings");
    bound(there);
    Path copy = Files.createDirectories(work.resolve(MANIFESTS));
    if (none) {
      FileSystemUtils.deleteRecursively(copy);
      return List.of();
    }
    rsync.run(
        List.of(
            "-rt",
            "--delete",
            "--include=*.backup",
            "--exclude=*",
            "--max-size=" + Shelf.LARGEST,
            rsync.there(MANIFESTS),
            copy + "/"));
    List<Head> heads = readable(there);
    for (Head head : heads)
      if (!head.key().equals(key.id()))
        throw new Behind(
            "那里有用另一把密钥做的备份 " + head.id() + "：每个 Fettle 要有自己的目录",
            "the backup "
                + head.id()
                + " there was made with another key: each Fettle needs a folder of its own");
    Optional<Head> foreign = installation.another(heads);
    if (foreign.isPresent())
      throw new Behind(
          "那里的备份 " + foreign.get().id() + " 是另一个使用同一把密钥的 Fettle 做的：每个 Fettle 要有自己的目录",
          "the backup "
              + foreign.get().id()
              + " there was made by another Fettle with the same key: each needs a folder of its own");
    return heads;
  }

  /** What lies there was not necessarily put there by us. */
  private static void bound(Map<String, Long> there) throws Behind {
    for (Map.Entry<String, Long> file : new TreeMap<>(there).entrySet())
      if (file.getKey().startsWith(MANIFESTS) && file.getValue() > Shelf.LARGEST)
        throw new Behind(
            "那里的 %s 有 %d MB，备份清单不会超过 %d MB：没有取回。请看看它是什么，再移走它"
                .formatted(file.getKey(), file.getValue() >> 20, Shelf.LARGEST >> 20),
            "%s there is of %d MB and no manifest is larger than %d MB: it was not fetched. Look what it is and move it away"
                .formatted(file.getKey(), file.getValue() >> 20, Shelf.LARGEST >> 20));
  }

  private long send(Manifest manifest, Map<String, Long> there) throws IOException, Behind {
    List<String> missing = new ArrayList<>();
    Map<String, Long> sizes = new HashMap<>();
    long bytes = 0;
    for (String chunk : new TreeSet<>(manifest.chunks())) {
      long size = Files.size(source.resolve(file(chunk)));
      if (size == there.getOrDefault(file(chunk), -1L)) continue;
      missing.add(file(chunk));
      sizes.put(file(chunk), size);
      bytes += size;
    }
    if (missing.isEmpty()) return 0;
    rsync.write(List.of("-tW", "--files-from=" + list(missing), source + "/", rsync.there("")));
    there.putAll(sizes);
    return bytes;
  }

  /** Which pieces a backup's copy compares by their content. */
  static int turn(Head head) {
    return (int) (head.at().getEpochSecond() / 3_600 % TURNS);
  }

  /** True for a piece, by its name below the target's folder, whose turn it is. */
  static boolean hasTurn(String name, int turn) {
    if (!name.startsWith(CHUNKS) || !Chunks.isPiece(name.substring(CHUNKS.length()))) return false;
    return Integer.parseInt(name, CHUNKS.length(), CHUNKS.length() + 2, 16) % TURNS == turn;
  }

  /**
   * Reads some of the pieces there, others each time, for a disk that rots says nothing: what is no
   * longer what it was is written anew. One that is damaged here is not brought there.
   *
   * @return how many
   */
  private int renew(Map<String, Long> there, int turn) throws IOException, Behind {
    Set<String> read = new TreeSet<>();
    for (String name : there.keySet())
      if (hasTurn(name, turn) && Files.exists(source.resolve(name))) read.add(name);
    if (read.isEmpty()) return 0;
    String from = "--files-from=" + list(read);
    Path said =
        rsync.run(
            List.of("-nc", "--existing", "--out-format=%n", from, source + "/", rsync.there("")));
    Set<String> other = new TreeSet<>(Files.readAllLines(said, StandardCharsets.ISO_8859_1));
    other.retainAll(read);
    try (Chunks chunks = new Chunks(source, key)) {
      for (String name : List.copyOf(other))
        if (!chunks.isWhole(name.substring(name.lastIndexOf('/') + 1))) other.remove(name);
    }
    if (other.isEmpty()) return 0;
    rsync.write(List.of("-tWI", "--files-from=" + list(other), source + "/", rsync.there("")));
    return other.size();
  }

  /**
   * Removes manifests beyond those to be kept, then the pieces that no backup needs.
   *
   * @param also pieces that are about to be needed
   * @return how many backups are there afterwards
   */
  private int retire(Map<String, Long> there, List<Head> heads, String proven, Set<String> also)
      throws IOException, Behind {
    Set<String> needed = new HashSet<>();
    also.forEach(chunk -> needed.add(file(chunk)));
    Set<String> old = new TreeSet<>();
    List<Head> young = Shelf.kept(heads, target.keep(), proven);
    for (Head head : heads)
      if (young.contains(head))
        new Shelf(work).read(head, key).chunks().forEach(chunk -> needed.add(file(chunk)));
      else old.add(file(head));
    delete(old, there);
    for (String name : old) Files.deleteIfExists(work.resolve(name));
    Set<String> idle = new TreeSet<>();
    for (String name : there.keySet())
      if (name.startsWith(CHUNKS)
          && !needed.contains(name)
          && Chunks.isPiece(name.substring(CHUNKS.length()))) idle.add(name);
    delete(idle, there);
    return young.size();
  }

  /** Tells rsync that these are missing in an empty folder here. */
  private void delete(Set<String> names, Map<String, Long> there) throws IOException, Behind {
    if (names.isEmpty()) return;
    Path nothing = work.resolve("nothing");
    FileSystemUtils.deleteRecursively(nothing);
    for (String name : names) Files.createDirectories(nothing.resolve(name).getParent());
    rsync.run(
        List.of(
            "--delete-missing-args",
            "--files-from=" + list(names),
            nothing + "/",
            rsync.there("")));
    there.keySet().removeAll(names);
  }

  private Path list(Iterable<String> names) throws IOException {
    Path list = work.resolve("list");
    Files.write(list, names, StandardCharsets.ISO_8859_1);
    return list;
  }
}
