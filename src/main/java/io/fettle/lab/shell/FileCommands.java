package io.fettle.lab.shell;

import io.fettle.lab.shell.Command.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Commands on files: ls, stat, mkdir, cp, chmod, readlink, mktemp, install, dirname, basename. */
final class FileCommands {
  private FileCommands() {}

  static void into(Map<String, Command> all) {
    all.put("ls", FileCommands::ls);
    all.put("stat", FileCommands::stat);
    all.put("mkdir", FileCommands::mkdir);
    all.put("cp", FileCommands::cp);
    all.put("chmod", FileCommands::chmod);
    all.put("readlink", FileCommands::readlink);
    all.put("realpath", FileCommands::readlink);
    all.put("mktemp", FileCommands::mktemp);
    all.put("install", FileCommands::install);
    all.put("find", FindCommand::run);
    all.put("du", DuCommand::run);
    all.put("basename", c -> Commands.say(c, basename(c)));
    all.put("dirname", FileCommands::dirname);
    NameCommands.into(all);
    OwnerCommands.into(all);
  }

  private static int dirname(Call call) {
    List<String> paths = operands(call);
    if (paths.isEmpty()) return call.fail(1, "missing operand");
    for (String path : paths) {
      String above = path.replaceFirst("/+$", "").replaceFirst("/*[^/]*$", "");
      String none = path.startsWith("/") ? "/" : ".";
      call.out().line(above.isEmpty() ? none : above);
    }
    return 0;
  }

  private static String basename(Call call) {
    List<String> words = operands(call);
    String path = words.isEmpty() ? "" : words.getFirst().replaceFirst("(?<=.)/+$", "");
    String name = path.equals("/") ? path : path.substring(path.lastIndexOf('/') + 1);
    String suffix = words.size() > 1 ? words.get(1) : "";
    return !suffix.isEmpty() && name.endsWith(suffix) && !name.equals(suffix)
        ? name.substring(0, name.length() - suffix.length())
        : name;
  }

  static List<String> operands(Call call) {
    List<String> operands = new ArrayList<>();
    boolean over = false;
    for (String arg : call.args()) {
      if (!over && arg.equals("--")) over = true;
      else if (over || !arg.startsWith("-") || arg.equals("-")) operands.add(arg);
    }
    return operands;
  }

  /** Files as the caller may use them; the command is written down once, before a change. */
  static UserFiles files(Call call) {
    boolean[] told = {false};
    return new UserFiles(
        call.host().fs(),
        path -> {
          if (!told[0]) told[0] = change(call, path);
        });
  }

  /** Whether an option of one letter is among the arguments. */
  static boolean asked(Call call, char option) {
    for (String arg : call.args()) {
      if (arg.equals("--")) return false;
      if (arg.matches("-[A-Za-z]+") && arg.indexOf(option) > 0) return true;
    }
    return false;
  }

  static boolean readOnly(Call call, String path) {
    if (!call.host().fs().refuses(path)) return false;
    call.fail(1, "cannot change '" + path + "': Read-only file system");
    return true;
  }

  /** True when it was worth writing down. */
  private static boolean change(Call call, String path) {
    if (path.startsWith("/tmp/") || path.startsWith("/run/")) return false;
    call.host().journal(call.name() + " " + String.join(" ", call.args()));
    return true;
  }

  private static int ls(Call call) {
    List<String> paths = operands(call);
    if (paths.isEmpty()) paths = List.of(".");
    int status = 0;
    boolean self = call.args().stream().anyMatch(a -> a.startsWith("-") && a.contains("d"));
    for (String each : paths) {
      String path = call.path(each);
      Fs.Inode inode = call.host().fs().at(path, true).orElse(null);
      if (inode == null) {
        status = call.fail(2, "cannot access '" + each + "': No such file or directory");
      } else if (inode.kind != Fs.Kind.FOLDER || self) {
        call.out().line(each);
      } else {
        for (String name : call.host().fs().list(path))
          if (!name.startsWith(".") || String.join("", call.args()).contains("a"))
            call.out().line(name);
      }
    }
    return status;
  }

