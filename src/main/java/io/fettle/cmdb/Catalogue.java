package io.fettle.cmdb;

import io.fettle.cmdb.facet.Facet;
import io.fettle.cmdb.facet.FacetField;
import io.fettle.cmdb.facet.KeyKind;
import io.fettle.cmdb.facet.Shape;
import io.fettle.kernel.Label;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** All facets there are: their schemas, who may say what, which values are keys. */
@Component
class Catalogue {
  /** The facet whose members stand at the top of the document. */
  static final String TOP = "asset";

  private final Map<String, Entry> facets = new TreeMap<>();

  Catalogue(List<Facet> all) {
    for (Facet facet : all) {
      if (facets.put(facet.name(), entry(facet)) != null)
        throw new IllegalStateException("Two facets are named " + facet.name());
    }
  }

  /** One facet, ready for use. */
  record Entry(
      Facet facet,
      Map<String, Object> schema,
      FacetSchema judge,
      Map<String, String> named,
      Map<String, Authority> fields,
      Authority usual) {
    /** Authority of a leaf: the most specific declared field above it, else the facet's. */
    Authority authority(String pointer) {
      for (String at = pointer; !at.isEmpty(); at = at.substring(0, at.lastIndexOf('/'))) {
        Authority found = fields.get(at);
        if (found != null) return found;
      }
      return usual;
    }

    /** True when some word of this type ages. */
    boolean ages(Claims.Source.Type type) {
      return Stream.concat(Stream.of(usual), fields.values().stream())
          .anyMatch(a -> a.ttl().containsKey(type));
    }

    /** Shortest time for which any word of this type is fresh; a thousand years when none ages. */
    Duration shortest(Claims.Source.Type type) {
      return Stream.concat(Stream.of(usual), fields.values().stream())
          .flatMap(a -> Optional.ofNullable(a.ttl().get(type)).stream())
          .min(Comparator.naturalOrder())
          .orElse(Duration.ofDays(365_000));
    }
  }

  private static Entry entry(Facet facet) {
    Map<String, Authority> fields = new HashMap<>();
    Map<String, String> named = new HashMap<>();
    for (FacetField field : facet.fields()) {
      field.authority().ifPresent(a -> fields.put(pointer(field), Authority.parse(a, facet.ttl())));
      if (field.shape() instanceof Shape.Named n) named.put(pointer(field), n.member());
    }
    Map<String, Object> schema = schema(facet);
    Authority usual = Authority.parse(facet.authority(), facet.ttl());
    return new Entry(facet, schema, new FacetSchema(schema), named, fields, usual);
  }

  private static String pointer(FacetField field) {
    return "/" + field.path().replace('.', '/');
  }

  /** JSON Schema of a facet's document; members that are not known are allowed. */
  private static Map<String, Object> schema(Facet facet) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("type", "object");
    root.put("properties", new LinkedHashMap<String, Object>());
    for (FacetField field : facet.fields()) {
      Map<String, Object> at = root;
      String[] parts = field.path().split("\\.", -1);
      for (int i = 0; i < parts.length - 1; i++) at = child(at, parts[i]);
      properties(at).put(parts[parts.length - 1], field.shape().schema());
    }
    return root;
  }

  private static Map<String, Object> child(Map<String, Object> at, String name) {
    Object made =
        properties(at)
            .computeIfAbsent(
                name,
                _ -> {
                  Map<String, Object> object = new LinkedHashMap<>();
                  object.put("type", "object");
                  object.put("properties", new LinkedHashMap<String, Object>());
                  return object;
                });
    @SuppressWarnings("unchecked")
    Map<String, Object> object = (Map<String, Object>) made;
    return object;
  }

  private static Map<String, Object> properties(Map<String, Object> schema) {
    @SuppressWarnings("unchecked")
    Map<String, Object> properties =
        (Map<String, Object>) java.util.Objects.requireNonNull(schema.get("properties"));
    return properties;
  }

  List<Entry> all() {
    return List.copyOf(facets.values());
  }

  Optional<Entry> facet(String name) {
    return Optional.ofNullable(facets.get(name));
  }

  /** Words a query may start a path with. */
  List<String> tops() {
    List<String> words = new ArrayList<>(facets.keySet());
    words.remove(TOP);
    facet(TOP).ifPresent(e -> e.facet().fields().forEach(f -> words.add(f.path())));
    return words;
  }

  /** What people call a path of a facet; the path itself where nobody named it. */
  Label label(String facet, String pointer) {
    String path = pointer.substring(1).replace('/', '.');
    return facet(facet).stream()
        .flatMap(e -> e.facet().fields().stream())
        .filter(f -> f.path().equals(path))
        .map(FacetField::label)
        .findFirst()
        .orElse(Label.same(path));
  }

  /** Part of a machine's document that belongs to a facet. */
  JsonNode part(JsonNode doc, String facet) {
    if (!facet.equals(TOP)) return doc.path(facet);
    var top = Docs.object();
    facet(TOP)
        .ifPresent(e -> {
          for (FacetField field : e.facet().fields()) {
            JsonNode value = doc.get(field.path());
            if (value != null) top.set(field.path(), value);
          }
        });
    return top;
  }

  /** Every key in a machine's document, in one order, without junk. */
  List<Key> keys(JsonNode doc) {
    String scope = Vendors.scope(doc.at("/register/vendor").asString(""));
    // A retired machine keeps what is its own for ever; its addresses and names go to others.
    boolean retired = doc.path("lifecycle").asString("").equals("retired");
    Map<String, Key> keys = new TreeMap<>(Comparator.naturalOrder());
    for (Entry entry : facets.values()) {
      JsonNode part = entry.facet().name().equals(TOP) ? doc : doc.path(entry.facet().name());
      for (FacetField field : entry.facet().fields()) {
        if (field.key().isEmpty() || (retired && field.key().get().strength() > 1)) continue;
        JsonNode node = part.at(pointer(field));
        if (node.isArray()) node.forEach(n -> add(keys, field.key().get(), n, scope));
        else add(keys, field.key().get(), node, scope);
      }
    }
    return List.copyOf(keys.values());
  }

  private static void add(Map<String, Key> keys, KeyKind kind, JsonNode value, String vendor) {
    if (!value.isString()) return;
    String raw = value.asString();
    Optional<String> norm = Norm.of(kind, raw).filter(n -> n.length() <= 255);
    if (norm.isEmpty() || Junk.is(kind, norm.get())) return;
    Key key = new Key(kind, kind == KeyKind.SERIAL ? vendor : "", norm.get(), raw);
    keys.putIfAbsent(key.order(), key);
    int dot = kind == KeyKind.HOSTNAME ? norm.get().indexOf('.') : -1;
    if (dot > 0) {
      Key shortName = new Key(kind, "", norm.get().substring(0, dot), raw);
      keys.putIfAbsent(shortName.order(), shortName);
    }
  }
}
