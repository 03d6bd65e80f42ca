package io.fettle.lab.shell;

import io.fettle.lab.shell.Command.Call;
import io.fettle.lab.shell.Fs.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Commands that give files names and take them away: mv, ln, rm, rmdir. */
final class NameCommands {
  private NameCommands() {}

  static void into(Map<String, Command> all) {
    all.put("mv", c -> toTarget(c, NameCommands::move));
    all.put("ln", c -> toTarget(c, NameCommands::link));
    all.put("rm", NameCommands::rm);
    all.put("rmdir", NameCommands::rmdir);
  }

  @FunctionalInterface
  private interface Each {
    /** The answer is the exit status. */
    int run(Call call, UserFiles files, String source, String target);
  }

  /** {@code SOURCE TARGET} or {@code SOURCE… FOLDER}, as mv and ln share it. */
  private static int toTarget(Call call, Each each) {
    List<String> words = new ArrayList<>(FileCommands.operands(call));
    if (words.isEmpty()) return call.fail(1, "missing file operand");
    boolean exact = FileCommands.asked(call, 'T');
    if (words.size() == 1) {
      if (call.name().equals("mv") || exact)
        return call.fail(1, "missing destination file operand after '" + words.getFirst() + "'");
      words.add(".");
    }
    if (exact && words.size() > 2) return call.fail(1, "extra operand '" + words.get(2) + "'");
    String target = words.removeLast();
    boolean into = !exact && isFolder(call, target);
    if (!into && words.size() > 1)
      return call.fail(1, "target '" + target + "' is not a directory");
    int status = 0;
    UserFiles files = FileCommands.files(call);
    for (String source : words) {
      String name = source.substring(source.lastIndexOf('/') + 1);
      status = Math.max(status, each.run(call, files, source, into ? target + "/" + name : target));
    }
    return status;
  }

  /** With {@code -n} a link to a folder is none. */
  private static boolean isFolder(Call call, String path) {
    boolean follow = call.name().equals("mv") || !FileCommands.asked(call, 'n');
    return call.host()
        .fs()
        .at(call.path(path), follow)
        .filter(i -> i.kind == Kind.FOLDER)
        .isPresent();
  }

  private static int move(Call call, UserFiles files, String source, String target) {
    String from = call.path(source);
    String to = call.path(target);
    Fs.Inode there = call.host().fs().at(to, false).orElse(null);
    try {
      Fs.Inode inode = files.find(from, false).inode();
      if (there == inode)
        return call.fail(1, "'" + source + "' and '" + target + "' are the same file");
      if (there != null && FileCommands.asked(call, 'n')) return 0;
      String no = there == null ? null : differs(inode, there, source, target);
      if (no != null) return call.fail(1, no);
    } catch (Refused e) {
      return call.fail(1, "cannot stat '" + source + "': " + e.words());
    }
    try {
      files.rename(from, to, true);
      return 0;
    } catch (Refused e) {
      return call.fail(1, "cannot move '" + source + "' to '" + target + "': " + e.words());
    }
  }

  private static @Nullable String differs(
      Fs.Inode inode, Fs.Inode there, String source, String target) {
    boolean folder = inode.kind == Kind.FOLDER;
    if (folder == (there.kind == Kind.FOLDER)) return null;
    return folder
        ? "cannot overwrite non-directory '" + target + "' with directory '" + source + "'"
        : "cannot overwrite directory '" + target + "' with non-directory";
  }

  private static int link(Call call, UserFiles files, String source, String target) {
    boolean symbolic = FileCommands.asked(call, 's');
    String path = call.path(target);
    try {
      if (!symbolic && files.find(call.path(source), false).inode().kind == Kind.FOLDER)
        return call.fail(1, source + ": hard link not allowed for directory");
    } catch (Refused e) {
      return call.fail(1, "failed to access '" + source + "': " + e.words());
    }
    try {
      if (FileCommands.asked(call, 'f') && call.host().fs().at(path, false).isPresent())
        files.remove(path);
      if (symbolic) files.makeLink(path, source);
      else files.name(call.path(source), path);
      return 0;
    } catch (Refused e) {
      String kind = symbolic ? "symbolic" : "hard";
      return call.fail(1, "failed to create " + kind + " link '" + target + "': " + e.words());
    }
  }

  private static int rm(Call call) {
    boolean force = FileCommands.asked(call, 'f');
    boolean whole = FileCommands.asked(call, 'r') || FileCommands.asked(call, 'R');
    List<String> words = FileCommands.operands(call);
    if (words.isEmpty() && !force) return call.fail(1, "missing operand");
    int status = 0;
    UserFiles files = FileCommands.files(call);
    for (String each : words) {
      String path = call.path(each);
      try {
        UserFiles.Entry entry = files.find(path, false);
        if (whole && entry.inode().kind == Kind.FOLDER) removeAll(call, files, entry.path());
        else files.remove(path);
      } catch (Refused e) {
        boolean gone = e.why() == Refused.Why.NO_ENTRY || e.why() == Refused.Why.NO_FOLDER;
        if (!force || !gone) status = call.fail(1, "cannot remove '" + each + "': " + e.words());
      }
    }
    return status;
  }

  private static void removeAll(Call call, UserFiles files, String path) throws Refused {
    for (String each : call.host().fs().under(path).reversed()) {
      if (files.find(each, false).inode().kind == Kind.FOLDER) files.removeFolder(each);
      else files.remove(each);
    }
  }

  private static int rmdir(Call call) {
    int status = 0;
    UserFiles files = FileCommands.files(call);
    for (String each : FileCommands.operands(call)) {
      try {
        files.removeFolder(call.path(each));
      } catch (Refused e) {
        status = call.fail(1, "failed to remove '" + each + "': " + e.words());
      }
    }
    return status;
  }
}
