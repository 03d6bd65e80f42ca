package io.fettle.lab;

import io.fettle.lab.shell.Fs;
import io.fettle.lab.shell.Passwd;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The account that is declared for every lab machine, and what keeps it out. */
final class AccountFaults {
  static final String USER = "deploy";
  private static final int UID = 2001;
  private static final String HOME = "/home/" + USER;
  private static final String FOLDER = HOME + "/.ssh";
  private static final String KEYS = FOLDER + "/authorized_keys";
  private static final String SHELL = "/bin/bash";
  private static final String NOBODY_IN = "/etc/nologin";

  private AccountFaults() {}

  static List<SimFault> all() {
    return List.of(new LogIn());
  }

  /** As declared to Fettle: {@link #install} makes a machine so. */
  static String declaration(String key) {
    return """
    for: type == 'server'
    set:
      accounts:
        - name: %s
          uid: %d
          shell: %s
          keys: ["%s"]
          expires: never
          password: none
          unbar: true
    """
        .formatted(USER, UID, SHELL, key);
  }

  static void install(Fs fs, String key) {
    Passwd table = new Passwd(fs);
    table.put(
        "/etc/passwd", new String[] {USER, "x", "" + UID, "" + UID, "Deployment", HOME, SHELL});
    table.put("/etc/shadow", new String[] {USER, "*", "20000", "0", "99999", "7", "", "", ""});
    table.put("/etc/group", new String[] {USER, "x", "" + UID, ""});
    fs.folder(HOME, 0755, UID);
    fs.folder(FOLDER, 0700, UID);
    fs.remove(KEYS);
    fs.put(KEYS, 0600, UID, key + "\n");
    fs.mode(HOME, 0755);
    fs.mode(FOLDER, 0700);
    fs.owner(HOME, UID);
    fs.owner(FOLDER, UID);
    fs.remove(NOBODY_IN);
  }

  private static final class LogIn implements SimFault {
    @Override
    public String name() {
      return "account.login";
    }

    @Override
    public List<Variant> variants() {
      return List.of(
          Variant.of("missing", (m, random) -> remove(m.fs())),
          Variant.of("expired", (m, random) -> shadow(m, row -> row[7] = "" + (today(m) - 10))),
          Variant.of("change_forced", (m, random) -> shadow(m, row -> row[2] = "0")),
          Variant.of("shell", (m, random) -> passwd(m, row -> row[6] = "/usr/sbin/nologin")),
          Variant.of("folder_open", (m, random) -> m.fs().mode(FOLDER, 0777)),
          Variant.of("file_open", (m, random) -> m.fs().mode(KEYS, 0666)),
          Variant.of("home_open", (m, random) -> m.fs().mode(HOME, 0777)),
          Variant.of("key_missing", (m, random) -> m.fs().put(KEYS, 0600, UID, "")),
          Variant.of(
              "nologin",
              (m, random) -> m.fs().put(NOBODY_IN, 0644, 0, "Maintenance until Sunday.\n")),
          Variant.forPerson("uid", (m, random) -> passwd(m, row -> row[2] = "" + (UID + 1000))));
    }

    private static long today(SimMachine machine) {
      return LocalDate.ofInstant(machine.clock(), ZoneOffset.UTC).toEpochDay();
    }

    private static void remove(Fs fs) {
      Passwd table = new Passwd(fs);
      for (String file : List.of("/etc/passwd", "/etc/shadow", "/etc/group"))
        table.remove(file, USER);
      fs.remove(HOME);
    }

    private static void shadow(SimMachine machine, Consumer<String[]> change) {
      Passwd table = new Passwd(machine.fs());
      table
          .shadow(USER)
          .ifPresent(row -> {
            change.accept(row);
            table.put("/etc/shadow", row);
          });
    }

    private static void passwd(SimMachine machine, Consumer<String[]> change) {
      Passwd table = new Passwd(machine.fs());
      table
          .user(USER)
          .ifPresent(row -> {
            change.accept(row);
            table.put("/etc/passwd", row);
          });
    }

    @Override
    public boolean broken(SimMachine machine) {
      Fs fs = machine.fs();
      Passwd table = new Passwd(fs);
      Optional<String[]> row = table.user(USER);
      Optional<String[]> secret = table.shadow(USER);
      return row.isEmpty()
          || secret.isEmpty()
          || !row.get()[2].equals("" + UID)
          || !row.get()[6].equals(SHELL)
          || secret.get()[2].equals("0")
          || !secret.get()[7].isEmpty()
          || open(fs, HOME)
          || open(fs, FOLDER)
          || open(fs, KEYS)
          || !fs.read(KEYS).orElse("").contains(bare(machine.key()))
          || fs.exists(NOBODY_IN);
    }

    /** Type and blob; what follows them is a comment. */
    private static String bare(String key) {
      String[] words = key.strip().split("\\s+");
      return words.length < 2 ? key : words[0] + " " + words[1];
    }

    private static boolean open(Fs fs, String path) {
      return fs.mode(path).map(mode -> (mode & 022) != 0).orElse(true);
    }

    @Override
    public void mend(SimMachine machine) {
      install(machine.fs(), machine.key());
    }
  }
}
