package io.fettle.lab.shell;

import io.fettle.lab.shell.Fs.Inode;
import io.fettle.lab.shell.Fs.Kind;
import io.fettle.lab.shell.Refused.Why;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a process of a user may do with files: each call is checked as the kernel does. Not
 * thread-safe; the machine locks.
 */
public final class UserFiles {
  /** Bytes that a file may hold. */
  public static final int LARGEST = 64 << 20;

  private static final int MOST = 200_000;
  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_PATH = 4_095;
  private static final int STICKY = 01000;

  private final Fs fs;
  private final Consumer<String> changing;

  /**
   * Calls of whoever acts.
   *
   * @param changing told the path of what is about to change, once nothing stands against it
   */
  UserFiles(Fs fs, Consumer<String> changing) {
    this.fs = fs;
    this.changing = changing;
  }

  /** What is done with the files. */
  @FunctionalInterface
  public interface Task<T> {
    T run(UserFiles files) throws Refused;
  }

  /**
   * Does it as that user.
   *
   * @param changing told the path of what is about to change
   */
  public static <T> T as(String user, Fs fs, Consumer<String> changing, Task<T> task)
      throws Refused {
    int before = fs.actor(new Passwd(fs).uid(user));
    try {
      return task.run(new UserFiles(fs, changing));
    } finally {
      fs.actor(before);
    }
  }

  /**
   * What lies at a path.
   *
   * @param path without symbolic links
   */
  public record Entry(String path, Inode inode) {}

  /** How a file is opened. */
  public record Opening(
      boolean read, boolean write, boolean create, boolean truncate, boolean exclusive) {}

  /** What lies there. */
  public Entry find(String path, boolean follow) throws Refused {
    String place = place(path, follow);
    Inode inode = fs.at(place, false).orElse(null);
    if (inode == null) throw new Refused(Why.NO_ENTRY);
    return new Entry(place, inode);
  }

  /** A file, made when it is to be and is not there. */
  public Entry open(String path, Opening how, int mode) throws Refused {
    boolean fresh = how.create() && how.exclusive();
    String place = place(path, !fresh);
    Inode inode = fs.at(place, false).orElse(null);
    if (inode == null) {
      if (!how.create()) throw new Refused(Why.NO_ENTRY);
      checkFolder(place);
      changing.accept(place);
      return new Entry(place, fs.make(place, Kind.FILE, mode));
    }
    if (fresh) throw new Refused(Why.EXISTS);
    if (inode.kind == Kind.FOLDER && (how.write() || how.create())) throw new Refused(Why.FOLDER);
    if (how.write() && fs.refuses(place)) throw new Refused(Why.READ_ONLY);
    if (how.read() && !fs.may(inode, 4) || how.write() && !fs.may(inode, 2))
      throw new Refused(Why.DENIED);
    Entry entry = new Entry(place, inode);
    if (how.write()) changing.accept(place);
    if (how.truncate() && how.write()) size(entry, 0);
    return entry;
  }

  /** At most so many bytes of an open file. */
  public byte[] read(Entry open, long from, int most) throws Refused {
    if (open.inode.kind == Kind.FOLDER) throw new Refused(Why.FOLDER);
    if (from < 0) throw new Refused(Why.INVALID);
    return open.inode.bytes(from, most);
  }

  /** Writes into an open file. */
  public void write(Entry open, long from, byte[] bytes) throws Refused {
    if (from < 0) throw new Refused(Why.INVALID);
    if (from > LARGEST - bytes.length) throw new Refused(Why.LARGE);
    if (open.inode.kind == Kind.FILE) open.inode.write((int) from, bytes);
    open.inode.modified = fs.now();
  }

  /** Cuts or lengthens an open file. */
  public void size(Entry open, long size) throws Refused {
    if (open.inode.kind == Kind.FOLDER) throw new Refused(Why.FOLDER);
    if (size < 0) throw new Refused(Why.INVALID);
    if (size > LARGEST) throw new Refused(Why.LARGE);
    if (open.inode.kind == Kind.FILE) open.inode.resize((int) size);
    open.inode.modified = fs.now();
  }

  /** Lets whoever reads and writes it be others. */
  public void mode(Entry entry, int mode) throws Refused {
    checkOwner(entry);
    changing.accept(entry.path);
    entry.inode.mode = mode & 07777;
  }

  /** Gives it away: root may, anybody else only to a group of their own. */
  public void owner(Entry entry, int uid, int gid) throws Refused {
    checkOwner(entry);
    Inode inode = entry.inode;
    boolean kept = uid == inode.uid && (gid == inode.gid || gid == fs.actor());
    if (fs.actor() != 0 && !kept) throw new Refused(Why.NOT_OWNER);
    changing.accept(entry.path);
    inode.uid = uid;
    inode.gid = gid;
  }

  /** Sets when it was last written; null is now. */
  public void modified(Entry entry, @Nullable Long millis) throws Refused {
    if (fs.refuses(entry.path)) throw new Refused(Why.READ_ONLY);
    boolean own = fs.actor() == 0 || fs.actor() == entry.inode.uid;
    if (!own && millis != null) throw new Refused(Why.NOT_OWNER);
    if (!own && !fs.may(entry.inode, 2)) throw new Refused(Why.DENIED);
    changing.accept(entry.path);
    entry.inode.modified = millis == null ? fs.now() : millis;
  }

  /** Names in a folder, sorted. */
  public List<String> list(String path) throws Refused {
    Entry folder = find(path, true);
    if (folder.inode.kind != Kind.FOLDER) throw new Refused(Why.NO_FOLDER);
    if (!fs.may(folder.inode, 4)) throw new Refused(Why.DENIED);
    return fs.list(folder.path);
  }

