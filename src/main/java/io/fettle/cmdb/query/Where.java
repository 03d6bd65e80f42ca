package io.fettle.cmdb.query;

import io.fettle.cmdb.query.Expr.Literal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A query as an SQL condition over {@code asset_doc d} and {@code asset_key}; every value a
 * parameter. Equality is answered by the GIN index on {@code d.doc}.
 */
public final class Where {
  private final Words.Reader words;
  private final Map<String, Object> params = new LinkedHashMap<>();

  private Where(Words.Reader words) {
    this.words = words;
  }

  /**
   * @param params names start with {@code q}
   */
  public record Sql(String text, Map<String, Object> params) {}

  public static Sql of(Expr expr, Words.Reader words) {
    Where where = new Where(words);
    return new Sql(where.text(expr), where.params);
  }

  private String text(Expr expr) {
    return switch (expr) {
      case Expr.All _ -> "true";
      case Expr.And and -> joined(and.parts(), " and ");
      case Expr.Or or -> joined(or.parts(), " or ");
      case Expr.Not not -> "not (" + text(not.part()) + ")";
      case Expr.Exists e -> "d.doc @?? " + path(e.path(), " ? (@ != null)") + "::jsonpath";
      case Expr.Compare c ->
          "d.doc @?? "
              + path(c.path(), " ? (@ " + c.op().sign() + " " + literal(c.literal()) + ")")
              + "::jsonpath";
      case Expr.Contains c ->
          "exists (select from jsonb_path_query(d.doc, "
              + path(c.path(), "[*]")
              + "::jsonpath) v where jsonb_typeof(v) = 'string' and strpos(lower((v #>> '{}')"
              + " collate \"C\"), lower("
              + param(c.text())
              + "::text collate \"C\")) > 0)";
      case Expr.Word w -> word(w.text());
    };
  }

  private String joined(List<Expr> parts, String by) {
    return "(" + String.join(by, parts.stream().map(this::text).toList()) + ")";
  }

  private String word(String text) {
    List<String> ranges = new ArrayList<>();
    for (Words.Form form : words.apply(text)) {
      ranges.add(
          form.exact()
              ? "k.norm = " + param(form.norm())
              : "(k.norm >= " + param(form.norm()) + " and k.norm < " + param(form.end()) + ")");
    }
    if (ranges.isEmpty()) return "false";
    return "d.asset_id in (select k.asset_id from cmdb.asset_key k where k.ended_at is null and ("
        + String.join(" or ", ranges)
        + "))";
  }

  private String path(List<String> path, String rest) {
    StringBuilder out = new StringBuilder("$");
    path.forEach(p -> out.append('.').append(quoted(p)));
    return param(out.append(rest).toString());
  }

  private static String literal(Literal literal) {
    return switch (literal) {
      case Literal.Text t -> quoted(t.value());
      case Literal.Num n -> n.value().toPlainString();
      case Literal.Bool b -> String.valueOf(b.value());
    };
  }

  private static String quoted(String text) {
    return JsonNodeFactory.instance.stringNode(text).toString();
  }

  private String param(Object value) {
    String name = "q" + params.size();
    params.put(name, value);
    return ":" + name;
  }
}
