package io.fettle.cmdb.query;

import io.fettle.kernel.Problem;
import java.util.ArrayList;
import java.util.List;

/** Cuts a query into tokens, each with its column. */
final class Tokens {
  private static final String STOPS = "()[]'\",=!<>~";

  private Tokens() {}

  /** What a token is. */
  enum Kind {
    WORD,
    TEXT,
    SIGN,
    END
  }

  /**
   * @param column of its first character, from 1
   */
  record Token(Kind kind, String text, int column) {
    boolean is(String word) {
      return kind != Kind.TEXT && text.equals(word);
    }
  }

  static List<Token> cut(String query) {
    List<Token> out = new ArrayList<>();
    int at = 0;
    while (at < query.length()) {
      char c = query.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
      } else if (c == '\'' || c == '"') {
        at = text(query, at, c, out);
      } else if (STOPS.indexOf(c) >= 0) {
        at = sign(query, at, out);
      } else {
        int end = at;
        while (end < query.length() && plain(query.charAt(end))) end++;
        out.add(new Token(Kind.WORD, query.substring(at, end), at + 1));
        at = end;
      }
    }
    out.add(new Token(Kind.END, "", query.length() + 1));
    return out;
  }

  private static boolean plain(char c) {
    return !Character.isWhitespace(c) && STOPS.indexOf(c) < 0;
  }

  /** A quoted text; a backslash takes the next character as it is. */
  private static int text(String query, int start, char quote, List<Token> out) {
    StringBuilder value = new StringBuilder();
    for (int at = start + 1; at < query.length(); at++) {
      char c = query.charAt(at);
      if (c == quote) {
        out.add(new Token(Kind.TEXT, value.toString(), start + 1));
        return at + 1;
      }
      if (c == '\\' && at + 1 < query.length()) c = query.charAt(++at);
      value.append(c);
    }
    throw wrong(start + 1, query, "引号没有闭合", "this quote is never closed");
  }

  private static int sign(String query, int at, List<Token> out) {
    String two = query.substring(at, Math.min(query.length(), at + 2));
    String sign = List.of("==", "!=", "<=", ">=").contains(two) ? two : two.substring(0, 1);
    out.add(new Token(Kind.SIGN, sign, at + 1));
    return at + sign.length();
  }

  /** A refusal that names the column and what was expected there. */
  static Problem wrong(int column, String query, String zh, String en) {
    int from = Math.min(Math.max(0, column - 1), query.length());
    String rest = query.substring(from, Math.min(query.length(), from + 60));
    return Problem.badInput(
        "query", rest, "查询第 " + column + " 列：" + zh, "query, column " + column + ": " + en);
  }
}
