package io.fettle.lab.shell;

/** {@code $(( … ))}: long integers, the usual operators, variables with or without dollar. */
final class Arithmetic {
  private final Shell shell;
  private final String text;
  private int at;

  Arithmetic(Shell shell, String text) {
    this.shell = shell;
    this.text = text.replaceAll("\\s+", "");
  }

  long value() {
    if (text.isEmpty()) return 0;
    long value = or();
    if (at < text.length())
      throw new ShellSyntax("arithmetic expression: expecting EOF: \"" + text + "\"");
    return value;
  }

  private boolean take(String op) {
    if (!text.startsWith(op, at)) return false;
    at += op.length();
    return true;
  }

  private long or() {
    long left = and();
    while (take("||")) {
      long right = and();
      left = left != 0 || right != 0 ? 1 : 0;
    }
    return left;
  }

  private long and() {
    long left = compare();
    while (take("&&")) {
      long right = compare();
      left = left != 0 && right != 0 ? 1 : 0;
    }
    return left;
  }

  private long compare() {
    long left = sum();
    while (true) {
      if (take("==")) left = left == sum() ? 1 : 0;
      else if (take("!=")) left = left != sum() ? 1 : 0;
      else if (take("<=")) left = left <= sum() ? 1 : 0;
      else if (take(">=")) left = left >= sum() ? 1 : 0;
      else if (take("<")) left = left < sum() ? 1 : 0;
      else if (take(">")) left = left > sum() ? 1 : 0;
      else if (!text.startsWith("&&", at) && take("&")) left &= sum();
      else return left;
    }
  }

  private long sum() {
    long left = product();
    while (true) {
      if (take("+")) left += product();
      else if (take("-")) left -= product();
      else return left;
    }
  }

  private long product() {
    long left = unary();
    while (true) {
      if (take("*")) left *= unary();
      else if (take("/")) left = divide(left, unary(), false);
      else if (take("%")) left = divide(left, unary(), true);
      else return left;
    }
  }

  private static long divide(long a, long b, boolean rest) {
    if (b == 0) throw new ShellSyntax("arithmetic expression: division by zero");
    return rest ? a % b : a / b;
  }

  private long unary() {
    if (take("-")) return -unary();
    if (take("+")) return unary();
    if (!text.startsWith("!=", at) && take("!")) return unary() == 0 ? 1 : 0;
    if (take("(")) {
      long value = or();
      take(")");
      return value;
    }
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) at++;
    String token = text.substring(start, at);
    if (token.isEmpty())
      throw new ShellSyntax("arithmetic expression: expecting primary: \"" + text + "\"");
    try {
      if (token.startsWith("0x") || token.startsWith("0X"))
        return Long.parseLong(token.substring(2), 16);
      if (Character.isDigit(token.charAt(0)))
        return token.length() > 1 && token.startsWith("0")
            ? Long.parseLong(token, 8)
            : Long.parseLong(token);
      String value = shell.variable(token);
      return value == null || value.isBlank() ? 0 : Long.parseLong(value.strip());
    } catch (NumberFormatException e) {
      throw new ShellSyntax("Illegal number: " + token);
    }
  }
}
