package io.fettle.lab.shell;

import io.fettle.lab.shell.Command.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Commands on files: ls, stat, mkdir, rm, mv, cp, ln, chmod, chown, touch, readlink, mktemp,
 * install, find.
 */
final class FileCommands {
  private FileCommands() {}

  static void into(Map<String, Command> all) {
    all.put("ls", FileCommands::ls);
    all.put("stat", FileCommands::stat);
    all.put("mkdir", FileCommands::mkdir);
    all.put("rm", FileCommands::rm);
    all.put("rmdir", FileCommands::rm);
    all.put("mv", FileCommands::mv);
    all.put("cp", FileCommands::cp);
    all.put("ln", FileCommands::ln);
    all.put("chmod", FileCommands::chmod);
    all.put("chown", FileCommands::chown);
    all.put("chgrp", FileCommands::chown);
    all.put("touch", FileCommands::touch);
    all.put("readlink", FileCommands::readlink);
    all.put("realpath", FileCommands::readlink);
    all.put("mktemp", FileCommands::mktemp);
    all.put("install", FileCommands::install);
    all.put("find", FindCommand::run);
    all.put("du", DuCommand::run);
    all.put("basename", c -> Commands.say(c, basename(c)));
    all.put("dirname", c -> Commands.say(c, Fs.parent(c.arg(0, "."))));
  }

  private static String basename(Call call) {
    String path = call.arg(0, "");
    String name = path.substring(path.lastIndexOf('/') + 1);
    String suffix = call.arg(1, "");
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

  static boolean readOnly(Call call, String path) {
    if (!call.host().fs().refuses(path)) return false;
    call.fail(1, "cannot change '" + path + "': Read-only file system");
    return true;
  }

  static void change(Call call, String path) {
    if (!path.startsWith("/tmp/") && !path.startsWith("/run/"))
      call.host().journal(call.name() + " " + String.join(" ", call.args()));
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
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (arg.equals("-c")) format = call.arg(++i, "");
      else if (arg.startsWith("--format=")) format = arg.substring(9);
      else if (arg.startsWith("-c")) format = arg.substring(2);
      else if (arg.startsWith("-") && arg.contains("L")) follow = true;
      else if (!arg.equals("--")) paths.add(arg);
    }
    if (format.startsWith("=")) format = format.substring(1);
    int status = 0;
    for (String each : paths) {
      Fs.Inode inode = call.host().fs().at(call.path(each), follow).orElse(null);
      if (inode == null) {
        status = call.fail(1, "cannot statx '" + each + "': No such file or directory");
        continue;
      }
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
              case 'u' -> Integer.toString(inode.uid);
              case 'g' -> Integer.toString(inode.gid);
              case 'U' -> passwd.name(inode.uid);
              case 'G' -> passwd.name(inode.gid);
              case 's' -> Long.toString(inode.size());
              case 'h' -> "1";
              case 'i' -> "1";
              case 'n' -> each;
              case 'Y' -> Long.toString(inode.modified / 1000);
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
      call.out().line(out.toString());
    }
    return status;
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
    for (String each : paths) {
      String path = call.path(each);
      if (call.host().fs().exists(path)) {
        if (parents) continue;
        return call.fail(1, "cannot create directory '" + each + "': File exists");
      }
      if (readOnly(call, path)) return 1;
      change(call, path);
      if (!call.host().fs().reachable(path) || !parentWritable(call, path))
        return call.fail(1, "cannot create directory '" + each + "': Permission denied");
      call.host().fs().folder(path, mode, call.host().fs().actor());
    }
    return 0;
  }

  private static boolean parentWritable(Call call, String path) {
    Fs fs = call.host().fs();
    String up = Fs.parent(path);
    while (!fs.exists(up)) up = Fs.parent(up);
    return fs.at(up, true).filter(i -> fs.may(i, 2)).isPresent();
  }

  private static int rm(Call call) {
    boolean force = call.args().stream().anyMatch(a -> a.startsWith("-") && a.contains("f"));
    int status = 0;
    for (String each : operands(call)) {
      String path = call.path(each);
      if (call.host().fs().at(path, false).isEmpty()) {
        if (!force)
          status = call.fail(1, "cannot remove '" + each + "': No such file or directory");
        continue;
      }
      if (readOnly(call, path)) return 1;
      change(call, path);
      call.host().fs().remove(path);
    }
    return status;
  }

  private static String into(Call call, String target, String source) {
    String path = call.path(target);
    boolean folder =
        call.host().fs().at(path, true).filter(i -> i.kind == Fs.Kind.FOLDER).isPresent();
    return folder ? path + "/" + source.substring(source.lastIndexOf('/') + 1) : path;
  }

