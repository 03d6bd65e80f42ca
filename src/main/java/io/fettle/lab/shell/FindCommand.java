package io.fettle.lab.shell;

import io.fettle.lab.shell.Command.Call;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** {@code find}: tests on name, type, size, age and owner; print, delete, exec. */
final class FindCommand {
  private interface Test {
    boolean of(String path, Fs.Inode inode);
  }

  private static final Set<String> ACTS =
      Set.of("-print", "-print0", "-delete", "-exec", "-printf", "-ls");

  private final Call call;
  private final Fs fs;
  private final List<String> words;
  private final List<List<String>> gathered = new ArrayList<>();
  private final List<List<String>> gatheredFor = new ArrayList<>();
  private int at;
  private int deepest = Integer.MAX_VALUE;
  private int shallowest;
  private int status;
  private String root = "/";
  private String shownRoot = "/";

  private FindCommand(Call call) {
    this.call = call;
    this.fs = call.host().fs();
    this.words = call.args();
  }

  static int run(Call call) {
    try {
      return new FindCommand(call).run();
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return call.fail(1, String.valueOf(e.getMessage()));
    }
  }

  private int run() {
    List<String> roots = new ArrayList<>();
    while (at < words.size() && !words.get(at).matches("[-(!].*")) roots.add(words.get(at++));
    boolean depth = words.contains("-delete") || words.contains("-depth");
    boolean acts = words.stream().anyMatch(ACTS::contains);
    Test test = at < words.size() ? or() : (path, inode) -> true;
    if (at < words.size()) throw new IllegalArgumentException("unknown: " + words.get(at));
    for (String each : roots.isEmpty() ? List.of(".") : roots) {
      root = call.path(each);
      shownRoot = each;
      if (!fs.exists(root)) {
        status = call.fail(1, "'" + each + "': No such file or directory");
        continue;
      }
      List<String> all = new ArrayList<>(fs.under(root));
      if (depth) Collections.reverse(all);
      for (String path : all) visit(path, test, acts);
    }
    for (int i = 0; i < gathered.size(); i++)
      if (!gatheredFor.get(i).isEmpty()) {
        List<String> command = new ArrayList<>(gathered.get(i));
        command.addAll(gatheredFor.get(i));
        call.shell().call(command, Commands.streams(call));
      }
    return status;
  }

  private void visit(String path, Test test, boolean acts) {
    Fs.Inode inode = fs.at(path, false).orElse(null);
    int level = path.equals(root) ? 0 : path.substring(root.length()).split("/").length - 1;
    if (root.equals("/") && level == 0 && !path.equals("/")) level = 1;
    if (inode == null || level > deepest || level < shallowest) return;
    if (test.of(path, inode) && !acts) call.out().line(shown(path));
  }

  private String shown(String path) {
    if (path.equals(root)) return shownRoot;
    String rest = path.substring(root.equals("/") ? 1 : root.length() + 1);
    return shownRoot.endsWith("/") ? shownRoot + rest : shownRoot + "/" + rest;
  }

  private Test or() {
    Test left = and();
    while (at < words.size() && (words.get(at).equals("-o") || words.get(at).equals("-or"))) {
      at++;
      Test a = left;
      Test b = and();
      left = (path, inode) -> a.of(path, inode) || b.of(path, inode);
    }
    return left;
  }

  private Test and() {
    Test left = one();
    while (at < words.size() && !Set.of("-o", "-or", ")").contains(words.get(at))) {
      if (words.get(at).equals("-a")) at++;
      Test a = left;
      Test b = one();
      left = (path, inode) -> a.of(path, inode) && b.of(path, inode);
    }
    return left;
  }

