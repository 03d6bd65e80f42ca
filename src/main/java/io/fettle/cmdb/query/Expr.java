package io.fettle.cmdb.query;

import java.math.BigDecimal;
import java.util.List;

/** A parsed query. {@code !=} is the negation of {@code ==}, so an absent value is unequal. */
public sealed interface Expr {
  /** Always true. */
  record All() implements Expr {}

  /** True when every part is; two parts at least. */
  record And(List<Expr> parts) implements Expr {}

  /** True when any part is; two parts at least. */
  record Or(List<Expr> parts) implements Expr {}

  record Not(Expr part) implements Expr {}

  /** Some value at the path is there and not null. */
  record Exists(List<String> path) implements Expr {}

  /** Some value at the path stands so to the literal; values of another type never do. */
  record Compare(List<String> path, Op op, Literal literal) implements Expr {}

  /** Some text at the path contains this, ASCII letters in any case. */
  record Contains(List<String> path, String text) implements Expr {}

  /** Some key of the machine is, or begins with, this. */
  record Word(String text) implements Expr {}

  /** How two values stand to each other. */
  enum Op {
    EQ("=="),
    LT("<"),
    LE("<="),
    GT(">"),
    GE(">=");

    private final String sign;

    Op(String sign) {
      this.sign = sign;
    }

    /** As the language and SQL/JSON paths write it. */
    public String sign() {
      return sign;
    }

    /** True when a comparison with this result (as of {@code compareTo}) holds. */
    boolean holds(int comparison) {
      return switch (this) {
        case EQ -> comparison == 0;
        case LT -> comparison < 0;
        case LE -> comparison <= 0;
        case GT -> comparison > 0;
        case GE -> comparison >= 0;
      };
    }
  }

  /** A value written in the query. */
  sealed interface Literal {
    record Text(String value) implements Literal {}

    record Num(BigDecimal value) implements Literal {}

    record Bool(boolean value) implements Literal {}
  }
}