  /** What a name in a folder stands for; null when it is gone. */
  public @Nullable Inode inside(Entry folder, String name) {
    return fs.at(Fs.normal(name, folder.path), false).orElse(null);
  }

  /** Where a link says that it leads. */
  public String target(String path) throws Refused {
    Inode inode = find(path, false).inode;
    if (inode.kind != Kind.LINK) throw new Refused(Why.INVALID);
    return inode.text();
  }

  /** Where a path leads, whether something lies there or not. */
  public String real(String path) throws Refused {
    String real = fs.real(path, true);
    if (real == null) throw new Refused(Why.CIRCLE);
    return real;
  }

  public void makeFolder(String path, int mode) throws Refused {
    String place = free(path);
    changing.accept(place);
    fs.make(place, Kind.FOLDER, mode);
  }

  /** A symbolic link. */
  public void makeLink(String path, String target) throws Refused {
    String place = free(path);
    changing.accept(place);
    fs.make(place, Kind.LINK, 0777).replace(target.getBytes(StandardCharsets.UTF_8));
  }

  /** One more name of a file; of somebody else's only where one may read and write it. */
  void name(String from, String path) throws Refused {
    Inode inode = find(from, false).inode;
    String place = free(path);
    boolean own = fs.actor() == 0 || fs.actor() == inode.uid;
    boolean open = inode.kind == Kind.FILE && fs.may(inode, 4) && fs.may(inode, 2);
    if (inode.kind == Kind.FOLDER || !own && !open) throw new Refused(Why.NOT_OWNER);
    changing.accept(place);
    fs.link(place, inode);
  }

  /** Takes a name away; what is open stays readable. */
  public void remove(String path) throws Refused {
    Entry entry = find(path, false);
    if (entry.inode.kind == Kind.FOLDER) throw new Refused(Why.FOLDER);
    checkTaken(entry);
    changing.accept(entry.path);
    fs.remove(entry.path);
  }

  public void removeFolder(String path) throws Refused {
    Entry entry = find(path, false);
    if (entry.inode.kind != Kind.FOLDER) throw new Refused(Why.NO_FOLDER);
    if (!fs.list(entry.path).isEmpty()) throw new Refused(Why.NOT_EMPTY);
    checkTaken(entry);
    changing.accept(entry.path);
    fs.remove(entry.path);
  }

  /** Gives it another name in one step; what has that name already goes where that is asked. */
  public void rename(String from, String to, boolean over) throws Refused {
    Entry entry = find(from, false);
    String place = place(to, false);
    Inode there = fs.at(place, false).orElse(null);
    if (there != null && !over) throw new Refused(Why.EXISTS);
    if (there == entry.inode) return;
    checkTaken(entry);
    if (place.startsWith(entry.path + "/")) throw new Refused(Why.INVALID);
    if (there == null) checkChange(place);
    else checkReplaced(new Entry(place, there), entry.inode.kind == Kind.FOLDER);
    changing.accept(entry.path);
    changing.accept(place);
    fs.remove(place);
    fs.move(entry.path, place);
  }

  private void checkReplaced(Entry there, boolean byFolder) throws Refused {
    boolean folder = there.inode.kind == Kind.FOLDER;
    if (folder && !byFolder) throw new Refused(Why.FOLDER);
    if (!folder && byFolder) throw new Refused(Why.NO_FOLDER);
    if (folder && !fs.list(there.path).isEmpty()) throw new Refused(Why.NOT_EMPTY);
    checkTaken(there);
  }

  /** Where a path leads, in a folder that is there and can be reached. */
  private String place(String path, boolean follow) throws Refused {
    String place = fs.real(path, follow);
    if (place == null) throw new Refused(Why.CIRCLE);
    String name = place.substring(place.lastIndexOf('/') + 1);
    if (place.length() > LONGEST_PATH || name.length() > LONGEST_NAME)
      throw new Refused(Why.LONG_NAME);
    if (!fs.reachable(path)) throw new Refused(Why.DENIED);
    Inode folder = fs.at(Fs.parent(place), false).orElse(null);
    if (folder == null) throw new Refused(Why.NO_ENTRY);
    if (folder.kind != Kind.FOLDER) throw new Refused(Why.NO_FOLDER);
    if (!fs.reachable(place)) throw new Refused(Why.DENIED);
    return place;
  }

  /** A place with nothing at it, where something may be made. */
  private String free(String path) throws Refused {
    String place = place(path, false);
    if (fs.at(place, false).isPresent()) throw new Refused(Why.EXISTS);
    checkFolder(place);
    return place;
  }

  private void checkFolder(String place) throws Refused {
    if (fs.count() >= MOST) throw new Refused(Why.FULL);
    checkChange(place);
  }

  private void checkChange(String place) throws Refused {
    if (fs.refuses(place)) throw new Refused(Why.READ_ONLY);
    Inode folder = fs.at(Fs.parent(place), false).orElseThrow();
    if (!fs.may(folder, 2) || !fs.may(folder, 1)) throw new Refused(Why.DENIED);
  }

  private void checkTaken(Entry entry) throws Refused {
    checkChange(entry.path);
    Inode folder = fs.at(Fs.parent(entry.path), false).orElseThrow();
    boolean own = fs.actor() == 0 || fs.actor() == entry.inode.uid || fs.actor() == folder.uid;
    if ((folder.mode & STICKY) != 0 && !own) throw new Refused(Why.NOT_OWNER);
  }

  private void checkOwner(Entry entry) throws Refused {
    if (fs.refuses(entry.path)) throw new Refused(Why.READ_ONLY);
    if (fs.actor() != 0 && fs.actor() != entry.inode.uid) throw new Refused(Why.NOT_OWNER);
  }
}
