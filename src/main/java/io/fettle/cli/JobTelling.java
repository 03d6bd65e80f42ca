package io.fettle.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Jobs in a person's words. */
final class JobTelling {
  private static final Map<String, List<String>> VERDICTS =
      Map.ofEntries(
          Map.entry("OK", List.of("成功", "ok")),
          Map.entry("EXIT", List.of("退出码", "exit")),
          Map.entry("FAILED", List.of("没有做成", "failed")),
          Map.entry("UNPROVEN", List.of("做了，但复查看不到", "done, but not seen afterwards")),
          Map.entry("AUTH_REFUSED", List.of("登录被拒绝", "auth refused")),
          Map.entry("SUDO_REFUSED", List.of("sudo 被拒绝", "sudo refused")),
          Map.entry("REFUSED", List.of("连接被拒绝", "refused")),
          Map.entry("CONNECT_TIMEOUT", List.of("连接超时", "timed out (connect)")),
          Map.entry("BANNER_TIMEOUT", List.of("连上后无应答", "timed out (banner)")),
          Map.entry("AUTH_TIMEOUT", List.of("登录超时", "timed out (log-in)")),
          Map.entry("HOST_KEY_CHANGED", List.of("主机密钥变了", "host key changed")),
          Map.entry("KILLED", List.of("超过限制，已终止", "killed at limit")),
          Map.entry("NOT_STARTED", List.of("没有开始", "not started")),
          Map.entry("SKIPPED", List.of("已跳过", "skipped")),
          Map.entry("UNKNOWN", List.of("不明", "unknown")));

  private JobTelling() {}

  static String word(String verdict) {
    List<String> words = VERDICTS.getOrDefault(verdict, List.of(verdict, verdict));
    return Words.say(words.getFirst(), words.getLast());
  }

  /** How a machine ended; empty when all is well. */
  static String verdict(Json end) {
    String verdict = end.get("verdict").text();
    if (verdict.equals("OK")) return "";
    String exit = end.get("exit").text();
    String why = end.get("why").text();
    return "["
        + word(verdict)
        + (exit.isEmpty() ? "" : " " + exit)
        + "]"
        + (why.isEmpty() ? "" : " " + why);
  }

  /** Lines of output; a tab is no trick. */
  static List<String> lines(String text) {
    return text.lines().map(line -> line.replace("\t", "    ")).toList();
  }

  static void preview(Json preview, Screen screen) {
    screen.line(
        Words.say("会在 %s 台上运行，每步做到：%s", "It would run on %s machines, up to: %s")
            .formatted(preview.get("machines").text(), preview.get("steps").text()));
    screen.line("  " + Words.cut(preview.get("names").text(), 100));
    tally(Words.say("机柜", "racks"), preview.get("racks"), screen);
    tally(Words.say("负责团队", "owners"), preview.get("owners"), screen);
    tally(Words.say("业务", "services"), preview.get("services"), screen);
    for (Json skipped : preview.get("skipped").items())
      screen.line(
          Words.say("跳过 ", "skipped ")
              + skipped.get("machines").text()
              + " ("
              + skipped.get("label").text()
              + "): "
              + Words.cut(skipped.get("names").text(), 80));
    if (preview.get("outside").number() > 0)
      screen.line(Words.say("不归你看的机器：", "outside your teams: ") + preview.get("outside").text());
    text(preview.get("text"), screen);
    for (Json danger : preview.get("dangers").items())
      screen.line(
          Words.say("危险，须第二人批准：", "dangerous, needs a second person: ")
              + danger.get("label").text());
  }

  private static void text(Json text, Screen screen) {
    if (!text.get("path").text().isEmpty())
      screen.line(
          Words.say("脚本 ", "script ")
              + text.get("path").text()
              + " @ "
              + text.get("commit").text());
    Json lacking = text.get("lacking");
    for (String name : lacking.names())
      screen.line(
          Words.say("没有 {%s} 的值而跳过：%s 台", "left out for lack of {%s}: %s")
              .formatted(name, lacking.get(name).text()));
    if (!text.get("unknown").items().isEmpty())
      screen.line(
          Words.say("不是变量，原样发送：", "no variables, sent as they are: ")
              + Words.cut(text.get("unknown").text(), 100));
    if (text.get("machine").text().isEmpty()) return;
    screen.line(Words.say("%s 得到的文本：", "%s would get:").formatted(text.get("machine").text()));
    lines(text.get("sent").text()).stream().limit(20).forEach(line -> screen.line("  " + line));
  }

  private static void tally(String what, Json counts, Screen screen) {
    List<String> parts = new ArrayList<>();
    for (String name : counts.names())
      parts.add((name.isEmpty() ? "?" : name) + " " + counts.get(name).text());
    if (!parts.isEmpty())
      screen.line("  " + what + ": " + Words.cut(String.join(", ", parts), 100));
  }

