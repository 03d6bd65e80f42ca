package io.fettle.batch;

import io.fettle.kernel.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
