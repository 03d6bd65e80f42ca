package io.fettle.batch;

import io.fettle.kernel.Problem;
import io.fettle.kernel.RemoteText;
import io.fettle.remediation.action.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What makes a wish acceptable, and what the settings add to it. */
final class Wishes {
  private static final int MOST_BODY = 512 * 1024;
  private static final int MOST_REASON = 1_000;
  private static final Duration LONGEST = Duration.ofHours(24);

  private static final int CLOSE = 100;

  private final Desk desk;

  Wishes(Desk desk) {
    this.desk = desk;
  }

  /** Checks what does not depend on the machines. */
  void check(Wish wish, boolean reasonNeeded) {
    if (wish.body().isBlank())
      throw Problem.badInput("body", "", "请写明做什么", "say what is to be done");
    if (wish.body().length() > MOST_BODY || wish.body().indexOf('\0') >= 0)
      throw Problem.badInput("body", "", "脚本最多 512 KiB 文本", "a script is text of at most 512 KiB");
    if (reasonNeeded && wish.reason().isBlank() && !wish.dry())
      throw Problem.badInput("reason", "", "请写明原因", "say why");
    if (wish.reason().length() > MOST_REASON)
      throw Problem.badInput("reason", "", "最多 1000 字", "at most 1,000 characters");
    if (wish.dry() && wish.kind() != JobKind.ACTION)
      throw Problem.badInput(
          "dry",
          "true",
          "命令和脚本没有预演：用预览看会在哪些机器上运行",
          "a command has no dry run: the preview shows on which machines it would run");
    if (wish.kind() != JobKind.ACTION) return;
    for (Action.Complaint wrong : action(wish.body()).complaints(wish.params()))
      throw Problem.badInput(wrong.param(), "", wrong.why().zh(), wrong.why().en());
  }

  /** Without which ways to a machine it would be of no use to begin there. */
  Action.Need need(JobKind kind, String body) {
    return kind == JobKind.ACTION ? action(body).needs() : Action.Need.SSH;
  }

  private Action action(String name) {
    return Optional.ofNullable(desk.actions().get(name))
        .orElseThrow(() ->
            Problem.badInput(
                "body",
                name.length() > 80 ? name.substring(0, 80) : name,
                "没有这个动作；有：" + String.join(", ", desk.actions().keySet()),
                "there is no such action; there are "
                    + String.join(", ", desk.actions().keySet())));
  }

  /**
   * What a second person has to agree to.
   *
   * @param texts in which patterns are looked for; for a command or script
   */
  List<Jobs.Danger> dangers(Wish wish, List<String> texts, Dangers patterns) {
    if (wish.kind() != JobKind.ACTION) return patterns.in(texts);
    Action action = action(wish.body());
    List<Jobs.Danger> inParams =
        wish.dry() ? List.of() : patterns.in(wish.body() + " " + new TreeMap<>(wish.params()));
    boolean grave =
        !wish.dry()
            && (action.effect() == Action.Effect.DISRUPTIVE
                || action.effect() == Action.Effect.DESTRUCTIVE);
    return grave
        ? List.of(
            new Jobs.Danger(
                action.effect().name().toLowerCase(java.util.Locale.ROOT), action.label()))
        : inParams;
  }

  Order order(Wish wish, int machines) {
    BatchSettings settings = desk.settings();
    return new Order(
        Steps.of(wish.dry() ? "100%" : or(wish.steps(), settings.steps()), Math.max(1, machines)),
        between("width", or(wish.width(), settings.width()), 1, BatchSettings.MOST_WIDTH),
        between("per_rack", or(wish.perRack(), 0), 0, 10_000),
        between("per_service", or(wish.perService(), 0), 0, 10_000),
        wish.ask(),
        lasting("pause", or(wish.pause(), Duration.ZERO), Duration.ZERO),
        lasting("limit", or(wish.limit(), settings.limit()), Duration.ofSeconds(1)),
        lasting("total", or(wish.total(), settings.total()), Duration.ofSeconds(1)),
        wish.dry() ? 1 : share(or(wish.stopShare(), settings.stopShare())));
  }

  /** What repairs took or gave back since the preview, a hundredth of it, is no other list. */
  static boolean close(int typed, int machines) {
    return Math.abs((long) typed - machines) * CLOSE <= typed;
  }

  /** The number of a large list is typed, as it was previewed. */
  void counted(Wish wish, int machines) {
    if (machines == 0)
      throw Problem.badInput(
          "query", RemoteText.cut(wish.query(), 200), "没有可运行的机器", "there is no machine to run on");
    boolean needed = machines > desk.settings().confirmAbove();
    Integer typed = wish.count();
    if (needed && typed == null)
      throw Problem.badInput(
          "count",
          "",
          "会在 " + machines + " 台上运行：请写出台数确认（--count " + machines + "）",
          "it would run on "
              + machines
              + " machines: confirm the number (--count "
              + machines
              + ")");
    if (typed != null && !close(typed, machines))
      throw Problem.badInput(
          "count",
          typed.toString(),
          "现在是 " + machines + " 台，请重新核对",
          "it is " + machines + " machines now: look again");
  }

  Job job(
      Wish wish,
      Order order,
      List<Jobs.Danger> dangers,
      boolean filled,
      int machines,
      String by,
      Sequel sequel) {
    Instant now = desk.now();
    String glass = wish.breakGlass() == null ? "" : wish.breakGlass().strip();
    boolean waits = !dangers.isEmpty() && glass.isEmpty();
    return new Job(
        new JobId(0),
        wish.kind(),
        wish.body(),
        wish.file() == null ? null : RemoteText.cut(wish.file(), 200),
        wish.params(),
        wish.root(),
        wish.dry(),
        wish.query(),
        wish.reason().strip(),
        by,
        waits ? JobState.AWAITING : JobState.RUNNING,
        null,
        null,
        dangers.stream().map(Jobs.Danger::name).toList(),
        dangers.isEmpty() || glass.isEmpty() ? null : RemoteText.cut(glass, MOST_REASON),
        null,
        order,
        0,
        null,
        0,
        machines,
        sequel.rerunOf(),
        sequel.undoOf(),
        null,
        now,
        waits ? null : now,
        null,
        wish.origin().filled(filled));
  }

  private static <T> T or(@Nullable T given, T setting) {
    return given == null ? setting : given;
  }

  private static int between(String field, int value, int least, int most) {
    if (value < least || value > most)
      throw Problem.badInput(
          field, "" + value, "应在 " + least + " 到 " + most + " 之间", "from " + least + " to " + most);
    return value;
  }

  private static Duration lasting(String field, Duration value, Duration least) {
    if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0)
      throw Problem.badInput(
          field,
          value.toString(),
          "最短 " + least.toSeconds() + " 秒，最长 24 小时",
          "at least " + least.toSeconds() + " s, at most 24 h");
    return value;
  }

  private static double share(double share) {
    if (!(share >= 0 && share <= 1))
      throw Problem.badInput("stop_share", "" + share, "应在 0 到 1 之间", "from 0 to 1");
    return share;
  }
}
