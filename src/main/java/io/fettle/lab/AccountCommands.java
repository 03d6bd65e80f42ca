package io.fettle.lab;

import io.fettle.lab.shell.Command;
import io.fettle.lab.shell.Command.Call;
import io.fettle.lab.shell.Passwd;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Commands about accounts: getent, id, passwd, chage, usermod, useradd, faillock, sshd, visudo. */
final class AccountCommands {
  private AccountCommands() {}

  static void into(Map<String, Function<SimMachine, Command>> all) {
    all.put("getent", m -> c -> getent(m, c));
    all.put("id", m -> c -> id(m, c));
    all.put("su", m -> c -> su(m, c));
    all.put("passwd", m -> c -> passwd(m, c));
    all.put("chage", m -> c -> chage(m, c));
    all.put("usermod", m -> c -> usermod(m, c));
    all.put("useradd", m -> c -> useradd(m, c));
    all.put("mkhomedir_helper", m -> c -> mkhome(m, c));
    all.put("faillock", m -> c -> faillock(m, c));
    all.put("sshd", m -> c -> sshd(c));
    all.put("visudo", m -> c -> MachineCommands.say(c, "/etc/sudoers: parsed OK"));
    all.put("groups", m -> c -> MachineCommands.say(c, c.arg(0, c.shell().user())));
  }

  private static int getent(SimMachine machine, Call call) {
    Passwd table = new Passwd(machine.fs());
    String key = call.args().isEmpty() ? "" : call.args().getLast();
    String database = call.arg(0, "");
    if (call.args().size() == 1) {
      call.out().print(machine.fs().read("/etc/" + database).orElse(""));
      return machine.fs().exists("/etc/" + database) ? 0 : 1;
    }
    Optional<String[]> row =
        switch (database) {
          case "passwd" -> table.user(key);
          case "shadow" -> table.shadow(key);
          case "group" -> table.group(key);
          default -> Optional.empty();
        };
    if (row.isEmpty()) return 2;
    return MachineCommands.say(call, String.join(":", row.get()));
  }

  private static int id(SimMachine machine, Call call) {
    List<String> names = call.args().stream().filter(a -> !a.startsWith("-")).toList();
    String name = names.isEmpty() ? call.shell().user() : names.getFirst();
    Optional<String[]> row = new Passwd(machine.fs()).user(name);
    if (row.isEmpty()) return call.fail(1, "'" + name + "': no such user");
    String[] u = row.get();
    String options = String.join("", call.args().stream().filter(a -> a.startsWith("-")).toList());
    if (options.contains("u"))
      return MachineCommands.say(call, options.contains("n") ? u[0] : u[2]);
    if (options.contains("g") || options.contains("G"))
      return MachineCommands.say(call, options.contains("n") ? u[0] : u[3]);
    return MachineCommands.say(
        call, "uid=%s(%s) gid=%s(%s) groups=%s(%s)".formatted(u[2], u[0], u[3], u[0], u[3], u[0]));
  }

