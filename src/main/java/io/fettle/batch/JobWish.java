package io.fettle.batch;

import io.fettle.kernel.Problem;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/**
 * A wish as JSON: exactly one of ssh, script, library and action.
 *
 * @param on CMDB query
 * @param ssh a shell command
 * @param script the text of a script
 * @param file the script's name, for the record
 * @param library path of a script in the library
 * @param commit at which it is taken: a commit, branch or tag; without it main as it is
 * @param literal true when names in braces are no variables
 * @param action name of a typed action
 * @param with its parameters; of a command or script those that stand in it as {name}
 * @param root run it as root
 * @param dryRun an action only looks
 * @param steps such as 1,5,25%,100%
 * @param ask a person says before each further step that it goes on
 * @param pause between two steps, such as 30s
 * @param limit on one machine
 * @param total of the job
 * @param stopShare more failures than this share, and the job waits for a person
 * @param count the number of machines as previewed, needed for many
 * @param breakGlass why something dangerous cannot wait for a second person
 */
record JobWish(
    @Nullable String on,
    @Nullable String ssh,
    @Nullable String script,
    @Nullable String file,
    @Nullable String action,
    @Nullable Map<String, Object> with,
    @Nullable Boolean root,
    @Nullable Boolean dryRun,
    @Nullable String reason,
    @Nullable String steps,
    @Nullable Integer width,
    @Nullable Integer perRack,
    @Nullable Integer perService,
    @Nullable Boolean ask,
    @Nullable String pause,
    @Nullable String limit,
    @Nullable String total,
    @Nullable Double stopShare,
    @Nullable Integer count,
    @Nullable String breakGlass,
    @Nullable String library,
    @Nullable String commit,
    @Nullable Boolean literal) {
  Wish wish() {
    if (Stream.of(ssh, script, library, action).filter(JobWish::given).count() != 1)
      throw Problem.badInput(
          "ssh",
          "",
          "请给出 ssh、script、library、action 之一",
          "give exactly one of ssh, script, library and action");
    return new Wish(
        given(ssh) ? JobKind.COMMAND : given(action) ? JobKind.ACTION : JobKind.SCRIPT,
        given(ssh) ? text(ssh) : given(script) ? text(script) : text(action),
        file,
        with == null ? Map.of() : with,
        Boolean.TRUE.equals(root),
        Boolean.TRUE.equals(dryRun),
        text(on),
        text(reason),
        given(steps) ? steps : null,
        width,
        perRack,
        perService,
        Boolean.TRUE.equals(ask),
        lasting("pause", pause),
        lasting("limit", limit),
        lasting("total", total),
        stopShare,
        count,
        given(breakGlass) ? breakGlass : null,
        new Origin(
            given(library) ? text(library).strip() : null,
            given(commit) ? text(commit).strip() : null,
            null,
            !Boolean.TRUE.equals(literal)));
  }

  private static boolean given(@Nullable String text) {
    return text != null && !text.isBlank();
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  static @Nullable Duration lasting(String field, @Nullable String text) {
    if (!given(text)) return null;
    try {
      return DurationStyle.detectAndParse(text(text).strip());
    } catch (IllegalArgumentException e) {
      throw Problem.badInput(
          field,
          text(text).length() > 40 ? "" : text(text),
          "请写成 30s、10m、2h",
          "write it as 30s, 10m or 2h");
    }
  }
}
