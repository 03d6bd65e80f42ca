package io.fettle.cmdb;

import io.fettle.cmdb.Claims.Source.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which source wins a field, while it is fresh.
 *
 * @param tiers strongest first; types of one tier are equals
 * @param ttl how long a type's word is fresh; a type not named does not age
 */
record Authority(List<List<Type>> tiers, Map<Type, Duration> ttl) {
  /**
   * Reads {@code bmc = host > register > manual} and {@code host=P1D bmc=P1D}.
   *
   * @throws IllegalArgumentException naming the word that is no source type
   */
  static Authority parse(String tiers, String ttl) {
    List<List<Type>> steps = new ArrayList<>();
    for (String step : tiers.split(">", -1)) {
      List<Type> equals = new ArrayList<>();
      for (String type : step.split("=", -1)) equals.add(type(type));
      steps.add(List.copyOf(equals));
    }
    Map<Type, Duration> ages = new EnumMap<>(Type.class);
    for (String one : ttl.strip().split("\\s+", -1)) {
      if (one.isEmpty()) continue;
      String[] parts = one.split("=", 2);
      ages.put(type(parts[0]), Duration.parse(parts[1]));
    }
    return new Authority(List.copyOf(steps), Map.copyOf(ages));
  }

  private static Type type(String word) {
    return Type.valueOf(word.strip().toUpperCase(Locale.ROOT));
  }

  /** Tier of a type, 0 the strongest; -1 when it may not say this field. */
  int tier(Type type) {
    for (int i = 0; i < tiers.size(); i++) if (tiers.get(i).contains(type)) return i;
    return -1;
  }
}
