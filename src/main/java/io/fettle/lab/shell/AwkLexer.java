package io.fettle.lab.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The words of an awk program. */
final class AwkLexer {
  private static final Set<String> WORDS =
      Set.of(
          "BEGIN",
          "END",
          "if",
          "else",
          "while",
          "for",
          "do",
          "in",
          "print",
          "printf",
          "next",
          "exit",
          "break",
          "continue",
          "delete",
          "function",
          "func",
          "return",
          "getline");
  static final Set<String> CALLS =
      Set.of(
          "length", "substr", "index", "split", "sub", "gsub", "match", "tolower", "toupper",
          "sprintf", "int");
  private static final List<String> SIGNS =
      List.of(
          "&&", "||", "==", "!=", "<=", ">=", "!~", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=",
          "{", "}", "(", ")", "[", "]", ";", ",", "+", "-", "*", "/", "%", "^", "!", "<", ">", "|",
          "?", ":", "~", "$", "=");

  enum Kind {
    NUMBER,
    STRING,
    REGEX,
    NAME,
    CALL,
    WORD,
    SIGN,
    LINE,
    END
  }

  record Token(Kind kind, String text) {
    boolean is(String sign) {
      return (kind == Kind.SIGN || kind == Kind.WORD) && text.equals(sign);
    }
  }

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private AwkLexer(String text) {
    this.text = text;
  }

  static List<Token> read(String text) {
    AwkLexer lexer = new AwkLexer(text);
    while (lexer.at < text.length()) lexer.next();
    lexer.add(Kind.END, "");
    return lexer.tokens;
  }

  private void add(Kind kind, String word) {
    tokens.add(new Token(kind, word));
  }

  private void next() {
    char c = text.charAt(at);
    if (c == '\n') {
      at++;
      add(Kind.LINE, "\n");
    } else if (Character.isWhitespace(c)) {
      at++;
    } else if (text.startsWith("\\\n", at)) {
      at += 2;
    } else if (c == '#') {
      while (at < text.length() && text.charAt(at) != '\n') at++;
    } else if (c == '"') {
      add(Kind.STRING, quoted('"'));
    } else if (c == '/' && regexMayStart()) {
      add(Kind.REGEX, quoted('/'));
    } else if (Character.isDigit(c) || (c == '.' && digitAt(at + 1))) {
      number();
    } else if (Character.isLetter(c) || c == '_') {
      name();
    } else {
      sign();
    }
  }

  private boolean digitAt(int index) {
    return index < text.length() && Character.isDigit(text.charAt(index));
  }

  /** A slash after a value divides. */
  private boolean regexMayStart() {
    if (tokens.isEmpty()) return true;
    Token last = tokens.getLast();
    return switch (last.kind()) {
      case NUMBER, STRING, REGEX, NAME, CALL -> false;
      case SIGN -> !Set.of(")", "]", "++", "--", "$").contains(last.text());
      case WORD, LINE, END -> true;
    };
  }

  private String quoted(char end) {
    StringBuilder out = new StringBuilder();
    boolean bracket = false;
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\n') break;
      if (end == '/' && c == '[') bracket = true;
      if (end == '/' && c == ']') bracket = false;
      if (c == end && !bracket) {
        at++;
        return out.toString();
      }
      if (c != '\\' || at + 1 >= text.length()) {
        out.append(c);
      } else if (end == '/') {
        if (text.charAt(at + 1) != '/') out.append('\\');
        out.append(text.charAt(++at));
      } else {
        escape(out);
      }
    }
    throw new ShellSyntax("unterminated " + (end == '/' ? "regexp" : "string"));
  }

  private void escape(StringBuilder out) {
    char e = text.charAt(++at);
    switch (e) {
      case 'n' -> out.append('\n');
      case 't' -> out.append('\t');
      case 'r' -> out.append('\r');
      case '"', '\\', '/' -> out.append(e);
      default -> {
        if (e < '0' || e > '7') {
          out.append('\\').append(e);
          return;
        }
        int end = at;
        while (end < at + 3 && end < text.length() && "01234567".indexOf(text.charAt(end)) >= 0)
          end++;
        out.append((char) Integer.parseInt(text.substring(at, end), 8));
        at = end - 1;
      }
    }
  }

  private void number() {
    int start = at;
    while (at < text.length() && (digitAt(at) || text.charAt(at) == '.')) at++;
    if (at < text.length() && "eE".indexOf(text.charAt(at)) >= 0 && digitAt(at + 1)) {
      at++;
      while (digitAt(at)) at++;
    }
    add(Kind.NUMBER, text.substring(start, at));
  }

  private void name() {
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) at++;
    String word = text.substring(start, at);
    add(WORDS.contains(word) ? Kind.WORD : CALLS.contains(word) ? Kind.CALL : Kind.NAME, word);
  }

  private void sign() {
    for (String sign : SIGNS)
      if (text.startsWith(sign, at)) {
        at += sign.length();
        add(Kind.SIGN, sign);
        return;
      }
    throw new ShellSyntax("syntax error at or near " + text.charAt(at));
  }
}
