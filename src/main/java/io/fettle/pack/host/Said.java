package io.fettle.pack.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a section's script said, line by line, as {@code word TAB value}.
 *
 * @param values each word's values in the order they were said; hostile text
 */
record Said(Map<String, List<String>> values) {
  /** Shell text that begins every section: {@code say WORD VALUE} prints one such line. */
  static final String SHELL =
      """
      LC_ALL=C; export LC_ALL
      say() { printf '%s\\t%s\\n' "$1" "$(printf '%s' "$2" | tr '\\n\\t' '  ' | cut -c1-1000)"; }
      """;

  private static final int MOST_LINES = 500;

  static Said read(String output) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    output
        .lines()
        .filter(line -> line.indexOf('\t') > 0)
        .limit(MOST_LINES)
        .forEach(line -> {
          int tab = line.indexOf('\t');
          values
              .computeIfAbsent(line.substring(0, tab), _ -> new ArrayList<>())
              .add(line.substring(tab + 1).strip());
        });
    return new Said(values);
  }

  List<String> all(String word) {
    return values.getOrDefault(word, List.of());
  }

  /** First value; empty when the word was not said or its value is empty. */
  Optional<String> one(String word) {
    return all(word).stream().findFirst().filter(v -> !v.isEmpty());
  }

  /** First value as a decimal number; empty when absent or none. */
  Optional<Double> number(String word) {
    try {
      return one(word).map(Double::valueOf).filter(Double::isFinite);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
