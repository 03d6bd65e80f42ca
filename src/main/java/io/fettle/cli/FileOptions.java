package io.fettle.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A file to many machines, or from each of them. */
final class FileOptions {
  @Option(names = "--put", paramLabel = "FILE", description = "Puts this file on each machine.")
  @Nullable Path put;

  @Option(names = "--to", paramLabel = "PATH", description = "Where it is put there.")
  String to = "";

  @Option(names = "--mode", paramLabel = "0644", description = "Its mode there.")
  String mode = "";

  @Option(
      names = "--replace",
      description = "In the place of another file, which is kept beside it.")
  boolean replace;

  @Option(names = "--get", paramLabel = "PATH", description = "Fetches this file from each.")
  String get = "";

  @Option(
      names = "--into",
      paramLabel = "DIR",
      description = "Where what was fetched is put here: DIR/MACHINE/NAME.")
  @Nullable Path into;

  /** Makes the wish one for the action behind it; what is to be put is handed in first. */
  void wish(Server server, Map<String, Object> wish, boolean root) {
    boolean fetches = !get.isEmpty();
    if (put == null && !fetches) {
      if (into != null || !to.isEmpty() || !mode.isEmpty() || replace)
        throw Refused.because(
            Words.say(
                "--to、--mode、--replace 与 --put 同用，--into 与 --get 同用",
                "--to, --mode and --replace go with --put, --into with --get"));
      return;
    }
    boolean more =
        put != null && fetches
            || Stream.of("ssh", "script", "library", "action").anyMatch(wish::containsKey);
    if (more)
      throw Refused.because(
          Words.say(
              "--put、--get 与 --ssh、--script、--library、--action 只能给一个",
              "give one of --put, --get, --ssh, --script, --library and --action"));
    wish.put("action", fetches ? "file.get" : "file.put");
    Map<String, Object> with = new LinkedHashMap<>();
    if (root) with.put("root", "yes");
    if (fetches) with.put("path", get);
    else given(server, put(), with);
    wish.put("with", with);
  }

  private Path put() {
    if (put == null || !Files.isRegularFile(put))
      throw Refused.because(Words.say("没有这个文件：" + put, "there is no such file: " + put));
    if (to.isEmpty())
      throw Refused.because(
          Words.say("--put 需要 --to：放到机器的哪里", "--put needs --to: where it is put on the machines"));
    return put;
  }

  private void given(Server server, Path file, Map<String, Object> with) {
    Json given =
        server
            .upload("files", file, "application/octet-stream", "name", "" + file.getFileName())
            .json();
    with.put("file", given.get("sha256").text());
    with.put("to", to);
    with.put("name", "" + file.getFileName());
    if (!mode.isEmpty()) with.put("mode", mode);
    if (replace) with.put("replace", "yes");
  }

  /** Brings what a job fetched here, where that was asked for. */
  void bring(Server server, String job, boolean json) {
    if (into != null && !get.isEmpty()) Fetching.all(server, job, into, json);
  }
}