  private static int stat(Call call) {
    String format = "%n";
    boolean follow = false;
    boolean over = false;
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (over || !arg.startsWith("-")) paths.add(arg);
      else if (arg.equals("--")) over = true;
      else if (arg.equals("-c")) format = call.arg(++i, "");
      else if (arg.startsWith("--format=")) format = arg.substring(9);
      else if (arg.startsWith("-c")) format = arg.substring(2);
      else follow |= arg.contains("L");
    }
    if (format.startsWith("=")) format = format.substring(1);
    if (paths.isEmpty()) return call.fail(1, "missing operand");
    int status = 0;
    for (String each : paths) {
      try {
        UserFiles.Entry entry = files(call).find(call.path(each), follow);
        call.out().line(said(call, entry.inode(), each, format));
      } catch (Refused e) {
        status = call.fail(1, "cannot statx '" + each + "': " + e.words());
      }
    }
    return status;
  }

  private static String said(Call call, Fs.Inode inode, String name, String format) {
    Passwd passwd = new Passwd(call.host().fs());
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      out.append(
          switch (format.charAt(++i)) {
            case 'a' -> Integer.toOctalString(inode.mode);
            case 'A' -> inode.facts().modeText();
            case 'u' -> Integer.toString(inode.uid);
            case 'g' -> Integer.toString(inode.gid);
            case 'U' -> passwd.name(inode.uid);
            case 'G' -> passwd.groupName(inode.gid);
            case 's' -> Long.toString(inode.size());
            case 'h' -> Long.toString(call.host().fs().names(inode));
            case 'i' -> Long.toString(inode.number);
            case 'n' -> name;
            case 'Y' -> Long.toString(inode.modified / 1000);
            case '%' -> "%";
            case 'F' ->
                switch (inode.kind) {
                  case FILE -> inode.size() == 0 ? "regular empty file" : "regular file";
                  case FOLDER -> "directory";
                  case LINK -> "symbolic link";
                  case DEVICE -> "character special file";
                };
            default -> "?";
          });
    }
    return out.toString();
  }

  private static int mkdir(Call call) {
    int mode = 0777 & ~call.shell().umask();
    boolean parents = false;
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (arg.equals("-m")) mode = Integer.parseInt(call.arg(++i, "755"), 8);
      else if (arg.startsWith("-m")) mode = Integer.parseInt(arg.substring(2), 8);
      else if (arg.startsWith("-")) parents |= arg.contains("p");
      else paths.add(arg);
    }
    int status = 0;
    UserFiles files = files(call);
    for (String each : paths) {
      String path = call.path(each);
      try {
        if (parents) mkdirs(call, files, Fs.parent(path));
        if (!parents || !isFolder(call, path)) files.makeFolder(path, mode);
      } catch (Refused e) {
        status = call.fail(1, "cannot create directory '" + each + "': " + e.words());
      }
    }
    return status;
  }

  private static void mkdirs(Call call, UserFiles files, String path) throws Refused {
    if (call.host().fs().exists(path)) return;
    mkdirs(call, files, Fs.parent(path));
    files.makeFolder(path, 0777 & ~call.shell().umask());
  }

  private static boolean isFolder(Call call, String path) {
    return call.host().fs().at(path, true).filter(i -> i.kind == Fs.Kind.FOLDER).isPresent();
  }

  private static String into(Call call, String target, String source) {
    String path = call.path(target);
    return isFolder(call, path) ? path + "/" + source.substring(source.lastIndexOf('/') + 1) : path;
  }

  private static int cp(Call call) {
    List<String> paths = operands(call);
    if (paths.size() < 2) return call.fail(1, "missing file operand");
    String source = call.path(paths.getFirst());
    Fs.Inode inode = call.host().fs().at(source, true).orElse(null);
    if (inode == null)
      return call.fail(1, "cannot stat '" + paths.getFirst() + "': No such file or directory");
    String target = into(call, paths.getLast(), source);
    if (readOnly(call, target)) return 1;
    change(call, target);
    boolean keep =
        call.args().stream()
            .anyMatch(a -> a.startsWith("-") && (a.contains("p") || a.contains("a")));
    String problem =
        call.host()
            .fs()
            .write(target, inode.bytes().clone(), false, keep ? inode.mode : inode.mode & 0755);
    if (problem != null)
      return call.fail(1, "cannot create regular file '" + paths.getLast() + "': " + problem);
    if (keep) {
      Fs.Inode copy = call.host().fs().at(target, true).orElseThrow();
      copy.uid = inode.uid;
      copy.gid = inode.gid;
      copy.mode = inode.mode;
    }
    return 0;
  }

  private static int chmod(Call call) {
    List<String> operands = new ArrayList<>();
    for (String arg : call.args()) if (!arg.matches("-[Rvcf]+|--")) operands.add(arg);
    if (operands.size() < 2) return call.fail(1, "missing operand");
    int status = 0;
    UserFiles files = files(call);
    for (String each : operands.subList(1, operands.size())) {
      try {
        UserFiles.Entry entry = files.find(call.path(each), true);
        files.mode(entry, mode(operands.getFirst(), entry.inode().mode));
      } catch (Refused e) {
        boolean missing = e.why() == Refused.Why.NO_ENTRY;
        String what = missing ? "cannot access '" : "changing permissions of '";
        status = call.fail(1, what + each + "': " + e.words());
      }
    }
    return status;
  }

  private static int mode(String text, int old) {
    if (text.matches("[0-7]+")) return Integer.parseInt(text, 8);
    int mode = old;
    for (String clause : text.split(",")) {
      int op = 0;
      while (op < clause.length() && "+-=".indexOf(clause.charAt(op)) < 0) op++;
      String who = op == 0 ? "a" : clause.substring(0, op);
      int bits = 0;
      for (char c : clause.substring(op + 1).toCharArray())
        bits |= c == 'r' ? 4 : c == 'w' ? 2 : c == 'x' ? 1 : 0;
      int all = 0;
      if (who.contains("u") || who.contains("a")) all |= bits << 6;
      if (who.contains("g") || who.contains("a")) all |= bits << 3;
      if (who.contains("o") || who.contains("a")) all |= bits;
      mode = clause.charAt(op) == '-' ? mode & ~all : mode | all;
    }
    return mode;
  }

  private static int readlink(Call call) {
    String path = call.path(operands(call).isEmpty() ? "." : operands(call).getFirst());
    try {
      boolean canonical = call.name().equals("realpath") || asked(call, 'f') || asked(call, 'm');
      if (asked(call, 'e')) files(call).find(path, true);
      else if (!canonical) return Commands.say(call, files(call).target(path));
      return Commands.say(call, files(call).real(path));
    } catch (Refused e) {
      return 1;
    }
  }

  private static int mktemp(Call call) {
    List<String> templates = operands(call);
    String template = templates.isEmpty() ? "/tmp/tmp.XXXXXXXXXX" : call.path(templates.getLast());
    int end = template.length();
    int start = end;
    while (start > 0 && template.charAt(start - 1) == 'X') start--;
    if (end - start < 3) return call.fail(1, "too few X's in template '" + template + "'");
    for (int n = 0; n < 10_000; n++) {
      String path = template.substring(0, start) + ("%0" + (end - start) + "d").formatted(n);
      if (call.host().fs().exists(path)) continue;
      try {
        if (asked(call, 'd')) files(call).makeFolder(path, 0700);
        else files(call).open(path, new UserFiles.Opening(true, true, true, false, true), 0600);
        return Commands.say(call, path);
      } catch (Refused e) {
        return call.fail(1, "failed to create file via template '" + template + "': " + e.words());
      }
    }
    return call.fail(1, "failed to create file via template '" + template + "'");
  }

  private static int install(Call call) {
    int mode = 0755;
    String owner = "root";
    boolean folder = false;
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (arg.equals("-m")) mode = Integer.parseInt(call.arg(++i, "755"), 8);
      else if (arg.startsWith("-m")) mode = Integer.parseInt(arg.substring(2), 8);
      else if (arg.equals("-o")) owner = call.arg(++i, "root");
      else if (arg.equals("-g")) i++;
      else if (arg.equals("-d")) folder = true;
      else if (!arg.startsWith("-") || arg.equals("-")) paths.add(arg);
    }
    Integer uid = new Passwd(call.host().fs()).id(owner);
    if (uid == null) return call.fail(1, "invalid user '" + owner + "'");
    if (paths.isEmpty()) return call.fail(1, "missing file operand");
    String target = call.path(paths.getLast());
    if (readOnly(call, target)) return 1;
    change(call, target);
    if (folder) {
      call.host().fs().folder(target, mode, uid);
    } else {
      String text =
          paths.getFirst().equals("/dev/stdin")
              ? call.in().text()
              : TextCommands.input(call, List.of(paths.getFirst()));
      if (text == null) return 1;
      String problem =
          call.host()
              .fs()
              .write(target, text.getBytes(java.nio.charset.StandardCharsets.UTF_8), false, mode);
      if (problem != null) return call.fail(1, "cannot create '" + target + "': " + problem);
    }
    Fs.Inode inode = call.host().fs().at(target, true).orElseThrow();
    inode.mode = mode;
    inode.uid = uid;
    inode.gid = uid;
    return 0;
  }
}
