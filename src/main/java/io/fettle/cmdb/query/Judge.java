package io.fettle.cmdb.query;

import io.fettle.cmdb.query.Expr.Literal;
import io.fettle.cmdb.query.Expr.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * Judges a document in memory, with the rules of PostgreSQL's lax SQL/JSON paths: members of lists
 * of objects are looked at one by one, values of another type never compare.
 */
public final class Judge {
  private final Function<JsonNode, List<String>> keys;
  private final Words.Reader words;

  /**
   * @param keys normal forms of a document's keys
   */
  public Judge(Function<JsonNode, List<String>> keys, Words.Reader words) {
    this.keys = keys;
    this.words = words;
  }

  public boolean matches(Expr expr, JsonNode doc) {
    return switch (expr) {
      case Expr.All _ -> true;
      case Expr.And and -> and.parts().stream().allMatch(p -> matches(p, doc));
      case Expr.Or or -> or.parts().stream().anyMatch(p -> matches(p, doc));
      case Expr.Not not -> !matches(not.part(), doc);
      case Expr.Exists e -> unwrapped(values(doc, e.path())).stream().anyMatch(v -> !v.isNull());
      case Expr.Compare c ->
          unwrapped(values(doc, c.path())).stream().anyMatch(v -> holds(v, c.op(), c.literal()));
      case Expr.Contains c -> {
        String text = lower(c.text());
        yield flat(values(doc, c.path())).stream()
            .anyMatch(v -> v.isString() && lower(v.asString()).contains(text));
      }
      case Expr.Word w -> {
        var forms = words.apply(w.text());
        yield keys.apply(doc).stream().anyMatch(k -> forms.stream().anyMatch(f -> f.finds(k)));
      }
    };
  }

  private static List<JsonNode> values(JsonNode doc, List<String> path) {
    List<JsonNode> at = List.of(doc);
    for (String member : path) {
      List<JsonNode> next = new ArrayList<>();
      for (JsonNode node : flat(at)) {
        JsonNode value = node.isObject() ? node.get(member) : null;
        if (value != null) next.add(value);
      }
      at = next;
    }
    return at;
  }

  /** Lists opened once. */
  private static List<JsonNode> flat(List<JsonNode> nodes) {
    List<JsonNode> out = new ArrayList<>();
    for (JsonNode node : nodes) {
      if (node.isArray()) node.forEach(out::add);
      else out.add(node);
    }
    return out;
  }

  /** A filter opens a list once, and the comparison in it once more. */
  private static List<JsonNode> unwrapped(List<JsonNode> nodes) {
    return flat(flat(nodes));
  }

  private static boolean holds(JsonNode value, Op op, Literal literal) {
    return switch (literal) {
      case Literal.Text t -> value.isString() && op.holds(compare(value.asString(), t.value()));
      case Literal.Num n -> value.isNumber() && op.holds(value.decimalValue().compareTo(n.value()));
      case Literal.Bool b -> value.isBoolean() && value.asBoolean() == b.value();
    };
  }

  /** By code points, as the database compares; UTF-16 order differs beyond the basic plane. */
  private static int compare(String a, String b) {
    int[] x = a.codePoints().toArray();
    int[] y = b.codePoints().toArray();
    return java.util.Arrays.compare(x, y);
  }

  /** ASCII only: what other letters' lower case is depends on the server's locale. */
  private static String lower(String text) {
    StringBuilder out = new StringBuilder(text);
    for (int i = 0; i < out.length(); i++) {
      char c = out.charAt(i);
      if (c >= 'A' && c <= 'Z') out.setCharAt(i, (char) (c + 32));
    }
    return out.toString();
  }
}
