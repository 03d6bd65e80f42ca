package io.fettle.cmdb.query;

import io.fettle.cmdb.query.Expr.All;
import io.fettle.cmdb.query.Expr.And;
import io.fettle.cmdb.query.Expr.Not;
import io.fettle.cmdb.query.Expr.Or;
import java.util.List;

/** Tells a selector that narrows nothing from one that does. */
public final class Bounds {
  private Bounds() {}

  /** True when the query is true of every machine, whatever its document. */
  public static boolean everything(Expr expr) {
    return fold(expr) instanceof All;
  }

  private static Expr fold(Expr expr) {
    return switch (expr) {
      case Not not -> negated(fold(not.part()));
      case And and -> anded(and.parts().stream().map(Bounds::fold).distinct().toList());
      case Or or -> ored(or.parts().stream().map(Bounds::fold).distinct().toList());
      case All _, Expr.Exists _, Expr.Compare _, Expr.Contains _, Expr.Word _ -> expr;
    };
  }

  private static Expr negated(Expr part) {
    return part instanceof Not inner ? inner.part() : new Not(part);
  }

  private static Expr anded(List<Expr> parts) {
    Expr nothing = new Not(new All());
    if (parts.contains(nothing) || contrary(parts)) return nothing;
    List<Expr> left = parts.stream().filter(p -> !(p instanceof All)).toList();
    if (left.isEmpty()) return new All();
    return left.size() == 1 ? left.getFirst() : new And(left);
  }

  private static Expr ored(List<Expr> parts) {
    if (parts.contains(new All()) || contrary(parts)) return new All();
    List<Expr> left = parts.stream().filter(p -> !p.equals(new Not(new All()))).toList();
    if (left.isEmpty()) return new Not(new All());
    return left.size() == 1 ? left.getFirst() : new Or(left);
  }

  private static boolean contrary(List<Expr> parts) {
    return parts.stream().anyMatch(p -> parts.contains(negated(p)));
  }
}
