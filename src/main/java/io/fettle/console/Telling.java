package io.fettle.console;

import io.fettle.fault.FaultState;
import io.fettle.fault.StoryEntry;
import io.fettle.kernel.Label;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns the facts of a story into pieces that a page can show, by their shape: guards become ticks,
 * budgets bars, reasons sentences, long text a block. Pure; what it does not know it shows as it
 * is.
 */
public final class Telling {
  private static final Set<String> QUIET =
      Set.of(
          "from",
          "to",
          "edge",
          "actor",
          "zh",
          "en",
          "fixed_by",
          "held_for",
          "sent_at",
          "ended_at",
          "steps");
  private static final int LONG = 100;

  private Telling() {}

  /** One thing that happened, ready to be shown. */
  public record Part(
      Instant at,
      String kind,
      Tone tone,
      Label title,
      @Nullable String actor,
      @Nullable FaultState from,
      @Nullable FaultState to,
      Pieces pieces) {}

  /** The facts of a part, by how they are shown. */
  public record Pieces(
      List<Tick> ticks, List<Bar> bars, List<Label> whyNot, List<Block> blocks, List<Fact> facts) {
    public boolean isEmpty() {
      return ticks.isEmpty() && bars.isEmpty() && blocks.isEmpty() && facts.isEmpty();
    }
  }

  /** A condition that held or did not. */
  public record Tick(boolean ok, Label text) {}

  /** How much of a budget was used. */
  public record Bar(String name, long used, long of) {
    public boolean full() {
      return used >= of;
    }
  }

  /** Text as it was on the wire or on a terminal. */
  public record Block(String name, String text) {}

  /** A small fact. */
  public record Fact(String name, Label value) {}

  public static Part part(StoryEntry entry) {
    Map<String, Object> details = entry.details();
    return new Part(
        entry.at(),
        entry.kind(),
        tone(entry.kind(), details, state(details.get("to"))),
        entry.title(),
        details.get("actor") instanceof String actor ? actor : null,
        state(details.get("from")),
        state(details.get("to")),
        pieces(details));
  }