  /** {@code su -s SHELL -c COMMAND USER}, with the account phase that PAM would run first. */
  private static int su(SimMachine machine, Call call) {
    String command = "";
    String name = "root";
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (arg.equals("-c")) command = call.arg(++i, "");
      else if (arg.equals("-s")) i++;
      else if (!arg.startsWith("-")) name = arg;
    }
    Passwd table = new Passwd(machine.fs());
    Optional<String[]> secret = table.shadow(name);
    if (table.user(name).isEmpty() || secret.isEmpty())
      return call.fail(
          1,
          "user "
              + name
              + " does not exist or the user entry does not contain all the required fields");
    long today = Long.parseLong(days(machine, "today"));
    if (!secret.get()[7].isEmpty() && Long.parseLong(secret.get()[7]) <= today)
      return call.fail(1, "User account has expired");
    if (secret.get()[2].equals("0"))
      return call.fail(
          1, "You are required to change your password immediately (administrator enforced).");
    return call.shell().runAs(name, command, call);
  }

  private static String user(Call call) {
    return call.args().isEmpty() ? "" : call.args().getLast();
  }

  private static int passwd(SimMachine machine, Call call) {
    Passwd table = new Passwd(machine.fs());
    Optional<String[]> found = table.shadow(user(call));
    if (found.isEmpty()) return call.fail(1, "user '" + user(call) + "' does not exist");
    String[] row = found.get();
    String options = String.join("", call.args());
    if (options.contains("-S")) {
      String state =
          row[1].startsWith("!") || row[1].startsWith("*") ? "L" : row[1].isEmpty() ? "NP" : "P";
      return MachineCommands.say(
          call, "%s %s %s 0 99999 7 -1".formatted(row[0], state, day(row[2])));
    }
    machine.journal("passwd " + String.join(" ", call.args()));
    if (options.contains("-u")) row[1] = row[1].replaceFirst("^!+", "");
    if (options.contains("-l")) row[1] = "!" + row[1];
    table.put("/etc/shadow", row);
    return 0;
  }

  private static String day(String days) {
    return days.isEmpty() ? "never" : LocalDate.ofEpochDay(Long.parseLong(days)).toString();
  }

  private static String days(SimMachine machine, String text) {
    if (text.equals("-1") || text.isEmpty()) return "";
    if (text.matches("\\d+")) return text;
    if (text.equals("today"))
      return Long.toString(LocalDate.ofInstant(machine.clock(), ZoneOffset.UTC).toEpochDay());
    return Long.toString(LocalDate.parse(text).toEpochDay());
  }

  private static int chage(SimMachine machine, Call call) {
    Passwd table = new Passwd(machine.fs());
    Optional<String[]> found = table.shadow(user(call));
    if (found.isEmpty())
      return call.fail(1, "user '" + user(call) + "' does not exist in /etc/passwd");
    String[] row = found.get();
    if (call.args().contains("-l")) {
      call.out()
          .line(
              "Last password change\t\t\t\t\t: "
                  + (row[2].equals("0") ? "password must be changed" : day(row[2])));
      call.out().line("Account expires\t\t\t\t\t\t: " + day(row[7]));
      return 0;
    }
    machine.journal("chage " + String.join(" ", call.args()));
    for (int i = 0; i + 1 < call.args().size(); i++) {
      String value = call.args().get(i + 1);
      switch (call.args().get(i)) {
        case "-E" -> row[7] = days(machine, value);
        case "-d" -> row[2] = days(machine, value);
        case "-M" -> row[4] = value.equals("-1") ? "" : value;
        case "-I" -> row[6] = value.equals("-1") ? "" : value;
        default -> {}
      }
    }
    table.put("/etc/shadow", row);
    return 0;
  }

  private static int usermod(SimMachine machine, Call call) {
    Passwd table = new Passwd(machine.fs());
    Optional<String[]> found = table.user(user(call));
    Optional<String[]> shadow = table.shadow(user(call));
    if (found.isEmpty() || shadow.isEmpty())
      return call.fail(6, "user '" + user(call) + "' does not exist");
    machine.journal("usermod " + String.join(" ", call.args()));
    String[] row = found.get();
    String[] secret = shadow.get();
    for (int i = 0; i < call.args().size(); i++) {
      String value = call.arg(i + 1, "");
      switch (call.args().get(i)) {
        case "-s", "--shell" -> row[6] = value;
        case "-d", "--home" -> row[5] = value;
        case "-u", "--uid" -> row[2] = value;
        case "-e", "--expiredate" -> secret[7] = days(machine, value);
        case "-U" -> secret[1] = secret[1].replaceFirst("^!+", "");
        case "-L" -> secret[1] = "!" + secret[1];
        case "-p" -> secret[1] = value;
        default -> {}
      }
    }
    table.put("/etc/passwd", row);
    table.put("/etc/shadow", secret);
    return 0;
  }

  private static int useradd(SimMachine machine, Call call) {
    Passwd table = new Passwd(machine.fs());
    String name = user(call);
    if (table.user(name).isPresent()) return call.fail(9, "user '" + name + "' already exists");
    String uid = Integer.toString(1000 + table.users().size());
    String shell = "/bin/sh";
    String home = "/home/" + name;
    String password = "!";
    for (int i = 0; i + 1 < call.args().size(); i++) {
      String value = call.args().get(i + 1);
      switch (call.args().get(i)) {
        case "-u", "--uid" -> uid = value;
        case "-s", "--shell" -> shell = value;
        case "-d", "--home-dir" -> home = value;
        case "-p", "--password" -> password = value;
        default -> {}
      }
    }
    if (table.user(uid).isPresent()) return call.fail(4, "UID " + uid + " is not unique");
    machine.journal("useradd " + String.join(" ", call.args()));
    table.put("/etc/passwd", new String[] {name, "x", uid, uid, "", home, shell});
    table.put(
        "/etc/shadow",
        new String[] {name, password, days(machine, "today"), "0", "99999", "7", "", "", ""});
    if (table.group(name).isEmpty()) table.put("/etc/group", new String[] {name, "x", uid, ""});
    if (call.args().contains("-m")) machine.fs().folder(home, 0700, Integer.parseInt(uid));
    return 0;
  }

  private static int mkhome(SimMachine machine, Call call) {
    Optional<String[]> row = new Passwd(machine.fs()).user(call.arg(0, ""));
    if (row.isEmpty()) return 1;
    machine.journal("mkhomedir_helper " + call.arg(0, ""));
    machine.fs().folder(row.get()[5], 0700, Integer.parseInt(row.get()[2]));
    return 0;
  }

  private static int faillock(SimMachine machine, Call call) {
    int at = call.args().indexOf("--user");
    String name = at >= 0 ? call.arg(at + 1, "") : "";
    String path = "/run/faillock/" + name;
    if (call.args().contains("--reset")) {
      machine.journal("faillock --user " + name + " --reset");
      machine.fs().put(path, 0600, 0, "");
      return 0;
    }
    call.out().line(name + ":");
    call.out()
        .line("When                Type  Source                                           Valid");
    call.out().print(machine.fs().read(path).orElse(""));
    return 0;
  }

  private static int sshd(Call call) {
    if (call.args().contains("-t")) return 0;
    call.out()
        .print(
            "port 22\nusepam yes\npermitrootlogin without-password\npubkeyauthentication yes\npasswordauthentication no\nauthorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2\nstrictmodes yes\n");
    String config = call.host().fs().read("/etc/ssh/sshd_config").orElse("");
    for (String line : config.split("\n")) {
      String lower = line.strip().toLowerCase(java.util.Locale.ROOT);
      if (lower.startsWith("denyusers ")
          || lower.startsWith("allowusers ")
          || lower.startsWith("allowgroups ")
          || lower.startsWith("denygroups ")) {
        int space = line.strip().indexOf(' ');
        for (String value : line.strip().substring(space + 1).split("\\s+"))
          call.out().line(lower.substring(0, space) + " " + value);
      }
    }
    return 0;
  }
}
