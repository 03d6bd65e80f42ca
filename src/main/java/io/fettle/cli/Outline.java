package io.fettle.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A document of any shape as name-value lines: first the plain members, then each part by name. */
final class Outline {
  private static final int DEEPEST = 6;

  private Outline() {}

  static void of(Json document, Screen screen) {
    part(document, "", screen, 0);
  }

  private static void part(Json part, String indent, Screen screen, int depth) {
    Map<String, String> facts = new LinkedHashMap<>();
    for (String name : part.names())
      if (isPlain(part.get(name))) facts.put(indent + name, part.get(name).text());
    screen.facts(facts);
    for (String name : part.names())
      if (!isPlain(part.get(name)) && depth < DEEPEST)
        inner(name, part.get(name), indent, screen, depth);
  }

  private static void inner(String name, Json part, String indent, Screen screen, int depth) {
    List<Json> items = part.items();
    if (items.isEmpty() && part.names().isEmpty()) return;
    screen.line(indent + name);
    if (items.isEmpty()) part(part, indent + "  ", screen, depth + 1);
    for (Json item : items) {
      if (item.isTree()) part(item, indent + "  ", screen, depth + 1);
      else screen.line(indent + "  " + item.text());
    }
  }

  private static boolean isPlain(Json value) {
    if (!value.isTree()) return true;
    List<String> names = value.names();
    if (names.contains("zh") && names.contains("en") && names.size() == 2) return true;
    List<Json> items = value.items();
    return !items.isEmpty() && items.stream().noneMatch(Json::isTree);
  }
}
