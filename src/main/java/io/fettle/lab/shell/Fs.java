package io.fettle.lab.shell;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The file system of a simulated machine: small, in memory, with owners and modes. Not thread-safe;
 * the machine locks.
 */
public final class Fs {
  /** A file, folder or symbolic link. */
  public static final class Inode {
    final Kind kind;
    int mode;
    int uid;
    int gid;
    byte[] content = {};
    long modified;

    Inode(Kind kind, int mode, int uid, int gid) {
      this.kind = kind;
      this.mode = mode;
      this.uid = uid;
      this.gid = gid;
    }

    /** Content as text. */
    public String text() {
      return new String(content, StandardCharsets.UTF_8);
    }
  }

  /** Kinds of inode. */
  public enum Kind {
    FILE,
    FOLDER,
    LINK,
    DEVICE
  }

  private final NavigableMap<String, Inode> inodes = new TreeMap<>();
  private boolean readOnly;

  public Fs() {
    inodes.put("/", new Inode(Kind.FOLDER, 0755, 0, 0));
  }

  /** Absolute, without {@code .}, {@code ..} or doubled slashes. */
  static String normal(String path, String cwd) {
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

  /** The inode at a path, symbolic links in its last part followed when asked. */
  public Optional<Inode> at(String path, boolean follow) {
    Inode inode = inodes.get(path);
    for (int i = 0; follow && inode != null && inode.kind == Kind.LINK && i < 8; i++) {
      path = normal(inode.text(), parent(path));
      inode = inodes.get(path);
    }
    return Optional.ofNullable(inode);
  }

  /** Text of a file; empty when there is none. */
  public Optional<String> read(String path) {
    return at(path, true).filter(i -> i.kind != Kind.FOLDER).map(Inode::text);
  }

  /** Makes or replaces a file with its parents, as root would; for setting a machine up. */
  public void put(String path, int mode, int uid, String content) {
    folder(parent(path), 0755, 0);
    Inode inode = new Inode(Kind.FILE, mode, uid, uid);
    inode.content = content.getBytes(StandardCharsets.UTF_8);
    inodes.put(path, inode);
  }

  /** Makes a folder with its parents; an existing one keeps its mode. */
  public void folder(String path, int mode, int uid) {
    if (inodes.containsKey(path)) return;
    if (!path.equals("/")) folder(parent(path), 0755, 0);
    inodes.put(path, new Inode(Kind.FOLDER, mode, uid, uid));
  }

  /**
   * Writes to an existing or new file; an error text instead of an exception, as a shell would
   * print it.
   */
  @Nullable String write(String path, byte[] content, boolean append, int mode) {
    if (readOnly
        && !path.startsWith("/tmp/")
        && !path.startsWith("/run/")
        && !path.startsWith("/dev/")) return "Read-only file system";
    Inode inode = at(path, true).orElse(null);
    if (inode == null) {
      Inode folder = inodes.get(parent(path));
      if (folder == null) return "No such file or directory";
      if (folder.kind != Kind.FOLDER) return "Not a directory";
      inode = new Inode(Kind.FILE, mode, 0, 0);
      inodes.put(path, inode);
    }
    if (inode.kind == Kind.FOLDER) return "Is a directory";
    if (inode.kind == Kind.DEVICE) return null;
    if (append) {
      byte[] all = new byte[inode.content.length + content.length];
      System.arraycopy(inode.content, 0, all, 0, inode.content.length);
      System.arraycopy(content, 0, all, inode.content.length, content.length);
      inode.content = all;
    } else {
      inode.content = content;
    }
    return null;
  }

  boolean exists(String path) {
    return at(path, true).isPresent();
  }

  /** Removes one inode or a whole tree. */
  void remove(String path) {
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

  void link(String path, String target) {
    Inode inode = new Inode(Kind.LINK, 0777, 0, 0);
    inode.content = target.getBytes(StandardCharsets.UTF_8);
    inodes.put(path, inode);
  }

  /** A device node such as {@code /dev/ipmi0}. */
  public void device(String path) {
    folder(parent(path), 0755, 0);
    inodes.put(path, new Inode(Kind.DEVICE, 0600, 0, 0));
  }

  /** Names in a folder, sorted. */
  List<String> list(String folder) {
    String prefix = folder.equals("/") ? "/" : folder + "/";
    List<String> names = new ArrayList<>();
    for (String path : inodes.tailMap(prefix, true).keySet()) {
      if (!path.startsWith(prefix)) break;
      String name = path.substring(prefix.length());
      if (!name.isEmpty() && name.indexOf('/') < 0) names.add(name);
    }
    return names;
  }

  /** Makes everything but /tmp, /run and /dev refuse writes, or lifts that. */
  public void readOnly(boolean on) {
    readOnly = on;
  }

  public boolean isReadOnly() {
    return readOnly;
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }
}
