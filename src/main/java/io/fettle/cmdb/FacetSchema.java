package io.fettle.cmdb;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Judges a facet's document by its JSON Schema and by the limits every document has. */
final class FacetSchema {
  private static final int DEEPEST = 16;
  private static final int MOST_LEAVES = 5_000;
  private static final int LONGEST = 16_384;
  private final Schema schema;

  FacetSchema(Map<String, Object> schema) {
    this.schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Docs.JSON.writeValueAsString(schema), InputFormat.JSON);
  }

  Schema schema() {
    return schema;
  }

  /** What is wrong, one sentence each; empty when the document may be kept. */
  List<String> faults(JsonNode doc) {
    if (!doc.isObject()) return List.of("a facet's document is an object");
    int[] leaves = {0};
    String limit = limits(doc, 0, leaves);
    if (!limit.isEmpty()) return List.of(limit);
    return faults(schema, doc, Locale.ENGLISH).stream().map(Object::toString).toList();
  }

  /** In this language, whatever the server's own is. */
  static List<Error> faults(Schema schema, JsonNode doc, Locale language) {
    return schema.validate(doc, run -> run.executionConfig(c -> c.locale(language)));
  }

  private static String limits(JsonNode node, int depth, int[] leaves) {
    if (depth > DEEPEST) return "nested deeper than " + DEEPEST;
    if (node.isString()) {
      String text = node.asString();
      if (text.length() > LONGEST) return "a text is longer than " + LONGEST;
      if (text.indexOf('\0') >= 0) return "a text holds a NUL character";
    }
    if (node.isObject()) {
      for (String name : node.propertyNames())
        if (name.length() > 255 || name.indexOf('\0') >= 0) return "a member's name is not usable";
    }
    if (!node.isContainer() && ++leaves[0] > MOST_LEAVES)
      return "more than " + MOST_LEAVES + " values";
    for (JsonNode child : node) {
      String fault = limits(child, depth + 1, leaves);
      if (!fault.isEmpty()) return fault;
    }
    return "";
  }
}
