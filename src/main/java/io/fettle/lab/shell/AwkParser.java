package io.fettle.lab.shell;

import io.fettle.lab.shell.AwkLexer.Kind;
import io.fettle.lab.shell.AwkLexer.Token;
import io.fettle.lab.shell.AwkRun.Jump;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Statements of awk; what they are made of is in {@link AwkExpressions}. */
final class AwkParser {
  interface Act {
    void run(AwkRun run);
  }

  /** A rule: no pattern means every line; {@code to} closes a range. */
  record Rule(AwkExpressions.@Nullable Value when, AwkExpressions.@Nullable Value to, Act act) {}

  record Program(List<Act> begin, List<Rule> rules, List<Act> end) {}

  private static final Act PRINT = run -> run.print(run.field(0).text() + run.get("ORS").text());

  private final AwkExpressions expressions;

  private AwkParser(List<Token> tokens) {
    expressions = new AwkExpressions(tokens);
  }

  static Program parse(String text) {
    return new AwkParser(AwkLexer.read(text)).program();
  }

  private Token peek() {
    return expressions.peek();
  }

  private boolean take(String sign) {
    return expressions.take(sign);
  }

  private void expect(String sign) {
    expressions.expect(sign);
  }

  private void blank() {
    while (peek().kind() == Kind.LINE || peek().is(";")) expressions.next();
  }

  private void lines() {
    while (peek().kind() == Kind.LINE) expressions.next();
  }

  private Program program() {
    Program program = new Program(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (blank(); peek().kind() != Kind.END; blank()) {
      if (take("BEGIN")) program.begin().add(block());
      else if (take("END")) program.end().add(block());
      else program.rules().add(rule());
    }
    return program;
  }

  private Rule rule() {
    if (peek().is("{")) return new Rule(null, null, block());
    AwkExpressions.Value when = expressions.value();
    AwkExpressions.Value to = null;
    if (take(",")) {
      lines();
      to = expressions.value();
    }
    return new Rule(when, to, peek().is("{") ? block() : PRINT);
  }

  private Act block() {
    expect("{");
    List<Act> acts = new ArrayList<>();
    for (blank(); !peek().is("}"); blank()) acts.add(statement());
    expect("}");
    return sequence(acts);
  }

  private static Act sequence(List<Act> acts) {
    return run -> {
      for (Act act : acts) act.run(run);
    };
  }

  private Act statement() {
    lines();
    if (peek().is("{")) return block();
    if (peek().is(";")) {
      expressions.next();
      return run -> {};
    }
    Act act =
        switch (peek().kind() == Kind.WORD ? peek().text() : "") {
          case "if" -> choice();
          case "while" -> whileLoop();
          case "do" -> doLoop();
          case "for" -> forLoop();
          default -> simple();
        };
    return act;
  }

  private void terminated() {
    if (peek().is("}") || peek().kind() == Kind.END) return;
    if (!take(";") && peek().kind() != Kind.LINE) throw expressions.unexpected();
    if (peek().kind() == Kind.LINE) expressions.next();
  }

  private Act simple() {
    Act act = bare();
    terminated();
    return act;
  }

  private Act bare() {
    String word = peek().kind() == Kind.WORD ? peek().text() : "";
    switch (word) {
      case "print", "printf" -> {
        expressions.next();
        return print(word.equals("printf"));
      }
      case "next", "break", "continue" -> {
        expressions.next();
        Jump jump = new Jump(Jump.To.valueOf(word.toUpperCase(java.util.Locale.ROOT)));
        return run -> {
          throw jump;
        };
      }
      case "exit" -> {
        expressions.next();
        AwkExpressions.@Nullable Value code = over() ? null : expressions.value();
        return run -> {
          if (code != null) run.status((int) code.of(run).number());
          throw new Jump(Jump.To.EXIT);
        };
      }
      case "delete" -> {
        expressions.next();
        return delete();
      }
      default -> {
        AwkExpressions.Value value = expressions.value();
        return run -> value.of(run);
      }
    }
  }

  private boolean over() {
    return peek().kind() == Kind.LINE
        || peek().kind() == Kind.END
        || peek().is(";")
        || peek().is("}");
  }

  private Act delete() {
    String array = expressions.next().text();
    if (!take("[")) return run -> run.array(array).clear();
    AwkExpressions.Value key = expressions.subscript();
    return run -> run.array(array).remove(key.of(run).text());
  }

  private Act print(boolean formatted) {
    List<AwkExpressions.Value> values = new ArrayList<>();
    boolean wrapped = peek().is("(") && expressions.wrapsAll();
    if (wrapped) expect("(");
    if (!over()) {
      do {
        lines();
        values.add(wrapped ? expressions.value() : expressions.printed());
      } while (take(","));
    }
    if (wrapped) expect(")");
    if (peek().is(">") || peek().is("|"))
      throw new ShellSyntax("redirection inside awk is not known here");
    if (formatted) return run -> run.print(AwkExpressions.formatted(run, values));
    return run -> {
      if (values.isEmpty()) {
        PRINT.run(run);
        return;
      }
      List<String> texts = new ArrayList<>();
      for (AwkExpressions.Value value : values) texts.add(value.of(run).text());
      run.print(String.join(run.get("OFS").text(), texts) + run.get("ORS").text());
    };
  }

  private Act choice() {
    expect("if");
    expect("(");
    AwkExpressions.Value when = expressions.value();
    expect(")");
    Act then = statement();
    int before = expressions.mark();
    blank();
    if (!take("else")) {
      expressions.back(before);
      return run -> {
        if (when.of(run).truth()) then.run(run);
      };
    }
    Act otherwise = statement();
    return run -> (when.of(run).truth() ? then : otherwise).run(run);
  }

  private Act whileLoop() {
    expect("while");
    expect("(");
    AwkExpressions.Value when = expressions.value();
    expect(")");
    Act body = statement();
    return run -> {
      while (when.of(run).truth()) if (!again(body, run)) return;
    };
  }

  private Act doLoop() {
    expect("do");
    Act body = statement();
    blank();
    expect("while");
    expect("(");
    AwkExpressions.Value when = expressions.value();
    expect(")");
    terminated();
    return run -> {
      do {
        if (!again(body, run)) return;
      } while (when.of(run).truth());
    };
  }

  private static boolean again(Act body, AwkRun run) {
    run.step();
    try {
      body.run(run);
      return true;
    } catch (Jump jump) {
      if (!Set.of(Jump.To.BREAK, Jump.To.CONTINUE).contains(jump.to())) throw jump;
      return jump.to() == Jump.To.CONTINUE;
    }
  }

  private Act forLoop() {
    expect("for");
    expect("(");
    String each = expressions.forIn();
    if (!each.isEmpty()) {
      String array = expressions.next().text();
      expect(")");
      Act body = statement();
      return run -> {
        for (String key : List.copyOf(run.array(array).keySet())) {
          run.set(each, AwkCell.input(key));
          if (!again(body, run)) return;
        }
      };
    }
    Act first = peek().is(";") ? run -> {} : bare();
    expect(";");
    AwkExpressions.Value when = peek().is(";") ? run -> AwkCell.of(true) : expressions.value();
    expect(";");
    Act step = peek().is(")") ? run -> {} : bare();
    expect(")");
    Act body = statement();
    return run -> {
      for (first.run(run); when.of(run).truth(); step.run(run)) if (!again(body, run)) return;
    };
  }
}