  private Test one() {
    String word = words.get(at++);
    return switch (word) {
      case "(" -> {
        Test inner = or();
        at++;
        yield inner;
      }
      case "!", "-not" -> {
        Test inner = one();
        yield (path, inode) -> !inner.of(path, inode);
      }
      case "-xdev", "-mount", "-depth", "-noleaf", "-ignore_readdir_race", "-true" ->
          (path, inode) -> true;
      case "-maxdepth" -> {
        deepest = Integer.parseInt(next());
        yield (path, inode) -> true;
      }
      case "-mindepth" -> {
        shallowest = Integer.parseInt(next());
        yield (path, inode) -> true;
      }
      case "-type" -> type(next());
      case "-name" -> {
        String pattern = next();
        yield (path, inode) -> Glob.matches(pattern, path.substring(path.lastIndexOf('/') + 1));
      }
      case "-path" -> {
        String pattern = next();
        yield (path, inode) -> Glob.matches(pattern, shown(path));
      }
      case "-mtime", "-atime", "-ctime" -> age(next(), 86_400_000L);
      case "-mmin", "-amin", "-cmin" -> age(next(), 60_000L);
      case "-size" -> size(next());
      case "-user" -> {
        Integer uid = new Passwd(fs).id(next());
        yield (path, inode) -> uid != null && inode.uid == uid;
      }
      case "-empty" ->
          (path, inode) ->
              inode.kind == Fs.Kind.FOLDER ? fs.list(path).isEmpty() : inode.size() == 0;
      case "-print" -> (path, inode) -> say(shown(path) + "\n");
      case "-print0" -> (path, inode) -> say(shown(path) + "\0");
      case "-printf" -> {
        String format = next();
        yield (path, inode) -> say(formatted(format, path, inode));
      }
      case "-delete" -> (path, inode) -> delete(path, inode);
      case "-exec" -> exec();
      default -> throw new IllegalArgumentException("unknown predicate '" + word + "'");
    };
  }

  private String next() {
    if (at >= words.size())
      throw new IllegalArgumentException("missing argument to '" + words.getLast() + "'");
    return words.get(at++);
  }

  private boolean say(String text) {
    call.out().print(text);
    return true;
  }

  private static Test type(String letter) {
    return (path, inode) ->
        letter.contains(
            switch (inode.kind) {
              case FILE -> "f";
              case FOLDER -> "d";
              case LINK -> "l";
              case DEVICE -> "c";
            });
  }

  private static boolean compare(String wanted, long is) {
    long n = Long.parseLong(wanted.replaceAll("[+-]", ""));
    return wanted.startsWith("+") ? is > n : wanted.startsWith("-") ? is < n : is == n;
  }

  private Test age(String wanted, long unit) {
    long now = call.host().clock().toEpochMilli();
    return (path, inode) -> compare(wanted, Math.floorDiv(now - inode.modified, unit));
  }

  private static Test size(String wanted) {
    char last = wanted.charAt(wanted.length() - 1);
    long unit =
        switch (last) {
          case 'c' -> 1;
          case 'k' -> 1024;
          case 'M' -> 1 << 20;
          case 'G' -> 1 << 30;
          default -> 512;
        };
    String number = Character.isDigit(last) ? wanted : wanted.substring(0, wanted.length() - 1);
    return (path, inode) -> compare(number, (inode.size() + unit - 1) / unit);
  }

  private boolean delete(String path, Fs.Inode inode) {
    if (path.equals(root)) return true;
    if (inode.kind == Fs.Kind.FOLDER && !fs.list(path).isEmpty()) {
      status = call.fail(1, "cannot delete '" + shown(path) + "': Directory not empty");
      return false;
    }
    if (FileCommands.readOnly(call, path)) {
      status = 1;
      return false;
    }
    call.host().journal("find -delete " + path);
    fs.remove(path);
    return true;
  }

  private Test exec() {
    List<String> command = new ArrayList<>();
    while (!Set.of(";", "+").contains(words.get(at))) command.add(next());
    if (words.get(at++).equals("+")) {
      command.removeLast();
      List<String> paths = new ArrayList<>();
      gathered.add(command);
      gatheredFor.add(paths);
      return (path, inode) -> paths.add(shown(path));
    }
    return (path, inode) ->
        call.shell()
                .call(
                    command.stream().map(w -> w.replace("{}", shown(path))).toList(),
                    Commands.streams(call))
            == 0;
  }

  private String formatted(String format, String path, Fs.Inode inode) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c == '\\' && i + 1 < format.length()) {
        char e = format.charAt(++i);
        out.append(e == 'n' ? '\n' : e == 't' ? '\t' : e == '0' ? '\0' : e);
      } else if (c == '%' && i + 1 < format.length()) {
        char f = format.charAt(++i);
        out.append(
            switch (f) {
              case 'p' -> shown(path);
              case 'P' -> path.equals(root) ? "" : path.substring(root.length() + 1);
              case 'f' -> path.substring(path.lastIndexOf('/') + 1);
              case 's', 'b' -> Long.toString(inode.size());
              case 'k' -> Long.toString((inode.size() + 1023) / 1024);
              case 'm' -> Integer.toOctalString(inode.mode);
              case 'u' -> new Passwd(fs).name(inode.uid);
              case 'U' -> Integer.toString(inode.uid);
              case 'T' -> {
                i++;
                yield Long.toString(inode.modified / 1000);
              }
              default -> String.valueOf(f);
            });
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
