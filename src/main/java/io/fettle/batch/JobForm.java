package io.fettle.batch;

import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The page's form, as it was filled in: kept as text so that nothing typed is lost. */
public record JobForm(Map<String, String> fields) {
  public JobForm {
    fields = Map.copyOf(fields);
  }

  /** A field as typed; empty when it was not. */
  public String get(String name) {
    return fields.getOrDefault(name, "");
  }

  public String kind() {
    String kind = get("kind");
    return List.of("action", "script", "library").contains(kind) ? kind : "ssh";
  }

  Wish wish() {
    String kind = kind();
    String body = get("body").replace("\r\n", "\n");
    return new JobWish(
            get("on"),
            kind.equals("ssh") ? body : null,
            kind.equals("script") ? body : null,
            null,
            kind.equals("action") ? get("action") : null,
            with(),
            !get("root").isEmpty(),
            !get("dry").isEmpty() && kind.equals("action"),
            get("reason"),
            get("steps"),
            number("width"),
            number("per_rack"),
            number("per_service"),
            !get("ask").isEmpty(),
            get("pause"),
            get("limit"),
            get("total"),
            share(),
            number("count"),
            get("break_glass"),
            kind.equals("library") ? get("library") : null,
            kind.equals("library") ? get("commit") : null,
            !get("literal").isEmpty())
        .wish();
  }

  /** What is to be kept under a name. */
  SavedJobs.Keep keep() {
    return new SavedJobs.Keep(
        get("name").strip(),
        wish(),
        get("parameters").lines().map(String::strip).filter(p -> !p.isEmpty()).toList(),
        number("most"),
        get("administrators").isEmpty() ? Set.of() : Set.of(Role.ADMINISTRATOR),
        Arrays.stream(get("teams").split(","))
            .map(String::strip)
            .filter(t -> !t.isEmpty())
            .collect(Collectors.toCollection(LinkedHashSet::new)),
        get("cron").strip(),
        get("zone").strip());
  }

  /** The form that would save this again. */
  static JobForm of(Saved saved) {
    Wish wish = saved.wish();
    Timetable timetable = saved.timetable();
    Map<String, String> fields = new LinkedHashMap<>();
    boolean library = wish.origin().path() != null;
    fields.put(
        "kind",
        switch (wish.kind()) {
          case COMMAND -> "ssh";
          case SCRIPT -> library ? "library" : "script";
          case ACTION -> "action";
        });
    if (!library) fields.put(wish.kind() == JobKind.ACTION ? "action" : "body", wish.body());
    put(fields, "library", wish.origin().path());
    put(fields, "commit", wish.origin().commit());
    put(fields, "literal", wish.origin().filled() ? null : "yes");
    put(fields, "root", wish.root() ? "yes" : null);
    put(fields, "dry", wish.dry() ? "yes" : null);
    put(fields, "ask", wish.ask() ? "yes" : null);
    put(fields, "on", wish.query());
    put(fields, "reason", wish.reason());
    put(fields, "steps", wish.steps());
    put(fields, "width", wish.width());
    put(fields, "per_rack", wish.perRack());
    put(fields, "per_service", wish.perService());
    put(fields, "pause", seconds(wish.pause()));
    put(fields, "limit", seconds(wish.limit()));
    put(fields, "total", seconds(wish.total()));
    put(fields, "stop_at", wish.stopShare() == null ? null : wish.stopShare() * 100);
    fields.put(
        "with",
        wish.params().entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining("\n")));
    fields.put("name", saved.name());
    fields.put(
        "parameters",
        saved.parameters().stream().map(Parameter::toString).collect(Collectors.joining("\n")));
    put(fields, "most", saved.most());
    put(fields, "administrators", saved.roles().contains(Role.OPERATOR) ? null : "yes");
    fields.put("teams", String.join(", ", saved.teams()));
    put(fields, "cron", timetable == null ? null : timetable.cron());
    put(fields, "zone", timetable == null ? null : timetable.zone().getId());
    return new JobForm(fields);
  }

  private static void put(Map<String, String> fields, String name, @Nullable Object value) {
    if (value != null) fields.put(name, value.toString());
  }

  private static @Nullable String seconds(@Nullable Duration time) {
    return time == null ? null : time.toSeconds() + "s";
  }

  private Map<String, Object> with() {
    Map<String, Object> with = new LinkedHashMap<>();
    for (String line : get("with").lines().map(String::strip).toList()) {
      int at = line.indexOf('=');
      if (at > 0) with.put(line.substring(0, at).strip(), line.substring(at + 1).strip());
    }
    return with;
  }

  private @Nullable Integer number(String name) {
    String text = get(name).strip();
    if (text.isEmpty()) return null;
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw Problem.badInput(name, text.length() > 20 ? "" : text, "应为数字", "must be a number");
    }
  }

  private @Nullable Double share() {
    String text = get("stop_at").strip().replace("%", "");
    if (text.isEmpty()) return null;
    try {
      return Double.parseDouble(text) / 100;
    } catch (NumberFormatException e) {
      throw Problem.badInput("stop_at", text.length() > 20 ? "" : text, "应为百分数", "must be a share");
    }
  }
}
