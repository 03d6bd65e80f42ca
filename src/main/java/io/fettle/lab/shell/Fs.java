package io.fettle.lab.shell;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The file system of a simulated machine: small, in memory, with owners and modes. Not thread-safe;
 * the machine locks.
 */
public final class Fs {
  /** A file, folder or symbolic link. */
  public static final class Inode {
    final Kind kind;
    final long number;
    int mode;
    int uid;
    int gid;
    long modified;
    long bulk;
    long many = 1;
    private byte[] content = {};
    private int length;
    private @Nullable Supplier<String> live;

    Inode(Kind kind, long number, int mode, int uid, int gid) {
      this.kind = kind;
      this.number = number;
      this.mode = mode;
      this.uid = uid;
      this.gid = gid;
    }

    /** What a listing says of it. */
    public Facts facts() {
      return new Facts(kind, mode, uid, gid, size(), modified);
    }

    /** Content as text. */
    public String text() {
      return new String(bytes(), StandardCharsets.UTF_8);
    }

    byte[] bytes() {
      if (live != null) return live.get().getBytes(StandardCharsets.UTF_8);
      if (content.length != length) content = Arrays.copyOf(content, length);
      return content;
    }

    /** What lies there, at most so many; empty behind its end. */
    byte[] bytes(long from, int most) {
      byte[] all = live == null ? content : bytes();
      int end = live == null ? length : all.length;
      if (from >= end) return new byte[0];
      return Arrays.copyOfRange(all, (int) from, (int) Math.min(end, from + most));
    }

    void replace(byte[] whole) {
      content = whole;
      length = whole.length;
      bulk = 0;
    }

    /** Writes over what lies there; a gap is filled with zeros. */
    void write(int from, byte[] bytes) {
      int end = from + bytes.length;
      if (end > content.length) content = Arrays.copyOf(content, Math.max(end, 2 * length));
      System.arraycopy(bytes, 0, content, from, bytes.length);
      length = Math.max(length, end);
    }

    void resize(int size) {
      replace(Arrays.copyOf(bytes(), size));
    }

    /** Length in bytes; what a stand-in for big files would have. */
    long size() {
      return switch (kind) {
        case FILE -> Math.max(bulk, live == null ? length : bytes().length);
        case LINK -> length;
        case FOLDER, DEVICE -> 4096;
      };
    }
  }

  /**
   * What a listing says of an inode.
   *
   * @param modified milliseconds since 1970
   */
  public record Facts(Kind kind, int mode, int uid, int gid, long size, long modified) {
    /** As {@code ls -l} begins a line: {@code drwxr-xr-x}. */
    public String modeText() {
      StringBuilder text = new StringBuilder().append("-dlc".charAt(kind.ordinal()));
      for (int i = 8; i >= 0; i--) text.append((mode >> i & 1) == 0 ? '-' : "xwr".charAt(i % 3));
      if ((mode & 04000) != 0) text.setCharAt(3, (mode & 0100) != 0 ? 's' : 'S');
      if ((mode & 02000) != 0) text.setCharAt(6, (mode & 0010) != 0 ? 's' : 'S');
      if ((mode & 01000) != 0) text.setCharAt(9, (mode & 0001) != 0 ? 't' : 'T');
      return text.toString();
    }
  }

  /** Kinds of inode. */
  public enum Kind {
    FILE,
    FOLDER,
    LINK,
    DEVICE
  }

  private static final int MOST_LINKS = 40;

  private final NavigableMap<String, Inode> inodes = new TreeMap<>();
  private final InstantSource clock;
  private Predicate<String> sealed = path -> false;
  private int actor;
  private long last;

  public Fs() {
    this(InstantSource.system());
  }

  public Fs(InstantSource clock) {
    this.clock = clock;
    inodes.put("/", inode(Kind.FOLDER, 0755, 0));
  }

  private Inode inode(Kind kind, int mode, int uid) {
    Inode inode = new Inode(kind, ++last, mode, uid, uid);
    inode.modified = clock.millis();
    return inode;
  }

  /** Whoever acts from here on, by uid; answers who did before. */
  int actor(int uid) {
    int before = actor;
    actor = uid;
    return before;
  }

  int actor() {
    return actor;
  }

  /** May whoever acts read (4), write (2) or enter (1) it? */
  boolean may(Inode inode, int bit) {
    if (actor == 0) return bit != 1 || inode.kind == Kind.FOLDER || (inode.mode & 0111) != 0;
    int shift = inode.uid == actor ? 6 : inode.gid == actor ? 3 : 0;
    return (inode.mode >> shift & bit) != 0;
  }

