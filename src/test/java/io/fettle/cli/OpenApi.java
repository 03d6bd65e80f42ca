package io.fettle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** The server's own description of its documents, held against the documents. */
record OpenApi(JsonNode description) {
  /** The document has the fields and types of the operation's answer, no more and no less. */
  void mustDescribe(String method, String path, JsonNode document) {
    JsonNode responses = description.path("paths").path(path).path(method).path("responses");
    JsonNode done = responses.path(responses.has("201") ? "201" : "200");
    JsonNode schema = done.path("content").path("*/*").path("schema");
    assertThat(schema.isObject())
        .as("an answer of " + method + " " + path + ": " + responses)
        .isTrue();
    List<String> wrong = new ArrayList<>();
    compare("", schema, document, wrong);
    assertThat(wrong).as(method + " " + path).isEmpty();
  }

  private void compare(String at, JsonNode given, JsonNode value, List<String> wrong) {
    JsonNode schema = given.has("$ref") ? referred(given.get("$ref").asString()) : given;
    if (value.isNull() || schema.isEmpty()) return;
    String type = schema.path("type").asString("");
    switch (type) {
      case "object" -> members(at, schema, value, wrong);
      case "array" -> {
        if (!value.isArray()) wrong.add(at + " is no list");
        for (int i = 0; i < value.size(); i++)
          compare(at + "/" + i, schema.path("items"), value.get(i), wrong);
      }
      case "string" -> is(value.isString(), at, type, value, wrong);
      case "integer" -> is(value.isIntegralNumber(), at, type, value, wrong);
      case "number" -> is(value.isNumber(), at, type, value, wrong);
      case "boolean" -> is(value.isBoolean(), at, type, value, wrong);
      default -> wrong.add(at + " has no type");
    }
  }

  private void members(String at, JsonNode schema, JsonNode value, List<String> wrong) {
    is(value.isObject(), at, "object", value, wrong);
    JsonNode properties = schema.path("properties");
    JsonNode others = schema.path("additionalProperties");
    if (others.isMissingNode()) {
      var names = new TreeSet<>(properties.propertyNames());
      var there = new TreeSet<>(value.propertyNames());
      if (!names.equals(there)) wrong.add(at + " has " + there + ", promised are " + names);
    }
    value
        .properties()
        .forEach(member -> {
          JsonNode own = properties.path(member.getKey());
          JsonNode known = own.isMissingNode() ? others : own;
          if (known.isObject())
            compare(at + "/" + member.getKey(), known, member.getValue(), wrong);
        });
  }

  private static void is(boolean so, String at, String type, JsonNode value, List<String> wrong) {
    if (!so) wrong.add(at + " is no " + type + ": " + value);
  }

  private JsonNode referred(String reference) {
    String name = reference.substring(reference.lastIndexOf('/') + 1);
    JsonNode schema = description.path("components").path("schemas").path(name);
    assertThat(schema.isObject()).as(reference).isTrue();
    return schema;
  }
}
