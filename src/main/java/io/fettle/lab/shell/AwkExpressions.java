package io.fettle.lab.shell;

import io.fettle.lab.shell.AwkLexer.Kind;
import io.fettle.lab.shell.AwkLexer.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Expressions of awk, from the loosest to the tightest. */
final class AwkExpressions {
  interface Value {
    AwkCell of(AwkRun run);
  }

  /** What can be assigned to. */
  private interface Place extends Value {
    void put(AwkRun run, AwkCell value);
  }

  private record Variable(String name) implements Place {
    @Override
    public AwkCell of(AwkRun run) {
      return run.get(name);
    }

    @Override
    public void put(AwkRun run, AwkCell value) {
      run.set(name, value);
    }
  }

  private record Field(Value index) implements Place {
    @Override
    public AwkCell of(AwkRun run) {
      return run.field((int) index.of(run).number());
    }

    @Override
    public void put(AwkRun run, AwkCell value) {
      run.field((int) index.of(run).number(), value);
    }
  }

  private record Element(String array, Value key) implements Place {
    @Override
    public AwkCell of(AwkRun run) {
      return run.array(array).computeIfAbsent(key.of(run).text(), k -> AwkCell.UNSET);
    }

    @Override
    public void put(AwkRun run, AwkCell value) {
      run.array(array).put(key.of(run).text(), value);
    }
  }

  private static final Set<String> ASSIGN = Set.of("=", "+=", "-=", "*=", "/=", "%=", "^=");
  private static final Set<String> COMPARE = Set.of("<", "<=", "==", "!=", ">", ">=");

  private final List<Token> tokens;
  private int at;
  private boolean printing;

