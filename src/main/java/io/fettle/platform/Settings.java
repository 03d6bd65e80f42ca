package io.fettle.platform;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;

/**
 * The settings of this start: {@code conf/fettle.yml}, then the environment, which wins. An unknown
 * key stops the start: a misspelt limit would otherwise be no limit.
 *
 * @param home FETTLE_HOME, absolute
 * @param conf the settings file, absolute; may be absent
 * @param lab true for the simulated fleet of {@code up --lab}
 * @param values the file's values by full key
 */
record Settings(
    Path home, Path conf, boolean lab, Map<String, Object> values, PlatformSettings platform) {
  private static final Map<String, String> SHORT =
      Map.of(
          "FETTLE_PORT", "fettle.platform.port",
          "FETTLE_LISTEN", "fettle.platform.listen",
          "FETTLE_DB_URL", "fettle.platform.database-url",
          "FETTLE_DB_USER", "fettle.platform.database-user",
          "FETTLE_DB_PASSWORD", "fettle.platform.database-password");

  static Settings load(Map<String, String> environment) {
    Path home = path(environment, "FETTLE_HOME", "data");
    Path conf = path(environment, "FETTLE_CONF", "conf/fettle.yml");
    if (!environment.getOrDefault("FETTLE_CONF", "").isBlank() && !Files.exists(conf))
      throw new StartRefused(
          "FETTLE_CONF names " + conf + ", which is not there; correct it or unset it.");
    KnownKeys keys = KnownKeys.gathered();
    Variables.check(environment, keys);
    Map<String, Object> values = known(conf, keys);
    Map<String, Object> first = new LinkedHashMap<>();
    SHORT.forEach((name, key) ->
        Optional.ofNullable(environment.get(name))
            .filter(v -> !v.isBlank())
            .ifPresent(v -> first.put(key, v)));
    first.put("fettle.home", home.toString());
    Optional.ofNullable(environment.get("FETTLE_LAB")).ifPresent(v -> first.put("fettle.lab", v));
    StandardEnvironment spring = new StandardEnvironment();
    addTo(spring, first, values);
    boolean lab = spring.getProperty("fettle.lab", Boolean.class, false);
    return new Settings(home, conf, lab, values, bind(spring, conf));
  }

  private static Map<String, Object> known(Path conf, KnownKeys keys) {
    Map<String, Object> values = new LinkedHashMap<>();
    ConfFile.read(conf)
        .forEach((key, entry) -> {
          if (!keys.knows(key)) throw unknown(conf, key, entry.line(), keys);
          values.put(key.replace('_', '-').toLowerCase(Locale.ROOT), entry.value());
        });
    return values;
  }

  private static StartRefused unknown(Path conf, String key, int line, KnownKeys keys) {
    return new StartRefused(
        "%s line %d: there is no setting '%s'; did you mean '%s'?"
            .formatted(conf, line, shortly(key), shortly(keys.nearest(key))));
  }

  private static String shortly(String key) {
    return key.replaceFirst("^fettle\\.", "");
  }

  private static PlatformSettings bind(ConfigurableEnvironment spring, Path conf) {
    try {
      return Binder.get(spring).bindOrCreate("fettle.platform", PlatformSettings.class);
    } catch (BindException e) {
      Throwable root = e;
      while (root.getCause() != null) root = root.getCause();
      throw new StartRefused(
          "A platform setting in "
              + conf
              + " or the environment cannot be used: "
              + root.getMessage()
              + ".",
          e);
    }
  }

  /** Puts the file below the real environment and {@code first} above everything. */
  static void addTo(
      ConfigurableEnvironment spring, Map<String, Object> first, Map<String, Object> file) {
    MutablePropertySources sources = spring.getPropertySources();
    sources.addFirst(new MapPropertySource("fettle-start", first));
    sources.addAfter(
        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
        new MapPropertySource("conf/fettle.yml", file));
  }

  private static Path path(Map<String, String> environment, String name, String otherwise) {
    String value = environment.getOrDefault(name, "");
    return Path.of(value.isBlank() ? otherwise : value).toAbsolutePath().normalize();
  }
}