  /** May whoever acts pass through every folder above it? */
  boolean reachable(String path) {
    if (actor == 0) return true;
    String real = real(path, true);
    return enters(path) && (real == null || real.equals(path) || enters(real));
  }

  private boolean enters(String path) {
    for (String up = parent(path); !up.equals("/"); up = parent(up)) {
      Inode folder = inodes.get(up);
      if (folder != null && !may(folder, 1)) return false;
    }
    return true;
  }

  /** Absolute, without {@code .}, {@code ..} or doubled slashes. */
  public static String normal(String path, String cwd) {
    List<String> parts = new ArrayList<>();
    for (String part : (path.startsWith("/") ? path : cwd + "/" + path).split("/")) {
      if (part.isEmpty() || part.equals(".")) continue;
      if (part.equals("..")) {
        if (!parts.isEmpty()) parts.removeLast();
      } else {
        parts.add(part);
      }
    }
    return "/" + String.join("/", parts);
  }

  /**
   * Where a path leads, whether something lies there or not: links in its folders are followed, one
   * in its last part only when asked.
   *
   * @return null when links lead in a circle
   */
  public @Nullable String real(String path, boolean follow) {
    Inode here = inodes.get(path);
    if (here != null && (!follow || here.kind != Kind.LINK)) return path;
    Deque<String> ahead = new ArrayDeque<>(parts(path));
    String at = "/";
    for (int links = 0; !ahead.isEmpty(); ) {
      String part = ahead.pop();
      String next = part.equals("..") ? parent(at) : at.equals("/") ? "/" + part : at + "/" + part;
      Inode inode = inodes.get(next);
      if (inode == null || inode.kind != Kind.LINK || (!follow && ahead.isEmpty())) {
        at = next;
        continue;
      }
      if (++links > MOST_LINKS) return null;
      if (inode.text().startsWith("/")) at = "/";
      parts(inode.text()).reversed().forEach(ahead::push);
    }
    return at;
  }

  private static List<String> parts(String path) {
    return Arrays.stream(path.split("/")).filter(p -> !p.isEmpty() && !p.equals(".")).toList();
  }

  /** The inode at a path, a symbolic link in its last part followed when asked. */
  public Optional<Inode> at(String path, boolean follow) {
    String real = real(path, follow);
    return Optional.ofNullable(real == null ? null : inodes.get(real));
  }

  /** Text of a file; empty when there is none. */
  public Optional<String> read(String path) {
    return at(path, true).filter(i -> i.kind != Kind.FOLDER).map(Inode::text);
  }

  /** Makes or replaces a file with its parents, as root would; for setting a machine up. */
  public void put(String path, int mode, int uid, String content) {
    folder(parent(path), 0755, 0);
    Inode inode = inode(Kind.FILE, mode, uid);
    inode.replace(content.getBytes(StandardCharsets.UTF_8));
    inodes.put(path, inode);
  }

  /** A file whose content is made when it is read, as in /proc. */
  public void live(String path, Supplier<String> content) {
    put(path, 0444, 0, "");
    Objects.requireNonNull(inodes.get(path)).live = content;
  }

  /**
   * Stands for files that the simulator does not hold: {@code many} of them, {@code size} bytes in
   * all, last written at {@code modified}.
   */
  public void bulk(String path, long size, long many, Instant modified) {
    put(path, 0644, 0, "");
    Inode inode = Objects.requireNonNull(inodes.get(path));
    inode.bulk = size;
    inode.many = many;
    inode.modified = modified.toEpochMilli();
  }

  /** Bytes and number of everything at paths that are asked for. */
  public long[] usage(Predicate<String> where) {
    long[] sum = new long[2];
    Set<Inode> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    inodes.forEach((path, inode) -> {
      if (!where.test(path) || !seen.add(inode)) return;
      sum[0] += inode.kind == Kind.FILE ? inode.size() : 0;
      sum[1] += inode.many;
    });
    return sum;
  }

  /** A file and when it was last written. */
  public record Aged(String path, Instant modified) {}

  /** Files of a folder whose names begin so, the oldest first. */
  public List<Aged> aged(String folder, String front) {
    List<Aged> files = new ArrayList<>();
    for (String name : list(folder)) {
      String path = folder + "/" + name;
      Inode inode = inodes.get(path);
      if (inode != null && inode.kind == Kind.FILE && name.startsWith(front))
        files.add(new Aged(path, Instant.ofEpochMilli(inode.modified)));
    }
    files.sort(Comparator.comparing(Aged::modified));
    return files;
  }

