package io.fettle.batch;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a person wants done, on which machines, how and why; what is left out comes from the
 * settings.
 *
 * @param body the command, the script's text or the action's name
 * @param file name of the script's file; for the record
 * @param params of an action
 * @param root as root; without meaning for an action
 * @param dry an action only looks
 * @param steps such as {@code 1,5,25%,100%}
 * @param count how many machines the person typed that it would run on
 * @param breakGlass why a dangerous wish cannot wait for a second person
 * @param origin where the text comes from; with a path and an empty body it is taken from there
 */
public record Wish(
    JobKind kind,
    String body,
    @Nullable String file,
    Map<String, Object> params,
    boolean root,
    boolean dry,
    String query,
    String reason,
    @Nullable String steps,
    @Nullable Integer width,
    @Nullable Integer perRack,
    @Nullable Integer perService,
    boolean ask,
    @Nullable Duration pause,
    @Nullable Duration limit,
    @Nullable Duration total,
    @Nullable Double stopShare,
    @Nullable Integer count,
    @Nullable String breakGlass,
    Origin origin) {
  public Wish {
    params = Map.copyOf(params);
  }

  /** The same under a name, with these parameters; nothing confirmed, nothing waived. */
  Wish saved(String name, Map<String, Object> with) {
    return copy(body, file, with, query, reason, null, null, origin.savedAs(name));
  }

  /** The same on these machines, for this reason. */
  Wish on(String machines, String why) {
    return copy(body, file, params, machines, why, count, breakGlass, origin);
  }

  /** The same, with its number seen. */
  Wish counted(int machines) {
    return copy(body, file, params, query, reason, machines, breakGlass, origin);
  }

  /** The same, with a text that was taken from elsewhere. */
  Wish with(String text, String name, Origin from) {
    return copy(text, name, params, query, reason, count, breakGlass, from);
  }

  private Wish copy(
      String text,
      @Nullable String name,
      Map<String, Object> with,
      String machines,
      String why,
      @Nullable Integer seen,
      @Nullable String glass,
      Origin from) {
    return new Wish(
        kind,
        text,
        name,
        with,
        root,
        dry,
        machines,
        why,
        steps,
        width,
        perRack,
        perService,
        ask,
        pause,
        limit,
        total,
        stopShare,
        seen,
        glass,
        from);
  }
}
