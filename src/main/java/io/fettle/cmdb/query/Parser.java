package io.fettle.cmdb.query;

import io.fettle.cmdb.query.Expr.Literal;
import io.fettle.cmdb.query.Expr.Op;
import io.fettle.cmdb.query.Tokens.Kind;
import io.fettle.cmdb.query.Tokens.Token;
import io.fettle.kernel.Problem;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code type == 'server' and (bmc.generation in [11, 12] or not rack-7)}. Words without an
 * operator stand for any key.
 */
public final class Parser {
  private static final int LONGEST = 4096;
  private static final int DEEPEST = 40;
  private static final int MOST_VALUES = 1000;
  private static final int MOST_PARTS = 200;
  private static final Set<String> SIGNS = Set.of("==", "!=", "<", "<=", ">", ">=", "~");

  private final String query;
  private final List<String> tops;
  private final List<Token> tokens;
  private int at;
  private int depth;
  private int parts;

  private Parser(String query, List<String> tops) {
    this.query = query;
    this.tops = tops;
    this.tokens = Tokens.cut(query);
  }

  /**
   * Parses; an empty text is everything.
   *
   * @param tops words that a path may start with
   * @throws Problem 422 naming the column and what was expected
   */
  public static Expr parse(String query, List<String> tops) {
    if (query.length() > LONGEST)
      throw Tokens.wrong(
          LONGEST, query, "查询太长，最多 " + LONGEST + " 个字符", "longer than " + LONGEST + " characters");
    for (int i = 0; i < query.length(); i++)
      if (Character.isISOControl(query.charAt(i)) && !Character.isWhitespace(query.charAt(i)))
        throw Tokens.wrong(i + 1, query, "不能有控制字符", "a control character is not allowed");
    Parser parser = new Parser(query, tops);
    if (parser.peek().kind() == Kind.END) return new Expr.All();
    Expr expr = parser.or();
    if (parser.peek().kind() != Kind.END)
      throw parser.expected("这里应为 and、or 或结尾", "expected 'and', 'or' or the end");
    return expr;
  }

  private Expr or() {
    List<Expr> all = new ArrayList<>(List.of(and()));
    while (take("or")) all.add(and());
    return all.size() == 1 ? all.getFirst() : new Expr.Or(List.copyOf(all));
  }

  private Expr and() {
    List<Expr> all = new ArrayList<>(List.of(not()));
    while (take("and")) all.add(not());
    return all.size() == 1 ? all.getFirst() : new Expr.And(List.copyOf(all));
  }

  private Expr not() {
    if (++depth > DEEPEST) throw expected("嵌套太深", "nested too deeply");
    try {
      return take("not") ? new Expr.Not(not()) : primary();
    } finally {
      depth--;
    }
  }

  private Expr primary() {
    if (++parts > MOST_PARTS) throw expected("条件太多", "too many conditions");
    if (take("(")) {
      Expr inner = or();
      if (!take(")")) throw expected("这里应为 ')'", "expected ')'");
      return inner;
    }
    Token first = peek();
    if (first.kind() == Kind.SIGN || first.kind() == Kind.END || keyword(first))
      throw expected("这里应为字段、标识、not 或 '('", "expected a field, a key, 'not' or '('");
    at++;
    if (first.kind() == Kind.TEXT) return word(first);
    Token next = peek();
    if (next.kind() == Kind.SIGN && SIGNS.contains(next.text())) return compare(path(first));
    if (next.is("=")) throw expected("请用 '==' 比较", "expected '==' to compare");
    if (next.is("in") || next.is("has")) return compare(path(first));
    if (next.is("not") && tokens.get(at + 1).is("in")) {
      at++;
      return new Expr.Not(compare(path(first)));
    }
    if (first.text().equals("true")) return new Expr.All();
    if (first.text().equals("false")) return new Expr.Not(new Expr.All());
    return word(first);
  }

  private static boolean keyword(Token token) {
    return token.kind() == Kind.WORD
        && Set.of("and", "or", "not", "in", "has").contains(token.text());
  }

  private Expr word(Token token) {
    if (token.text().isBlank()) throw wrongAt(token, "标识不能为空", "an empty key leads nowhere");
    return new Expr.Word(token.text());
  }

  private Expr compare(List<String> path) {
    Token sign = tokens.get(at++);
    if (sign.is("in")) return in(path);
    if (sign.is("has")) return new Expr.Compare(path, Op.EQ, literal());
    if (sign.is("~")) {
      Token text = peek();
      if (literal() instanceof Literal.Text t && !t.value().isEmpty())
        return new Expr.Contains(path, t.value());
      throw wrongAt(text, "'~' 后应为带引号的文字", "expected a quoted text after '~'");
    }
    boolean equality = sign.is("==") || sign.is("!=");
    if (peek().is("null")) {
      if (!equality) throw expected("null 只能用 == 或 != 比较", "null compares by == or != only");
      at++;
      Expr exists = new Expr.Exists(path);
      return sign.is("!=") ? exists : new Expr.Not(exists);
    }
    Token value = peek();
    Literal literal = literal();
    if (!equality && literal instanceof Literal.Bool)
      throw wrongAt(value, "true/false 只能用 == 或 != 比较", "true and false compare by == or != only");
    if (sign.is("!=")) return new Expr.Not(new Expr.Compare(path, Op.EQ, literal));
    for (Op op : Op.values()) if (sign.is(op.sign())) return new Expr.Compare(path, op, literal);
    throw new IllegalStateException("sign " + sign);
  }

  private Expr in(List<String> path) {
    if (!take("[")) throw expected("in 后应为 '['", "expected '[' after 'in'");
    List<Expr> any = new ArrayList<>();
    do {
      if (any.size() == MOST_VALUES) throw expected("列表太长", "the list is too long");
      any.add(new Expr.Compare(path, Op.EQ, literal()));
    } while (take(","));
    if (!take("]")) throw expected("这里应为 ',' 或 ']'", "expected ',' or ']'");
    return any.size() == 1 ? any.getFirst() : new Expr.Or(List.copyOf(any));
  }

  private Literal literal() {
    Token token = peek();
    Literal value = token.kind() == Kind.TEXT ? new Literal.Text(token.text()) : plain(token);
    if (value == null)
      throw expected(
          "这里应为值：'文字'、数字、true、false 或 null",
          "expected a value: 'text', a number, true, false or null");
    at++;
    return value;
  }

  private static @Nullable Literal plain(Token token) {
    if (token.is("true")) return new Literal.Bool(true);
    if (token.is("false")) return new Literal.Bool(false);
    if (!token.text().matches("-?\\d{1,15}(\\.\\d{1,15})?")) return null;
    return new Literal.Num(new BigDecimal(token.text()));
  }

  private List<String> path(Token token) {
    List<String> path = List.of(token.text().split("\\.", -1));
    if (path.stream().anyMatch(String::isEmpty))
      throw wrongAt(token, "字段名不完整", "a part of the field's name is empty");
    if (!tops.contains(path.getFirst())) {
      String known = String.join(", ", tops);
      throw wrongAt(
          token,
          "没有字段 " + path.getFirst() + "；可用的有：" + known,
          "no field " + path.getFirst() + "; there are: " + known);
    }
    return path;
  }

  private Token peek() {
    return tokens.get(at);
  }

  private boolean take(String text) {
    if (!peek().is(text)) return false;
    at++;
    return true;
  }

  private Problem expected(String zh, String en) {
    return wrongAt(peek(), zh, en);
  }

  private Problem wrongAt(Token token, String zh, String en) {
    return Tokens.wrong(token.column(), query, zh, en);
  }
}
