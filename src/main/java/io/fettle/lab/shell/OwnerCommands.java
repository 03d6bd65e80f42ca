package io.fettle.lab.shell;

import io.fettle.lab.shell.Command.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Commands that change what a listing says of files: chown, chgrp, touch. */
final class OwnerCommands {
  private OwnerCommands() {}

  static void into(Map<String, Command> all) {
    all.put("chown", OwnerCommands::chown);
    all.put("chgrp", OwnerCommands::chown);
    all.put("touch", OwnerCommands::touch);
  }

  /** Whom it is given to; null is whom it belongs to. */
  private record Owner(@Nullable Integer uid, @Nullable Integer gid) {}

  private static int chown(Call call) {
    List<String> words = new ArrayList<>(FileCommands.operands(call));
    if (words.size() < 2) return call.fail(1, "missing operand");
    Owner owner = owner(call, words.removeFirst());
    if (owner == null) return 1;
    boolean follow = !FileCommands.asked(call, 'h') && !call.args().contains("--no-dereference");
    int status = 0;
    UserFiles files = FileCommands.files(call);
    for (String each : words) {
      try {
        for (UserFiles.Entry entry : entries(call, files, each, follow)) give(files, entry, owner);
      } catch (Refused e) {
        boolean missing = e.why() == Refused.Why.NO_ENTRY;
        String what = missing ? "cannot access '" : "changing ownership of '";
        status = call.fail(1, what + each + "': " + e.words());
      }
    }
    return status;
  }

  private static List<UserFiles.Entry> entries(
      Call call, UserFiles files, String word, boolean follow) throws Refused {
    UserFiles.Entry top = files.find(call.path(word), follow);
    if (!FileCommands.asked(call, 'R')) return List.of(top);
    List<UserFiles.Entry> all = new ArrayList<>();
    for (String path : call.host().fs().under(top.path())) all.add(files.find(path, false));
    return all;
  }

  private static void give(UserFiles files, UserFiles.Entry entry, Owner owner) throws Refused {
    Fs.Inode inode = entry.inode();
    int uid = owner.uid() == null ? inode.uid : owner.uid();
    int gid = owner.gid() == null ? inode.gid : owner.gid();
    files.owner(entry, uid, gid);
  }

  /** {@code USER}, {@code USER:GROUP}, {@code USER:} or {@code :GROUP}; for chgrp a group. */
  private static @Nullable Owner owner(Call call, String word) {
    Passwd passwd = new Passwd(call.host().fs());
    int colon = call.name().equals("chgrp") ? -1 : word.indexOf(':');
    String user = call.name().equals("chgrp") ? "" : colon < 0 ? word : word.substring(0, colon);
    String group = call.name().equals("chgrp") ? word : colon < 0 ? "" : word.substring(colon + 1);
    Integer uid = user.isEmpty() ? null : passwd.id(user);
    Integer gid = group.isEmpty() ? null : passwd.groupId(group);
    if (!user.isEmpty() && uid == null) {
      call.fail(1, "invalid user: '" + word + "'");
      return null;
    }
    if (!group.isEmpty() && gid == null) {
      call.fail(1, "invalid group: '" + word + "'");
      return null;
    }
    if (user.matches("\\d+") && group.isEmpty() && colon >= 0) {
      call.fail(1, "invalid spec: '" + word + "'");
      return null;
    }
    boolean theirs = group.isEmpty() && colon >= 0 && uid != null;
    return new Owner(uid, theirs ? uid : gid);
  }

  private static int touch(Call call) {
    List<String> words = new ArrayList<>();
    String like = null;
    boolean over = false;
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (over || !arg.startsWith("-")) words.add(arg);
      else if (arg.equals("--")) over = true;
      else if (arg.startsWith("--reference=")) like = arg.substring(12);
      else if (arg.matches("-[acm]*r")) like = call.arg(++i, "");
    }
    if (words.isEmpty()) return call.fail(1, "missing file operand");
    UserFiles files = FileCommands.files(call);
    Long when = null;
    try {
      if (like != null) when = files.find(call.path(like), true).inode().modified;
    } catch (Refused e) {
      return call.fail(1, "failed to get attributes of '" + like + "': " + e.words());
    }
    int status = 0;
    for (String each : words) {
      try {
        files.modified(touched(call, files, call.path(each)), when);
      } catch (Refused e) {
        boolean left = FileCommands.asked(call, 'c') && e.why() == Refused.Why.NO_ENTRY;
        if (!left) status = call.fail(1, "cannot touch '" + each + "': " + e.words());
      }
    }
    return status;
  }

  private static UserFiles.Entry touched(Call call, UserFiles files, String path) throws Refused {
    boolean make = !FileCommands.asked(call, 'c') && !call.host().fs().exists(path);
    if (!make) return files.find(path, true);
    UserFiles.Opening fresh = new UserFiles.Opening(false, true, true, false, false);
    return files.open(path, fresh, 0666 & ~call.shell().umask());
  }
}
