package io.fettle.platform;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every setting of every room, gathered at compile time from the rooms'
 * {@code @ConfigurationProperties("fettle.…")} records.
 */
final class KnownKeys {
  private static final String METADATA = "META-INF/spring-configuration-metadata.json";

  /**
   * @param name canonical, e.g. {@code fettle.platform.port}
   * @param type Java type; maps and lists take further words after the name
   */
  record Key(String name, String type, String description, String defaultValue) {
    boolean isOpen() {
      return type.startsWith("java.util.Map")
          || type.startsWith("java.util.List")
          || type.startsWith("java.util.Set");
    }
  }

  private final Map<String, Key> byName;

  private KnownKeys(List<Key> keys) {
    byName = new TreeMap<>(keys.stream().collect(Collectors.toMap(Key::name, k -> k, (a, _) -> a)));
  }

  /** The keys of this build. */
  static KnownKeys gathered() {
    try {
      String home = KnownKeys.class.getProtectionDomain().getCodeSource().getLocation().getPath();
      List<Key> keys = new ArrayList<>();
      for (URL url : Collections.list(KnownKeys.class.getClassLoader().getResources(METADATA)))
        if (url.getPath().contains(home)) keys.addAll(read(url));
      return new KnownKeys(keys);
    } catch (IOException e) {
      throw new IllegalStateException(METADATA, e);
    }
  }

  private static List<Key> read(URL url) throws IOException {
    try (InputStream in = url.openStream()) {
      List<Key> keys = new ArrayList<>();
      for (JsonNode property : JsonMapper.shared().readTree(in).path("properties")) {
        String name = property.path("name").asString();
        if (name.startsWith("fettle."))
          keys.add(
              new Key(
                  name,
                  property.path("type").asString(""),
                  property.path("description").asString(""),
                  property.path("defaultValue").asString("")));
      }
      return keys;
    }
  }

  List<Key> all() {
    return List.copyOf(byName.values());
  }

  /** True when this key, in any of Spring's spellings, is a setting. */
  boolean knows(String key) {
    String plain = plain(key);
    return byName.values().stream()
        .anyMatch(k ->
            plain.equals(plain(k.name()))
                || k.isOpen()
                    && (plain.startsWith(plain(k.name()) + ".")
                        || plain.startsWith(plain(k.name()) + "[")));
  }

  /** The known key that needs the fewest strokes to get to. */
  String nearest(String key) {
    return byName.keySet().stream()
        .min(Comparator.comparingInt(known -> distance(plain(key), plain(known))))
        .orElse("none");
  }

  /** True when Spring binds this environment variable to one of these keys. */
  boolean readsVariable(String variable) {
    String plain = plain(variable);
    return byName.values().stream()
        .anyMatch(key -> {
          String name = plain(key.name().replace(".", ""));
          return plain.equals(name) || key.isOpen() && plain.startsWith(name);
        });
  }

  private static String plain(String key) {
    return key.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
  }

  /** Levenshtein's distance. */
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) row[j] = j;
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(Math.min(row[j - 1], above) + 1, change);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