  public static Pieces pieces(Map<String, ?> details) {
    Pieces pieces =
        new Pieces(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    details.forEach((name, value) -> {
      if (!QUIET.contains(name)) sort(name, value, pieces);
    });
    return pieces;
  }

  private static void sort(String name, @Nullable Object value, Pieces out) {
    if (value == null || value.equals("") || value.equals(false)) return;
    if (value instanceof Collection<?> many) sortMany(name, many, out);
    else if (value instanceof Map<?, ?> map) sortMap(name, map, out);
    else {
      String text = String.valueOf(value);
      if (text.indexOf('\n') >= 0 || text.length() > LONG) out.blocks().add(new Block(name, text));
      else out.facts().add(new Fact(name, Label.same(text)));
    }
  }

  private static void sortMany(String name, Collection<?> many, Pieces out) {
    if (many.isEmpty()) return;
    if (allMaps(many, "zh", "ok")) many.forEach(m -> out.ticks().add(tick((Map<?, ?>) m)));
    else if (allMaps(many, "used", "of")) many.forEach(m -> out.bars().add(bar((Map<?, ?>) m)));
    else if (allMaps(many, "zh")) many.forEach(m -> out.whyNot().add(why((Map<?, ?>) m)));
    else out.blocks().add(new Block(name, lines(many)));
  }

  private static void sortMap(String name, Map<?, ?> map, Pieces out) {
    if (map.isEmpty()) return;
    if (map.containsKey("zh")) {
      out.facts().add(new Fact(name, label(map)));
      Map<Object, Object> rest = new LinkedHashMap<>(map);
      rest.keySet().removeAll(Set.of("zh", "en"));
      if (!rest.isEmpty()) out.blocks().add(new Block(name, lines(rest)));
    } else if (map.containsKey("verdict") || map.containsKey("summary"))
      out.blocks().add(new Block(name, lines(map)));
    else if (map.values().stream().allMatch(v -> v instanceof Map<?, ?> m && m.containsKey("used")))
      map.forEach((scope, use) -> out.bars().add(bar(String.valueOf(scope), (Map<?, ?>) use)));
    else out.blocks().add(new Block(name, lines(map)));
  }

  private static boolean allMaps(Collection<?> many, String... keys) {
    return many.stream()
        .allMatch(m -> m instanceof Map<?, ?> map && map.keySet().containsAll(List.of(keys)));
  }

  private static Tick tick(Map<?, ?> map) {
    return new Tick(Boolean.TRUE.equals(map.get("ok")), label(map));
  }

  private static Bar bar(Map<?, ?> map) {
    Object scope = map.containsKey("scope") ? map.get("scope") : map.get("name");
    Object kind = map.get("kind");
    return bar(scope + (kind == null ? "" : " · " + kind), map);
  }

  private static Bar bar(String name, Map<?, ?> map) {
    return new Bar(name, number(map.get("used")), number(map.get("of")));
  }

  private static long number(@Nullable Object value) {
    return value instanceof Number n ? n.longValue() : 0;
  }

  private static Label why(Map<?, ?> map) {
    Label label = label(map);
    Object what = map.get("runbook");
    return what == null ? label : new Label(what + "：" + label.zh(), what + ": " + label.en());
  }

  private static Label label(Map<?, ?> map) {
    String zh = String.valueOf(map.get("zh"));
    Object en = map.get("en");
    return new Label(zh, en == null ? zh : en.toString());
  }

  private static String lines(Collection<?> many) {
    return many.stream()
        .map(item -> item instanceof Map<?, ?> map ? oneLine(map) : String.valueOf(item))
        .collect(Collectors.joining("\n"));
  }

  private static String lines(Map<?, ?> map) {
    Map<String, String> flat = new LinkedHashMap<>();
    map.forEach((key, value) -> {
      if (!"".equals(value)) flat.put(String.valueOf(key), leaf(value));
    });
    int wide = flat.keySet().stream().mapToInt(String::length).max().orElse(0);
    return flat.entrySet().stream()
        .map(e ->
            e.getValue().indexOf('\n') >= 0
                ? e.getKey() + ":\n" + e.getValue().indent(2).stripTrailing()
                : e.getKey()
                    + " ".repeat(Math.max(0, Math.min(wide, 24) - e.getKey().length()))
                    + "  "
                    + e.getValue())
        .collect(Collectors.joining("\n"));
  }

  private static String leaf(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) return map.size() > 3 ? lines(map) : oneLine(map);
    if (value instanceof Collection<?> many)
      return many.stream().anyMatch(m -> m instanceof Map || String.valueOf(m).length() > 30)
          ? lines(many)
          : many.stream().map(String::valueOf).collect(Collectors.joining(", "));
    return String.valueOf(value);
  }

  private static String oneLine(Map<?, ?> map) {
    return map.entrySet().stream()
        .map(e -> e.getKey() + "=" + leaf(e.getValue()))
        .collect(Collectors.joining("  "));
  }

  private static @Nullable FaultState state(@Nullable Object value) {
    if (value == null) return null;
    for (FaultState state : FaultState.values())
      if (state.name().equals(value.toString())) return state;
    return null;
  }

  private static Tone tone(String kind, Map<String, ?> details, @Nullable FaultState to) {
    if (kind.equals("run") && details.containsKey("outcome"))
      return "VERIFIED".equals(details.get("outcome")) ? Tone.OK : Tone.PERSON;
    return switch (kind) {
      case "observed", "confirmed", "relapsed" -> Tone.BAD;
      case "attempt", "run", "running", "verifying" -> Tone.BUSY;
      case "verified", "recovered", "closed" -> Tone.OK;
      case "held", "field" -> Tone.HELD;
      case "escalated", "ticket" -> Tone.PERSON;
      case "stale", "uncertain" -> Tone.UNKNOWN;
      default -> to == null ? Tone.UNKNOWN : Tone.of(to);
    };
  }
}
