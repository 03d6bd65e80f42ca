package io.fettle.lab.shell;

import java.util.List;

/** {@code test} and {@code [}: file, string and number tests with {@code ! -a -o ( )}. */
final class TestCommand {
  private final Command.Call call;
  private final List<String> args;
  private int at;

  TestCommand(Command.Call call, List<String> args) {
    this.call = call;
    this.args = args;
  }

  int run() {
    if (args.isEmpty()) return 1;
    try {
      boolean answer = or();
      return at < args.size()
          ? call.fail(2, args.get(at) + ": unexpected operator")
          : answer ? 0 : 1;
    } catch (NumberFormatException e) {
      return call.fail(2, "Illegal number");
    } catch (IndexOutOfBoundsException e) {
      return call.fail(2, "argument expected");
    }
  }

  private boolean or() {
    boolean left = and();
    while (at < args.size() && args.get(at).equals("-o")) {
      at++;
      boolean right = and();
      left = left || right;
    }
    return left;
  }

  private boolean and() {
    boolean left = primary();
    while (at < args.size() && args.get(at).equals("-a")) {
      at++;
      boolean right = primary();
      left = left && right;
    }
    return left;
  }

  private boolean primary() {
    String first = args.get(at);
    if (first.equals("!") && at + 1 < args.size()) {
      at++;
      return !primary();
    }
    if (first.equals("(") && at + 1 < args.size()) {
      at++;
      boolean inner = or();
      at++;
      return inner;
    }
    if (at + 2 < args.size() + 0 && binary(args.get(at + 1))) {
      String op = args.get(at + 1);
      String right = args.get(at + 2);
      at += 3;
      return compare(first, op, right);
    }
    if (first.length() == 2 && first.startsWith("-") && at + 1 < args.size()) {
      at += 2;
      return unary(first.charAt(1), args.get(at - 1));
    }
    at++;
    return !first.isEmpty();
  }

  private static boolean binary(String op) {
    return List.of("=", "==", "!=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef")
        .contains(op);
  }

  private boolean compare(String a, String op, String b) {
    return switch (op) {
      case "=", "==" -> a.equals(b);
      case "!=" -> !a.equals(b);
      case "-eq" -> number(a) == number(b);
      case "-ne" -> number(a) != number(b);
      case "-lt" -> number(a) < number(b);
      case "-le" -> number(a) <= number(b);
      case "-gt" -> number(a) > number(b);
      case "-ge" -> number(a) >= number(b);
      case "-ef" -> isOne(a, b);
      default -> false;
    };
  }

  private boolean isOne(String a, String b) {
    Fs fs = call.host().fs();
    Fs.Inode inode = fs.at(call.path(a), true).orElse(null);
    return inode != null && inode == fs.at(call.path(b), true).orElse(null);
  }

  private static long number(String text) {
    return Long.parseLong(text.strip());
  }

  private boolean unary(char op, String operand) {
    if (op == 'n') return !operand.isEmpty();
    if (op == 'z') return operand.isEmpty();
    if (op == 't') return false;
    Fs fs = call.host().fs();
    Fs.Inode inode = fs.at(call.path(operand), op != 'L' && op != 'h').orElse(null);
    if (inode == null || !fs.reachable(call.path(operand))) return false;
    return switch (op) {
      case 'e' -> true;
      case 'r' -> fs.may(inode, 4);
      case 'w' -> fs.may(inode, 2) && !fs.refuses(call.path(operand));
      case 'O' -> inode.uid == fs.actor();
      case 'f' -> inode.kind == Fs.Kind.FILE;
      case 'd' -> inode.kind == Fs.Kind.FOLDER;
      case 'L', 'h' -> inode.kind == Fs.Kind.LINK;
      case 'c', 'b' -> inode.kind == Fs.Kind.DEVICE;
      case 's' -> inode.size() > 0;
      case 'x' -> fs.may(inode, 1);
      default -> false;
    };
  }
}
