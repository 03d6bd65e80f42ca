package io.fettle.lab.shell;

import io.fettle.lab.shell.Command.Call;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Commands every machine has, by name. What is in no table here nor on the machine exits 127. */
final class Commands {
  static final Map<String, Command> ALL = all();

  private Commands() {}

  private static Map<String, Command> all() {
    Map<String, Command> all = new HashMap<>();
    all.put("true", c -> 0);
    all.put("false", c -> 1);
    all.put("sync", Commands::sync);
    all.put("sleep", Commands::sleep);
    all.put("sh", Commands::sh);
    all.put("bash", Commands::sh);
    all.put("dash", Commands::sh);
    all.put("sudo", Commands::sudo);
    all.put("timeout", Commands::timeout);
    all.put("nice", Commands::prefixed);
    all.put("ionice", Commands::prefixed);
    all.put("nohup", Commands::prefixed);
    all.put("setsid", Commands::prefixed);
    all.put("env", Commands::env);
    all.put("printenv", c -> Commands.env(c));
    all.put("test", c -> new TestCommand(c, c.args()).run());
    all.put("[", Commands::bracket);
    all.put("hostname", c -> say(c, c.host().hostname()));
    all.put("whoami", c -> say(c, c.shell().user()));
    all.put("pwd", Commands::pwd);
    all.put("tty", c -> c.fail(1, "not a tty"));
    all.put("uname", Commands::uname);
    all.put("date", DateCommand::run);
    all.put("kill", c -> 0);
    all.put("setpriv", Commands::setpriv);
    TextCommands.into(all);
    FileCommands.into(all);
    return Map.copyOf(all);
  }

  static int say(Call call, String line) {
    call.out().line(line);
    return 0;
  }

  private static int sh(Call call) {
    int i = 0;
    while (i < call.args().size()
        && call.args().get(i).startsWith("-")
        && !call.args().get(i).contains("c")) i++;
    String text;
    String name = "sh";
    java.util.List<String> rest;
    if (i < call.args().size() && call.args().get(i).startsWith("-")) {
      if (i + 1 >= call.args().size()) return call.fail(2, "-c: option requires an argument");
      text = call.args().get(i + 1);
      name = call.arg(i + 2, "sh");
      rest =
          i + 3 <= call.args().size()
              ? call.args().subList(i + 3, call.args().size())
              : java.util.List.of();
    } else if (i < call.args().size()) {
      String path = call.path(call.args().get(i));
      text = call.host().fs().read(path).orElse(null);
      if (text == null)
        return call.fail(127, "cannot open " + call.args().get(i) + ": No such file");
      rest = call.args().subList(i + 1, call.args().size());
    } else {
      text = call.in().text();
      rest = java.util.List.of();
    }
    return call.shell().runChild(text, name, rest, null, streams(call));
  }

  static Shell.Streams streams(Call call) {
    return new Shell.Streams(call.in(), call.out(), call.err());
  }

  /** Root needs no password here; the testing of passwords happens against a real sudo. */
  private static int sudo(Call call) {
    int i = 0;
    String as = "root";
    String about = call.shell().user();
    boolean list = false;
    while (i < call.args().size() && call.args().get(i).startsWith("-")) {
      String option = call.args().get(i++);
      if (option.equals("--")) break;
      if (option.equals("-u")) as = call.arg(i++, "root");
      if (option.equals("-U")) about = call.arg(i++, about);
      if (option.equals("-p")) i++;
      list |= option.equals("-l");
    }
    if (list) return sudoList(call, about);
    if (i >= call.args().size()) return 0;
    String by = call.shell().user();
    int uid = call.shell().uid(by);
    String told = "SUDO_USER=%s SUDO_UID=%d SUDO_GID=%d ".formatted(quoted(by), uid, uid);
    return runAs(call, as, told, call.args().subList(i, call.args().size()));
  }

  /** Runs the rest as another uid. */
  private static int setpriv(Call call) {
    int i = 0;
    String as = "root";
    while (i < call.args().size() && call.args().get(i).startsWith("-")) {
      String option = call.args().get(i++);
      boolean apart =
          option.equals("--reuid") || option.equals("--regid") || option.equals("--groups");
      String value = apart ? call.arg(i++, "") : option.substring(option.indexOf('=') + 1);
      if (!option.startsWith("--reuid")) continue;
      var row = new Passwd(call.host().fs()).user(value);
      if (row.isEmpty()) return call.fail(1, "uid " + value + " not found");
      as = row.get()[0];
    }
    if (i >= call.args().size()) return call.fail(1, "No program specified.");
    return runAs(call, as, "", call.args().subList(i, call.args().size()));
  }

  private static int runAs(Call call, String as, String before, java.util.List<String> words) {
    StringBuilder text = new StringBuilder(before);
    for (String word : words) text.append(quoted(word)).append(' ');
    return call.shell().runChild(text.toString(), "sh", java.util.List.of(), as, streams(call));
  }

