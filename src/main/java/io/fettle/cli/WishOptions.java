package io.fettle.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is to be done on which machines and how: the same words wherever a job is told. */
final class WishOptions {
  @Option(names = "--on", paramLabel = "QUERY", description = "On which machines.")
  @Nullable String on;

  @Option(names = "--ssh", paramLabel = "COMMAND", description = "A shell command.")
  String ssh = "";

  @Option(names = "--script", paramLabel = "FILE", description = "A file of shell text.")
  @Nullable Path script;

  @Option(
      names = "--library",
      paramLabel = "PATH[@COMMIT]",
      description = "A script of the library; at main as it is, or at a commit, branch or tag.")
  String library = "";

  @Option(names = "--literal", description = "Names in braces are no variables.")
  boolean literal;

  @Option(names = "--action", paramLabel = "NAME", description = "A typed action.")
  String action = "";

  @Option(
      names = "--with",
      paramLabel = "k=v",
      description = "A parameter: of the action, or {k} in the text.")
  Map<String, String> with = new LinkedHashMap<>();

  @Option(names = "--root", description = "As root, through sudo where the user is not root.")
  boolean root;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept on the record.")
  String reason = "";

  @Option(names = "--steps", paramLabel = "1,5,25%,100%", description = "How far each step goes.")
  String steps = "";

  @Option(names = "--width", paramLabel = "N", description = "Machines at the same time.")
  int width;

  @Option(names = "--per-rack", paramLabel = "N", description = "At the same time in one rack.")
  int perRack;

  @Option(names = "--per-service", paramLabel = "N", description = "And of one service.")
  int perService;

  @Option(names = "--ask", description = "A person says before each further step: job continue.")
  boolean ask;

  @Option(names = "--pause", paramLabel = "30s", description = "Between two steps.")
  String pause = "";

  @Option(names = "--limit", paramLabel = "60s", description = "For each machine.")
  String limit = "";

  @Option(names = "--total", paramLabel = "2h", description = "For the job.")
  String total = "";

  @Option(names = "--stop-at", paramLabel = "20%", description = "Waits at this share of failures.")
  String stopAt = "";

  @Option(names = "--count", paramLabel = "N", description = "Confirms the number of machines.")
  int count;

  @Option(
      names = "--break-glass",
      paramLabel = "TEXT",
      description = "Why something dangerous cannot wait for a second person.")
  String breakGlass = "";

  /** As the server reads it. */
  Map<String, Object> wish() {
    Map<String, Object> wish = new LinkedHashMap<>();
    if (on != null) wish.put("on", on);
    put(wish, "ssh", ssh);
    if (script != null) {
      wish.put("script", Server.text(script));
      wish.put("file", String.valueOf(script.getFileName()));
    }
    int at = library.lastIndexOf('@');
    put(wish, "library", at < 0 ? library : library.substring(0, at));
    put(wish, "commit", at < 0 ? "" : library.substring(at + 1));
    if (literal) wish.put("literal", true);
    put(wish, "action", action);
    if (!with.isEmpty()) wish.put("with", with);
    if (root) wish.put("root", true);
    put(wish, "reason", reason);
    put(wish, "steps", steps);
    put(wish, "width", width);
    put(wish, "per_rack", perRack);
    put(wish, "per_service", perService);
    if (ask) wish.put("ask", true);
    put(wish, "pause", pause);
    put(wish, "limit", limit);
    put(wish, "total", total);
    if (!stopAt.isEmpty()) wish.put("stop_share", share(stopAt));
    put(wish, "count", count);
    put(wish, "break_glass", breakGlass);
    return wish;
  }

  private static void put(Map<String, Object> wish, String name, String value) {
    if (!value.isEmpty()) wish.put(name, value);
  }

  private static void put(Map<String, Object> wish, String name, int value) {
    if (value > 0) wish.put(name, value);
  }

  private static Double share(String text) {
    try {
      boolean percent = text.endsWith("%");
      double number = Double.parseDouble(percent ? text.substring(0, text.length() - 1) : text);
      return percent ? number / 100 : number;
    } catch (NumberFormatException e) {
      throw Refused.because("--stop-at '" + text + "': 20%");
    }
  }
}