  AwkExpressions(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token next() {
    return tokens.get(Math.min(at++, tokens.size() - 1));
  }

  int mark() {
    return at;
  }

  void back(int mark) {
    at = mark;
  }

  boolean take(String sign) {
    if (!peek().is(sign)) return false;
    at++;
    return true;
  }

  void expect(String sign) {
    if (!take(sign)) throw unexpected();
  }

  ShellSyntax unexpected() {
    return new ShellSyntax(
        "syntax error at or near "
            + (peek().kind() == Kind.END ? "end of program" : peek().text().strip()));
  }

  /** The loop variable when what follows is {@code NAME in}; else empty and nothing is read. */
  String forIn() {
    if (peek().kind() != Kind.NAME || !tokens.get(at + 1).is("in")) return "";
    String name = next().text();
    next();
    return name;
  }

  /** True when the bracket that opens here closes where the statement ends. */
  boolean wrapsAll() {
    int depth = 0;
    for (int i = at; i < tokens.size(); i++) {
      if (tokens.get(i).is("(")) depth++;
      if (tokens.get(i).is(")") && --depth == 0) {
        Token after = tokens.get(i + 1);
        return after.kind() == Kind.LINE
            || after.kind() == Kind.END
            || after.is(";")
            || after.is("}");
      }
    }
    return false;
  }

  /** A value in which {@code >} is not a comparison. */
  Value printed() {
    boolean before = printing;
    printing = true;
    Value value = value();
    printing = before;
    return value;
  }

  Value value() {
    Value left = ternary();
    String op = peek().text();
    if (peek().kind() != Kind.SIGN || !ASSIGN.contains(op)) return left;
    if (!(left instanceof Place place)) throw unexpected();
    next();
    Value right = value();
    return run -> {
      AwkCell value = right.of(run);
      if (op.length() == 2)
        value =
            AwkCell.of(AwkCalls.arithmetic(op.charAt(0), place.of(run).number(), value.number()));
      place.put(run, value);
      return value;
    };
  }

  private Value ternary() {
    Value when = or();
    if (!take("?")) return when;
    Value yes = value();
    expect(":");
    Value no = value();
    return run -> (when.of(run).truth() ? yes : no).of(run);
  }

  private Value or() {
    Value left = and();
    while (take("||")) {
      Value a = left;
      lines();
      Value b = and();
      left = run -> AwkCell.of(a.of(run).truth() || b.of(run).truth());
    }
    return left;
  }

  private Value and() {
    Value left = membership();
    while (take("&&")) {
      Value a = left;
      lines();
      Value b = membership();
      left = run -> AwkCell.of(a.of(run).truth() && b.of(run).truth());
    }
    return left;
  }

  private void lines() {
    while (peek().kind() == Kind.LINE) next();
  }

  private Value membership() {
    Value left = match();
    while (take("in")) {
      Value key = left;
      String array = next().text();
      left = run -> AwkCell.of(run.array(array).containsKey(key.of(run).text()));
    }
    return left;
  }

  private Value match() {
    Value left = comparison();
    while (peek().is("~") || peek().is("!~")) {
      boolean not = next().text().equals("!~");
      Value text = left;
      AwkCalls.Matcher regex = AwkCalls.regex(peekRegex(), this::comparison);
      left = run -> AwkCell.of(regex.of(run).matcher(text.of(run).text()).find() != not);
    }
    return left;
  }

  /** The text of a regex that stands here as a word of its own; empty and unread when none does. */
  java.util.Optional<String> peekRegex() {
    return peek().kind() == Kind.REGEX
        ? java.util.Optional.of(next().text())
        : java.util.Optional.empty();
  }

  private Value comparison() {
    Value left = concatenation();
    String op = peek().text();
    if (peek().kind() != Kind.SIGN || !COMPARE.contains(op) || (printing && op.equals(">")))
      return left;
    next();
    Value right = concatenation();
    return run -> {
      int order = AwkCell.compare(left.of(run), right.of(run));
      return AwkCell.of(
          switch (op) {
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case "==" -> order == 0;
            case "!=" -> order != 0;
            case ">" -> order > 0;
            default -> order >= 0;
          });
    };
  }

  private Value concatenation() {
    Value left = sum();
    while (startsValue()) {
      Value a = left;
      Value b = sum();
      left = run -> AwkCell.string(a.of(run).text() + b.of(run).text());
    }
    return left;
  }

  private boolean startsValue() {
    Token token = peek();
    return switch (token.kind()) {
      case NUMBER, STRING, NAME, CALL -> true;
      case SIGN -> token.is("$") || token.is("(") || token.is("!");
      case REGEX, WORD, LINE, END -> false;
    };
  }

  private Value sum() {
    Value left = product();
    while (peek().is("+") || peek().is("-")) left = binary(left, next().text(), product());
    return left;
  }

  private Value product() {
    Value left = unary();
    while (peek().is("*") || peek().is("/") || peek().is("%"))
      left = binary(left, next().text(), unary());
    return left;
  }

  private static Value binary(Value a, String op, Value b) {
    return run ->
        AwkCell.of(AwkCalls.arithmetic(op.charAt(0), a.of(run).number(), b.of(run).number()));
  }

  private Value unary() {
    if (take("!")) {
      Value value = unary();
      return run -> AwkCell.of(!value.of(run).truth());
    }
    if (take("-")) {
      Value value = unary();
      return run -> AwkCell.of(-value.of(run).number());
    }
    if (take("+")) {
      Value value = unary();
      return run -> AwkCell.of(value.of(run).number());
    }
    Value base = step();
    if (!take("^")) return base;
    return binary(base, "^", unary());
  }

  private Value step() {
    if (peek().is("++") || peek().is("--")) {
      double by = next().text().equals("++") ? 1 : -1;
      if (!(primary() instanceof Place place)) throw unexpected();
      return run -> {
        AwkCell value = AwkCell.of(place.of(run).number() + by);
        place.put(run, value);
        return value;
      };
    }
    Value value = primary();
    if (!(value instanceof Place place) || !(peek().is("++") || peek().is("--"))) return value;
    double by = next().text().equals("++") ? 1 : -1;
    return run -> {
      double before = place.of(run).number();
      place.put(run, AwkCell.of(before + by));
      return AwkCell.of(before);
    };
  }

  private Value primary() {
    Token token = next();
    return switch (token.kind()) {
      case NUMBER -> {
        AwkCell number = AwkCell.of(Double.parseDouble(token.text()));
        yield run -> number;
      }
      case STRING -> {
        AwkCell text = AwkCell.string(token.text());
        yield run -> text;
      }
      case REGEX -> {
        var pattern = Regex.of(token.text(), true, false, false);
        yield run -> AwkCell.of(pattern.matcher(run.field(0).text()).find());
      }
      case NAME -> take("[") ? new Element(token.text(), subscript()) : new Variable(token.text());
      case CALL -> AwkCalls.call(token.text(), this);
      case SIGN -> {
        if (token.is("$")) yield new Field(step());
        if (!token.is("(")) {
          at--;
          throw unexpected();
        }
        yield grouped();
      }
      case WORD, LINE, END -> {
        at--;
        throw unexpected();
      }
    };
  }

  private Value grouped() {
    boolean before = printing;
    printing = false;
    Value value = value();
    printing = before;
    if (peek().is(",")) {
      Value key = joined(value);
      expect(")");
      return key;
    }
    expect(")");
    return run -> value.of(run);
  }

  /** What stands in square brackets, to their end. */
  Value subscript() {
    Value key = joined(value());
    expect("]");
    return key;
  }

  private Value joined(Value first) {
    if (!peek().is(",")) return first;
    List<Value> parts = new ArrayList<>(List.of(first));
    while (take(",")) parts.add(value());
    return run ->
        AwkCell.string(
            String.join(
                run.get("SUBSEP").text(), parts.stream().map(p -> p.of(run).text()).toList()));
  }

  /** Assigns to what was parsed as a variable, field or element. */
  static void put(Value place, AwkRun run, AwkCell value) {
    if (place instanceof Place p) p.put(run, value);
  }

  /** The first value is the format. */
  static String formatted(AwkRun run, List<Value> values) {
    return AwkCalls.format(values.stream().map(v -> v.of(run)).toList());
  }
}
