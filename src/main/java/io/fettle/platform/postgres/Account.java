package io.fettle.platform.postgres;

import io.fettle.platform.StartRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The system account under which the server runs. PostgreSQL refuses to run as root, so root lends
 * it a uid of its own; a plain user runs it as himself.
 *
 * @param switched true when commands must change to this account first
 */
record Account(int uid, int gid, boolean switched) {
  /** A range that systemd and Debian leave unused; a small user namespace falls back to 900+. */
  private static final int FIRST = 60_854;

  private static final int LAST = 61_183;

  /** The account that owns {@code folder}, or a free one when there is no folder yet. */
  static Account of(Path folder) throws IOException {
    int self = uid(Path.of("/proc/self"));
    if (self != 0) return new Account(self, gid(Path.of("/proc/self")), false);
    int owner = Files.isDirectory(folder) ? uid(folder) : 0;
    if (owner != 0) return new Account(owner, gid(folder), true);
    int free = free();
    return new Account(free, free, true);
  }

  private static int free() throws IOException {
    Set<Integer> taken = taken();
    return IntStream.concat(IntStream.rangeClosed(FIRST, LAST), IntStream.range(900, 1000))
        .filter(id -> !taken.contains(id) && mapped("uid_map", id) && mapped("gid_map", id))
        .findFirst()
        .orElseThrow(() ->
            new StartRefused(
                "PostgreSQL does not run as root and there is no other uid to lend it here;"
                    + " start Fettle as a plain user."));
  }

  /**
   * Who runs {@code initdb}, which insists on an account with a name: this one, or for a lent uid
   * some named account that runs nothing at this moment; what it makes is then handed over.
   */
  Account founder() throws IOException {
    if (!switched) return this;
    Set<Integer> busy = running();
    Path passwd = Path.of("/etc/passwd");
    if (Files.isReadable(passwd))
      for (String line : Files.readAllLines(passwd)) {
        String[] column = line.split(":", 5);
        if (column.length < 5 || !column[2].matches("\\d{1,5}")) continue;
        int id = Integer.parseInt(column[2]);
        if (id > 0 && !busy.contains(id) && mapped("uid_map", id))
          return new Account(id, gid, true);
      }
    throw new StartRefused(
        "PostgreSQL's initdb needs a named account that is not root and /etc/passwd has none that"
            + " is idle; start Fettle as a plain user.");
  }

  private static Set<Integer> running() throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(p -> Character.isDigit(p.getFileName().toString().charAt(0)))
          .map(Account::uidOrRoot)
          .collect(Collectors.toSet());
    }
  }

  /** Ids of accounts and of running processes: an id of one's own is nobody else's. */
  private static Set<Integer> taken() throws IOException {
    Set<Integer> ids = running();
    for (String file : List.of("/etc/passwd", "/etc/group")) {
      if (!Files.isReadable(Path.of(file))) continue;
      for (String line : Files.readAllLines(Path.of(file))) {
        String[] column = line.split(":", 4);
        if (column.length > 2 && column[2].matches("\\d{1,9}")) ids.add(Integer.valueOf(column[2]));
      }
    }
    return ids;
  }

  private static boolean mapped(String map, int id) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self", map))) {
        String[] column = line.strip().split("\\s+");
        long first = Long.parseLong(column[0]);
        if (id >= first && id < first + Long.parseLong(column[2])) return true;
      }
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** This command as this account, in a session of its own so that Ctrl-C does not reach it. */
  List<String> command(List<String> command) {
    List<String> all = new ArrayList<>();
    if (switched)
      all.addAll(List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups"));
    all.addAll(command);
    return all;
  }

  /** True when this account can enter the folder, asked of the kernel itself. */
  boolean canEnter(Path folder) throws IOException {
    return Commands.run(command(List.of("sh", "-c", "cd -- \"$1\"", "sh", folder.toString()))).ok();
  }

  /** Gives a folder or file (not what is in it) to this account. */
  void own(Path path) throws IOException {
    if (!switched) return;
    Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
  }

  private static int uidOrRoot(Path process) {
    try {
      return uid(process);
    } catch (IOException e) {
      return 0;
    }
  }

  private static int uid(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid");
  }

  private static int gid(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:gid");
  }
}
