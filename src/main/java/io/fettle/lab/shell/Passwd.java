package io.fettle.lab.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads and writes /etc/passwd and /etc/shadow of a simulated machine as tables of fields. */
public final class Passwd {
  private final Fs fs;

  public Passwd(Fs fs) {
    this.fs = fs;
  }

  private List<String[]> rows(String file) {
    List<String[]> rows = new ArrayList<>();
    for (String line : TextCommands.lines(fs.read(file).orElse("")))
      if (!line.isBlank()) rows.add(line.split(":", -1));
    return rows;
  }

  /** Fields of a user in passwd (7) by name or uid. */
  public Optional<String[]> user(String nameOrUid) {
    return rows("/etc/passwd").stream()
        .filter(r -> r[0].equals(nameOrUid) || (r.length > 2 && r[2].equals(nameOrUid)))
        .findFirst();
  }

  /** Fields of a user in shadow (9). */
  public Optional<String[]> shadow(String name) {
    return rows("/etc/shadow").stream().filter(r -> r[0].equals(name)).findFirst();
  }

  /** Fields of a group (4) by name or gid. */
  public Optional<String[]> group(String nameOrGid) {
    return rows("/etc/group").stream()
        .filter(r -> r[0].equals(nameOrGid) || (r.length > 2 && r[2].equals(nameOrGid)))
        .findFirst();
  }

  /** Takes the row of that name away. */
  public void remove(String file, String name) {
    StringBuilder out = new StringBuilder();
    for (String[] each : rows(file))
      if (!each[0].equals(name)) out.append(String.join(":", each)).append('\n');
    fs.put(file, file.endsWith("shadow") ? 0640 : 0644, 0, out.toString());
  }

  /** Replaces or adds the row of that name. */
  public void put(String file, String[] row) {
    StringBuilder out = new StringBuilder();
    boolean found = false;
    for (String[] each : rows(file)) {
      boolean same = each[0].equals(row[0]);
      found |= same;
      out.append(String.join(":", same ? row : each)).append('\n');
    }
    if (!found) out.append(String.join(":", row)).append('\n');
    int mode = file.endsWith("shadow") ? 0640 : 0644;
    fs.put(file, mode, 0, out.toString());
  }

  public String name(int uid) {
    return user(Integer.toString(uid)).map(r -> r[0]).orElse("UNKNOWN");
  }

  public String groupName(int gid) {
    return group(Integer.toString(gid)).map(r -> r[0]).orElse("UNKNOWN");
  }

  /** Uid of a user; that of nobody when there is no such one. */
  int uid(String name) {
    if (name.equals("root")) return 0;
    return user(name).map(r -> Integer.parseInt(r[2])).orElse(65_534);
  }

  @Nullable Integer id(String nameOrNumber) {
    if (nameOrNumber.matches("\\d+")) return Integer.valueOf(nameOrNumber);
    return user(nameOrNumber).map(r -> Integer.valueOf(r[2])).orElse(null);
  }

  @Nullable Integer groupId(String nameOrNumber) {
    if (nameOrNumber.matches("\\d+")) return Integer.valueOf(nameOrNumber);
    return group(nameOrNumber).map(r -> Integer.valueOf(r[2])).orElse(null);
  }

  /** All rows of passwd. */
  public List<String[]> users() {
    return rows("/etc/passwd");
  }
}
