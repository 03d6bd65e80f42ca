package io.fettle.cmdb;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** One word for each vendor, whatever language or legal suffix a file uses (cmdb/vendors.yml). */
final class Vendors {
  private static final Pattern LEGAL =
      Pattern.compile(
          "(?<=.) ?\\b(inc|ltd|co|corp|corporation|computer|technologies|technology|limited|group)$"
              + "|(?<=.)(股份|有限|集团|公司)+$");
  private static final Map<String, String> WORDS = read();

  // A fleet has some tens of spellings; a file of nonsense must not fill the memory.
  private static final Map<String, String> KNOWN = new ConcurrentHashMap<>();

  private Vendors() {}

  /** The scope of this vendor's serial numbers; empty for an empty name. */
  static String scope(String name) {
    String known = KNOWN.get(name);
    if (known != null) return known;
    String plain = squeeze(name);
    String scope = WORDS.getOrDefault(plain, plain);
    if (KNOWN.size() < 1000) KNOWN.put(name, scope);
    return scope;
  }

  private static String squeeze(String name) {
    String plain =
        Normalizer.normalize(name, Normalizer.Form.NFKC)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[\\s.,()_-]+", " ")
            .strip();
    for (String shorter = LEGAL.matcher(plain).replaceFirst(""); !shorter.equals(plain); ) {
      plain = shorter.strip();
      shorter = LEGAL.matcher(plain).replaceFirst("");
    }
    return plain;
  }

  private static Map<String, String> read() {
    try (InputStream in =
        Objects.requireNonNull(Vendors.class.getResourceAsStream("/cmdb/vendors.yml"))) {
      Map<String, List<String>> file =
          new Yaml(new SafeConstructor(new LoaderOptions()))
              .load(new InputStreamReader(in, StandardCharsets.UTF_8));
      Map<String, String> words = new HashMap<>();
      file.forEach((word, names) -> names.forEach(n -> words.put(squeeze(n), word)));
      return Map.copyOf(words);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
