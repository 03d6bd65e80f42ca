package io.fettle.cmdb.facet;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a field's value looks like; gives its part of the facet's JSON Schema. */
public sealed interface Shape {
  /** Longest text a field may hold, in characters. */
  int LONGEST = 4096;

  /** JSON Schema 2020-12 of the value. */
  Map<String, Object> schema();

  static Shape text() {
    return new Text();
  }

  static Shape whole() {
    return new Whole();
  }

  static Shape date() {
    return new Date();
  }

  static Shape oneOf(String... values) {
    return new OneOf(List.of(values));
  }

  static Shape texts() {
    return new Texts();
  }

  /**
   * A list of objects told apart by one member, e.g. accounts by name; items resolve one by one.
   */
  static Shape named(String member) {
    return new Named(member);
  }

  record Text() implements Shape {
    @Override
    public Map<String, Object> schema() {
      return Map.of("type", "string", "minLength", 1, "maxLength", LONGEST);
    }
  }

  record Whole() implements Shape {
    @Override
    public Map<String, Object> schema() {
      return Map.of("type", "integer");
    }
  }

  record Date() implements Shape {
    @Override
    public Map<String, Object> schema() {
      return Map.of("type", "string", "pattern", "^\\d{4}-\\d{2}-\\d{2}$");
    }
  }

  record OneOf(List<String> values) implements Shape {
    @Override
    public Map<String, Object> schema() {
      return Map.of("enum", values);
    }
  }

  record Texts() implements Shape {
    @Override
    public Map<String, Object> schema() {
      return Map.of("type", "array", "maxItems", 1000, "items", new Text().schema());
    }
  }

  record Named(String member) implements Shape {
    @Override
    public Map<String, Object> schema() {
      Map<String, Object> item = new LinkedHashMap<>();
      item.put("type", "object");
      item.put("properties", Map.of(member, new Text().schema()));
      item.put("required", List.of(member));
      return Map.of("type", "array", "maxItems", 1000, "items", item);
    }
  }
}
