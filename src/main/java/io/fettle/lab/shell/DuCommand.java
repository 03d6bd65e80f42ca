package io.fettle.lab.shell;

import io.fettle.lab.shell.Command.Call;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code du}: what lies below, in KiB, per folder down to a depth ({@code -s -d -x -k -b}). */
final class DuCommand {
  private DuCommand() {}

  static int run(Call call) {
    int depth = Integer.MAX_VALUE;
    boolean oneDevice = false;
    boolean bytes = false;
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (arg.equals("-d")) depth = Integer.parseInt(call.arg(++i, "0"));
      else if (arg.startsWith("--max-depth=")) depth = Integer.parseInt(arg.substring(12));
      else if (arg.startsWith("-")) {
        if (arg.contains("s")) depth = 0;
        oneDevice |= arg.contains("x");
        bytes |= arg.contains("b");
      } else paths.add(arg);
    }
    int status = 0;
    for (String each : paths.isEmpty() ? List.of(".") : paths) {
      String root = call.path(each);
      if (!call.host().fs().exists(root)) {
        status = call.fail(1, "cannot access '" + each + "': No such file or directory");
        continue;
      }
      for (var entry : sizes(call, root, depth, oneDevice).entrySet()) {
        String rest = entry.getKey().substring(root.length());
        String shown = (each.endsWith("/") && rest.startsWith("/") ? rest.substring(1) : rest);
        call.out().line((bytes ? entry.getValue() * 1024 : entry.getValue()) + "\t" + each + shown);
      }
    }
    return status;
  }

  private static Map<String, Long> sizes(Call call, String root, int depth, boolean oneDevice) {
    Fs fs = call.host().fs();
    String device = call.host().mount(root);
    Map<String, Long> sizes = new LinkedHashMap<>();
    for (String path : fs.under(root)) {
      if (oneDevice && !call.host().mount(path).equals(device)) continue;
      Fs.Inode inode = fs.at(path, false).orElseThrow();
      long size = (inode.size() + 4095) / 4096 * 4;
      String folder = inode.kind == Fs.Kind.FOLDER ? path : Fs.parent(path);
      if (path.equals(root)) folder = root;
      while (true) {
        if (depthOf(root, folder) <= depth) sizes.merge(folder, size, Long::sum);
        if (folder.equals(root) || folder.equals("/")) break;
        folder = Fs.parent(folder);
      }
    }
    List<String> order = new ArrayList<>(sizes.keySet());
    order.sort(java.util.Comparator.reverseOrder());
    Map<String, Long> sorted = new LinkedHashMap<>();
    order.forEach(path -> sorted.put(path, sizes.getOrDefault(path, 0L)));
    return sorted;
  }

  private static int depthOf(String root, String path) {
    if (path.equals(root)) return 0;
    String rest = path.substring(root.equals("/") ? 1 : root.length() + 1);
    return rest.split("/").length;
  }
}
