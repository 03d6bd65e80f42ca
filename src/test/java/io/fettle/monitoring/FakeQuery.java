package io.fettle.monitoring;

import io.fettle.cmdb.Query;
import tools.jackson.databind.JsonNode;

/** A query that matches where its text is empty or equals the document's type. */
record FakeQuery(String text) implements Query {
  @Override
  public boolean unbounded() {
    return text.isEmpty();
  }

  @Override
  public boolean matches(JsonNode doc) {
    return text.isEmpty() || text.contains("'" + doc.path("type").asString("") + "'");
  }
}