  /** A path and all under it, in order. */
  List<String> under(String path) {
    List<String> all = new ArrayList<>();
    if (inodes.containsKey(path)) all.add(path);
    String prefix = path.equals("/") ? "/" : path + "/";
    for (String each : inodes.tailMap(prefix, false).keySet()) {
      if (!each.startsWith(prefix)) break;
      all.add(each);
    }
    return all;
  }

  /** Makes a folder with its parents; an existing one keeps its mode. */
  public void folder(String path, int mode, int uid) {
    if (inodes.containsKey(path)) return;
    if (!path.equals("/")) folder(parent(path), 0755, 0);
    inodes.put(path, inode(Kind.FOLDER, mode, uid));
  }

  /**
   * Writes to an existing or new file; an error text instead of an exception, as a shell would
   * print it.
   */
  @Nullable String write(String given, byte[] content, boolean append, int mode) {
    String path = real(given, true);
    if (path == null) return "Too many levels of symbolic links";
    if (refuses(path)) return "Read-only file system";
    if (!reachable(given)) return "Permission denied";
    Inode inode = inodes.get(path);
    if (inode != null && !may(inode, 2)) return "Permission denied";
    if (inode == null) {
      Inode folder = inodes.get(parent(path));
      if (folder == null) return "No such file or directory";
      if (folder.kind != Kind.FOLDER) return "Not a directory";
      if (!may(folder, 2)) return "Permission denied";
      inode = inode(Kind.FILE, mode, actor);
      inodes.put(path, inode);
    }
    inode.modified = clock.millis();
    if (inode.kind == Kind.FOLDER) return "Is a directory";
    if (inode.kind == Kind.DEVICE) return null;
    if (append && inode.length + content.length > UserFiles.LARGEST) return "File too large";
    if (append) inode.write(inode.length, content);
    else inode.replace(content);
    return null;
  }

  public boolean exists(String path) {
    return at(path, true).isPresent();
  }

  /** Mode; empty when there is nothing. */
  public Optional<Integer> mode(String path) {
    return at(path, true).map(i -> i.mode);
  }

  /** Sets the mode of what is there; for setting a machine up. */
  public void mode(String path, int mode) {
    at(path, true).ifPresent(i -> i.mode = mode);
  }

  /** Gives what is there to somebody. */
  public void owner(String path, int uid) {
    at(path, true)
        .ifPresent(i -> {
          i.uid = uid;
          i.gid = uid;
        });
  }

  /** Removes one inode or a whole tree. */
  public void remove(String path) {
    inodes.remove(path);
    inodes.subMap(path + "/", path + "0").clear();
  }

  void move(String from, String to) {
    List<String> names = new ArrayList<>(inodes.subMap(from + "/", from + "0").keySet());
    names.addFirst(from);
    for (String name : names) {
      Inode inode = inodes.remove(name);
      if (inode != null) inodes.put(to + name.substring(from.length()), inode);
    }
  }

  /** Something new of whoever acts. */
  Inode make(String path, Kind kind, int mode) {
    Inode inode = inode(kind, mode, actor);
    inodes.put(path, inode);
    return inode;
  }

  /** One more name of it. */
  void link(String path, Inode inode) {
    inodes.put(path, inode);
  }

  /** How many names it has. */
  long names(Inode inode) {
    return inodes.values().stream().filter(i -> i == inode).count();
  }

  int count() {
    return inodes.size();
  }

  long now() {
    return clock.millis();
  }

  /** A device node such as {@code /dev/ipmi0}. */
  public void device(String path) {
    folder(parent(path), 0755, 0);
    inodes.put(path, inode(Kind.DEVICE, 0600, 0));
  }

  /** Names in a folder, sorted. */
  List<String> list(String given) {
    String folder = Objects.requireNonNullElse(real(given, true), given);
    String prefix = folder.equals("/") ? "/" : folder + "/";
    List<String> names = new ArrayList<>();
    for (String path : inodes.tailMap(prefix, true).keySet()) {
      if (!path.startsWith(prefix)) break;
      String name = path.substring(prefix.length());
      if (!name.isEmpty() && name.indexOf('/') < 0) names.add(name);
    }
    return names;
  }

  /** Tells which paths lie on a read-only file system. */
  public void sealed(Predicate<String> paths) {
    sealed = paths;
  }

  /** True when nothing can be written at the path, not even by root. */
  boolean refuses(String path) {
    return !path.startsWith("/tmp/")
        && !path.startsWith("/run/")
        && !path.startsWith("/dev/")
        && sealed.test(path);
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }
}