  static String comeBack(String id) {
    return Words.say(
        id + " 仍在继续；回来看：./fettle job " + id, id + " goes on; come back with: ./fettle job " + id);
  }

  /** How it ended, or what it waits for. */
  static void end(Json job, Screen screen) {
    List<String> parts = new ArrayList<>();
    Json verdicts = job.get("verdicts");
    for (String verdict : verdicts.names())
      parts.add(word(verdict) + " " + verdicts.get(verdict).text());
    String id = job.get("id").text();
    screen.line(id + ": " + state(job) + " · " + String.join(", ", parts));
    if (!job.get("waits").isAbsent()) screen.line("  " + job.get("waits").text());
    switch (job.get("state").text()) {
      case "AWAITING" ->
          screen.line(
              Words.say(
                  "等另一个人批准：./fettle job approve " + id,
                  "waits for another person: ./fettle job approve " + id));
      case "PAUSED" ->
          screen.line(
              Words.say(
                  "继续：./fettle job continue " + id + "；停止：./fettle job stop " + id,
                  "go on: ./fettle job continue " + id + "; stop: ./fettle job stop " + id));
      case "ENDED" -> ended(job, id, screen);
      default -> {}
    }
  }

  private static void ended(Json job, String id, Screen screen) {
    if (job.get("undoable").number() > 0)
      screen.line(
          Words.say("撤销 %s 台上的改动：./fettle job undo %s", "undo it on %s: ./fettle job undo %s")
              .formatted(job.get("undoable").text(), id));
    if (job.get("rerunnable").number() > 0)
      screen.line(
          Words.say(
                  "重跑没有执行过的 %s 台：./fettle job rerun %s",
                  "run the %s on which nothing ran: ./fettle job rerun %s")
              .formatted(job.get("rerunnable").text(), id));
    if (job.get("rerunnable_verdicts").get("KILLED").number() > 0)
      screen.line(
          Words.say("重跑被终止的：", "run those that were killed again: ")
              + "./fettle job rerun "
              + id
              + " --only killed");
  }

  private static String state(Json job) {
    String state = job.get("state").text();
    String more = job.get("outcome").text() + job.get("paused_for").text();
    return switch (more.isEmpty() ? state : more) {
      case "DONE" -> Words.say("完成", "done");
      case "STOPPED" -> Words.say("已停止", "stopped");
      case "REJECTED" -> Words.say("未批准", "rejected");
      case "OUT_OF_TIME" -> Words.say("总时限已到", "out of time");
      case "STEP" -> Words.say("一步完成，等人", "a step is done, waits for a person");
      case "FAILURES" -> Words.say("失败太多，等人", "too many failures, waits for a person");
      case "AWAITING" -> Words.say("等批准", "waits for approval");
      case "RUNNING" -> Words.say("进行中", "under way");
      case "STOPPING" -> Words.say("正在停止", "stopping");
      default -> state;
    };
  }

  /** True when every machine that took part ended well. */
  static boolean allWell(Json job) {
    return job.get("state").text().equals("ENDED")
        && job.get("outcome").text().equals("DONE")
        && job.get("failures").number() == 0;
  }

  /** Equal outputs once, with the machines that said so. */
  static void folds(Json folds, Screen screen) {
    for (Json fold : folds.rows()) {
      String names = String.join(",", fold.get("names").items().stream().map(Json::text).toList());
      boolean more = fold.get("machines").number() > fold.get("names").items().size();
      String exit = fold.get("exit").text();
      screen.line(
          "--- "
              + fold.get("machines").text()
              + " × "
              + word(fold.get("verdict").text())
              + (exit.isEmpty() || exit.equals("0") ? "" : " " + exit)
              + ": "
              + names
              + (more ? ",…" : ""));
      reason(fold, screen);
      for (Json said : fold.get("said").items())
        lines(said.get("text").text()).forEach(screen::line);
    }
    if (folds.get("more_folds").number() > 0)
      screen.line(
          Words.say(
                  "另有 %s 种输出，共 %s 台：用 --lines 看全部",
                  "%s more kinds of output on %s machines: see all with --lines")
              .formatted(folds.get("more_folds").text(), folds.get("more_machines").text()));
  }

  private static void reason(Json fold, Screen screen) {
    String why = fold.get("why").text();
    if (why.isEmpty()) return;
    long others = fold.get("reasons").number() - 1;
    screen.line(
        "    "
            + why
            + (others > 0
                ? Words.say(" (另有 %d 种原因)", " (and %d other reasons)").formatted(others)
                : ""));
  }
}