  private static int mv(Call call) {
    List<String> paths = operands(call);
    if (paths.size() < 2) return call.fail(1, "missing file operand");
    String source = call.path(paths.getFirst());
    if (call.host().fs().at(source, false).isEmpty())
      return call.fail(1, "cannot stat '" + paths.getFirst() + "': No such file or directory");
    String target = into(call, paths.getLast(), source);
    if (readOnly(call, target)) return 1;
    change(call, target);
    call.host().fs().remove(target);
    call.host().fs().move(source, target);
    return 0;
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

  private static int ln(Call call) {
    List<String> paths = operands(call);
    if (paths.size() < 2) return call.fail(1, "missing file operand");
    String target = call.path(paths.getLast());
    change(call, target);
    call.host().fs().link(target, paths.getFirst());
    return 0;
  }

  private static int chmod(Call call) {
    List<String> operands = new ArrayList<>();
    for (String arg : call.args()) if (!arg.matches("-[Rvcf]+|--")) operands.add(arg);
    if (operands.size() < 2) return call.fail(1, "missing operand");
    for (String each : operands.subList(1, operands.size())) {
      String path = call.path(each);
      Fs.Inode inode = call.host().fs().at(path, true).orElse(null);
      if (inode == null)
        return call.fail(1, "cannot access '" + each + "': No such file or directory");
      if (readOnly(call, path)) return 1;
      int actor = call.host().fs().actor();
      if (actor != 0 && actor != inode.uid)
        return call.fail(1, "changing permissions of '" + each + "': Operation not permitted");
      change(call, path);
      inode.mode = mode(operands.getFirst(), inode.mode);
    }
    return 0;
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

  private static int chown(Call call) {
    List<String> operands = new ArrayList<>();
    for (String arg : call.args())
      if (!arg.matches("-[Rvchf]+|--|--no-dereference")) operands.add(arg);
    if (operands.size() < 2) return call.fail(1, "missing operand");
    String[] owner = operands.getFirst().split(":", -1);
    Passwd passwd = new Passwd(call.host().fs());
    for (String each : operands.subList(1, operands.size())) {
      String path = call.path(each);
      Fs.Inode inode = call.host().fs().at(path, true).orElse(null);
      if (inode == null)
        return call.fail(1, "cannot access '" + each + "': No such file or directory");
      Integer uid = owner[0].isEmpty() ? Integer.valueOf(inode.uid) : passwd.id(owner[0]);
      if (uid == null) return call.fail(1, "invalid user: '" + owner[0] + "'");
      if (readOnly(call, path)) return 1;
      change(call, path);
      inode.uid = uid;
      if (owner.length > 1)
        inode.gid =
            owner[1].isEmpty()
                ? uid
                : java.util.Objects.requireNonNullElse(passwd.id(owner[1]), uid);
    }
    return 0;
  }

  private static int touch(Call call) {
    for (String each : operands(call)) {
      String path = call.path(each);
      if (readOnly(call, path)) return 1;
      change(call, path);
      String problem = call.host().fs().write(path, new byte[0], true, 0644);
      if (problem != null) return call.fail(1, "cannot touch '" + each + "': " + problem);
    }
    return 0;
  }

  private static int readlink(Call call) {
    String path = call.path(operands(call).isEmpty() ? "." : operands(call).getFirst());
    Fs.Inode inode = call.host().fs().at(path, false).orElse(null);
    if (inode == null && call.args().contains("-e")) return 1;
    if (inode != null && inode.kind == Fs.Kind.LINK)
      return Commands.say(call, Fs.normal(inode.text(), Fs.parent(path)));
    boolean canonical =
        call.name().equals("realpath") || call.args().stream().anyMatch(a -> a.matches("-[fem]"));
    return canonical ? Commands.say(call, path) : 1;
  }

  private static int mktemp(Call call) {
    List<String> templates = operands(call);
    String template = templates.isEmpty() ? "/tmp/tmp.XXXXXXXXXX" : call.path(templates.getLast());
    int end = template.length();
    int start = end;
    while (start > 0 && template.charAt(start - 1) == 'X') start--;
    if (end - start < 3) return call.fail(1, "too few X's in template '" + template + "'");
    if (!call.host().fs().exists(Fs.parent(template))) {
      return call.fail(
          1, "failed to create file via template '" + template + "': No such file or directory");
    }
    for (int n = 0; n < 10_000; n++) {
      String path = template.substring(0, start) + ("%0" + (end - start) + "d").formatted(n);
      if (call.host().fs().exists(path)) continue;
      if (call.args().contains("-d")) call.host().fs().folder(path, 0700, 0);
      else call.host().fs().put(path, 0600, 0, "");
      return Commands.say(call, path);
    }
    return call.fail(1, "failed to create file via template");
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
