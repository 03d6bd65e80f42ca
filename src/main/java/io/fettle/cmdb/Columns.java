package io.fettle.cmdb;

import io.fettle.kernel.Label;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The columns an import knows, and which header means which (cmdb/columns.yml). */
final class Columns {
  private static final List<Column> ALL = read();
  private static final Map<String, Column> BY_NAME = byName();

  private Columns() {}

  /** How a cell becomes a value. */
  enum Reading {
    TEXT,
    ASSET_NO,
    SERIAL,
    WORD,
    UNIT,
    ADDRESS,
    MAC,
    MACS,
    HOSTNAME,
    DATE
  }

  /**
   * @param to facet and path of the value
   * @param port the usual port of an address; 0 for other readings
   * @param words value to the words people use for it
   * @param meanings squeezed word to its value
   */
  record Column(
      String id,
      String to,
      Reading reading,
      int port,
      Label label,
      List<String> names,
      Map<String, List<String>> words,
      Map<String, String> meanings) {}

  static List<Column> all() {
    return ALL;
  }

  /**
   * Which column each header means; empty where it means none, or a column that is taken already.
   */
  static List<Optional<Column>> map(List<String> headers) {
    Set<String> taken = new HashSet<>();
    List<Optional<Column>> out = new ArrayList<>();
    for (String header : headers) {
      Column column = BY_NAME.get(squeeze(header));
      out.add(column != null && taken.add(column.id()) ? Optional.of(column) : Optional.empty());
    }
    return out;
  }

  static String squeeze(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKC)
        .toLowerCase(Locale.ROOT)
        .codePoints()
        .filter(Character::isLetterOrDigit)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static Map<String, Column> byName() {
    Map<String, Column> out = new HashMap<>();
    for (Column column : ALL) {
      for (String name : column.names()) {
        Column other = out.put(squeeze(name), column);
        if (other != null && other != column)
          throw new IllegalStateException("columns.yml: two columns are named " + name);
      }
      out.putIfAbsent(squeeze(column.id()), column);
    }
    return Map.copyOf(out);
  }

  private static String text(Map<String, Object> c, String member) {
    return (String) Objects.requireNonNull(c.get(member));
  }

  private static List<Column> read() {
    try (InputStream in =
        Objects.requireNonNull(Columns.class.getResourceAsStream("/cmdb/columns.yml"))) {
      List<Map<String, Object>> file =
          new Yaml(new SafeConstructor(new LoaderOptions()))
              .load(new InputStreamReader(in, StandardCharsets.UTF_8));
      return file.stream().map(Columns::column).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static Column column(Map<String, Object> c) {
    Map<String, List<String>> words = (Map<String, List<String>>) c.getOrDefault("words", Map.of());
    Map<String, String> meanings = new HashMap<>();
    words.forEach((value, all) -> all.forEach(w -> meanings.put(squeeze(w), value)));
    return new Column(
        text(c, "id"),
        text(c, "to"),
        Reading.valueOf(text(c, "read").toUpperCase(Locale.ROOT)),
        (Integer) c.getOrDefault("port", 0),
        new Label(text(c, "zh"), text(c, "en")),
        (List<String>) Objects.requireNonNull(c.get("names")),
        words,
        Map.copyOf(meanings));
  }
}
