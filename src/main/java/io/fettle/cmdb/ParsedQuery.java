package io.fettle.cmdb;

import io.fettle.cmdb.query.Bounds;
import io.fettle.cmdb.query.Expr;
import io.fettle.cmdb.query.Judge;
import tools.jackson.databind.JsonNode;

/** A query with its two judges at hand. */
record ParsedQuery(String text, Expr expr, Judge judge) implements Query {
  @Override
  public boolean unbounded() {
    return Bounds.everything(expr);
  }

  @Override
  public boolean matches(JsonNode doc) {
    return (!Itself.is(doc) || Itself.named(expr)) && judge.matches(expr, doc);
  }

  @Override
  public String toString() {
    return text;
  }
}