  /** What sudoers grants a user: rules that begin with the user's name. */
  private static int sudoList(Call call, String user) {
    Fs fs = call.host().fs();
    java.util.List<String> rules = new java.util.ArrayList<>();
    for (String path : fs.under("/etc")) {
      if (!path.equals("/etc/sudoers") && !path.startsWith("/etc/sudoers.d/")) continue;
      for (String line : TextCommands.lines(fs.read(path).orElse("")))
        if (line.startsWith(user + " ") && line.contains("="))
          rules.add(
              "    " + line.substring(line.indexOf('=') + 1).strip().replace(":ALL)", " : ALL)"));
    }
    if (rules.isEmpty())
      return call.fail(
          1, "User " + user + " is not allowed to run sudo on " + call.host().hostname() + ".");
    call.out()
        .line(
            "User " + user + " may run the following commands on " + call.host().hostname() + ":");
    rules.forEach(call.out()::line);
    return 0;
  }

  static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  private static int timeout(Call call) {
    int i = 0;
    while (i < call.args().size() && call.args().get(i).startsWith("-")) {
      if (call.args().get(i).equals("-k") || call.args().get(i).equals("-s")) i++;
      i++;
    }
    if (i + 1 >= call.args().size()) return call.fail(125, "missing operand");
    Duration time = time(call.args().get(i));
    if (time == null) return call.fail(125, "invalid time interval ‘" + call.args().get(i) + "’");
    List<String> words = call.args().subList(i + 1, call.args().size());
    return time.isZero()
        ? call.shell().call(words, streams(call))
        : call.shell().within(time, words, streams(call));
  }

  private static int sleep(Call call) {
    Duration all = Duration.ZERO;
    for (String word : call.args()) {
      Duration time = time(word);
      if (time == null) return call.fail(1, "invalid time interval ‘" + word + "’");
      all = all.plus(time);
    }
    return call.shell().sleep(all) ? 0 : 143;
  }

  /** A number with s, m, h or d behind it, as coreutils has it; null for anything else. */
  private static @Nullable Duration time(String word) {
    if (!word.matches("\\d{1,9}(\\.\\d{1,9})?[smhd]?")) return null;
    char unit = word.charAt(word.length() - 1);
    int seconds = unit == 'm' ? 60 : unit == 'h' ? 3_600 : unit == 'd' ? 86_400 : 1;
    String number = Character.isDigit(unit) ? word : word.substring(0, word.length() - 1);
    return Duration.ofMillis((long) (Double.parseDouble(number) * seconds * 1_000));
  }

  private static int pwd(Call call) {
    String cwd = call.shell().cwd();
    String real = call.args().contains("-P") ? call.host().fs().real(cwd, true) : cwd;
    return say(call, real == null ? cwd : real);
  }

  private static int sync(Call call) {
    int status = 0;
    for (String each : FileCommands.operands(call)) {
      try {
        FileCommands.files(call).find(call.path(each), true);
      } catch (Refused e) {
        status = call.fail(1, "error opening '" + each + "': " + e.words());
      }
    }
    return status;
  }

  private static int prefixed(Call call) {
    int i = 0;
    while (i < call.args().size()
        && (call.args().get(i).startsWith("-") || call.args().get(i).matches("\\d+"))) i++;
    if (i >= call.args().size()) return 0;
    return call.shell().call(call.args().subList(i, call.args().size()), streams(call));
  }

  private static int env(Call call) {
    int i = 0;
    while (i < call.args().size()) {
      String arg = call.args().get(i);
      int eq = arg.indexOf('=');
      if (arg.equals("-u")) i++;
      else if (eq > 0) call.shell().assign(arg.substring(0, eq), arg.substring(eq + 1));
      else if (!arg.startsWith("-")) break;
      i++;
    }
    if (i < call.args().size())
      return call.shell().call(call.args().subList(i, call.args().size()), streams(call));
    call.shell().variables().forEach((k, v) -> call.out().line(k + "=" + v));
    return 0;
  }

  private static int bracket(Call call) {
    if (call.args().isEmpty() || !call.args().getLast().equals("]"))
      return call.fail(2, "missing ]");
    return new TestCommand(call, call.args().subList(0, call.args().size() - 1)).run();
  }

  private static int uname(Call call) {
    String all = String.join("", call.args());
    if (all.contains("a"))
      return say(
          call,
          "Linux "
              + call.host().hostname()
              + " 6.1.0-26-amd64 #1 SMP Debian 6.1.112-1 x86_64 GNU/Linux");
    if (all.contains("r")) return say(call, "6.1.0-26-amd64");
    if (all.contains("n")) return say(call, call.host().hostname());
    if (all.contains("m")) return say(call, "x86_64");
    return say(call, "Linux");
  }
}
