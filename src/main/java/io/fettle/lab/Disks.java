package io.fettle.lab;

import io.fettle.lab.shell.Fs;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** The mounted file systems of a simulated machine; what is deleted is free again. */
final class Disks {
  private final Fs fs;
  private final Map<String, Mount> mounts = new ConcurrentSkipListMap<>();

  /**
   * A mounted file system; sizes in KiB.
   *
   * @param base used by what the simulator does not hold as files
   * @param baseInodes likewise
   * @param worn true when the disk below reports errors: it cannot be made writable again
   */
  record Mount(
      String source,
      String type,
      long size,
      long base,
      long inodes,
      long baseInodes,
      boolean readOnly,
      boolean worn) {
    Mount(String source, long size, long base, long inodes, long baseInodes) {
      this(source, "ext4", size, base, inodes, baseInodes, false, false);
    }

    Mount withReadOnly(boolean on, boolean isWorn) {
      return new Mount(source, type, size, base, inodes, baseInodes, on, isWorn);
    }
  }

  /** A mount with what is used of it now. */
  record Usage(String target, Mount mount, long used, long inodesUsed) {
    long free() {
      return mount.size() - used;
    }

    int percent() {
      return percent(used, mount.size());
    }

    int inodePercent() {
      return percent(inodesUsed, mount.inodes());
    }

    private static int percent(long used, long of) {
      return (int) Math.min(100, Math.ceilDiv(100 * used, of));
    }
  }

  Disks(Fs fs) {
    this.fs = fs;
    mounts.put("/", new Mount("/dev/sda2", 100L << 20, 31L << 20, 6_553_600, 412_000));
    mounts.put("/var", new Mount("/dev/sda3", 200L << 20, 58L << 20, 13_107_200, 201_000));
    mounts.put("/boot", new Mount("/dev/sda1", 1L << 20, 210L << 10, 65_536, 340));
    fs.sealed(path -> at(path).readOnly());
  }

  Map<String, Mount> mounts() {
    return mounts;
  }

  /** The mount a path lies on: the longest mounted prefix. */
  String target(String path) {
    String best = "/";
    for (String each : mounts.keySet()) {
      boolean under = path.equals(each) || path.startsWith(each.equals("/") ? "/" : each + "/");
      if (under && each.length() > best.length()) best = each;
    }
    return best;
  }

  private Mount at(String path) {
    return java.util.Objects.requireNonNull(mounts.get(target(path)));
  }

  Usage usage(String target) {
    long[] files = fs.usage(path -> target(path).equals(target));
    Mount mount = java.util.Objects.requireNonNull(mounts.get(target));
    long used = Math.min(mount.size(), mount.base() + files[0] / 1024);
    return new Usage(target, mount, used, Math.min(mount.inodes(), mount.baseInodes() + files[1]));
  }

  /** Makes a mount read-only, as the kernel does when the disk below it errs, or writable. */
  void readOnly(String target, boolean on, boolean worn) {
    mounts.computeIfPresent(target, (path, mount) -> mount.withReadOnly(on, worn));
  }
}
