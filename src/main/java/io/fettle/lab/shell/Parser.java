package io.fettle.lab.shell;

import io.fettle.lab.shell.Node.Assignment;
import io.fettle.lab.shell.Node.Branch;
import io.fettle.lab.shell.Node.Redirect;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recursive descent over the characters of a script; words are read where the grammar wants them.
 */
final class Parser {
  private static final Set<String> CLOSERS =
      Set.of("then", "else", "elif", "fi", "do", "done", "esac", "}");
  private final String text;
  private int at;
  private final Deque<HereDocument> pending = new ArrayDeque<>();

  private record HereDocument(
      String end, boolean stripTabs, boolean quoted, List<Word.Part> into) {}

  private Parser(String text) {
    this.text = text;
  }

  /** Parses a whole script. */
  static Node parse(String script) {
    Parser parser = new Parser(script.replace("\r\n", "\n"));
    Node node = parser.sequence();
    parser.blank();
    if (parser.at < parser.text.length()) throw parser.unexpected();
    return node;
  }

  private Node sequence() {
    List<Node> parts = new ArrayList<>();
    while (true) {
      newlines();
      if (end() || peek() == ')' || text.startsWith(";;", at) || CLOSERS.contains(keywordAhead()))
        break;
      Node node = andOr();
      blank();
      if (!end() && peek() == '&' && !text.startsWith("&&", at)) {
        at++;
        node = new Node.Background(node);
      } else if (!end() && peek() == ';' && !text.startsWith(";;", at)) {
        at++;
      } else if (!end() && peek() != '\n' && peek() != ')' && !text.startsWith(";;", at)) {
        throw unexpected();
      }
      parts.add(node);
    }
    return new Node.Sequence(parts);
  }

  private Node andOr() {
    Node left = pipeline();
    while (true) {
      blank();
      boolean and = text.startsWith("&&", at);
      if (!and && !text.startsWith("||", at)) return left;
      at += 2;
      newlines();
      left = new Node.AndOr(left, and, pipeline());
    }
  }

  private Node pipeline() {
    blank();
    boolean not = false;
    while ("!".equals(keywordAhead())) {
      word();
      not = !not;
      blank();
    }
    List<Node> parts = new ArrayList<>();
    parts.add(command());
    while (true) {
      blank();
      if (end() || peek() != '|' || text.startsWith("||", at)) break;
      at++;
      newlines();
      parts.add(command());
    }
    return parts.size() == 1 && !not ? parts.getFirst() : new Node.Pipeline(parts, not);
  }

  private Node command() {
    blank();
    if (end()) throw unexpected();
    Node compound = compound();
    if (compound == null) return simple();
    List<Redirect> redirects = new ArrayList<>();
    while (true) {
      blank();
      Redirect redirect = redirect();
      if (redirect == null) break;
      redirects.add(redirect);
    }
    return redirects.isEmpty() ? compound : new Node.Redirected(compound, redirects);
  }

  private @Nullable Node compound() {
    if (peek() == '(') {
      at++;
      Node body = sequence();
      expect(')');
      return new Node.Group(body, true);
    }
    return switch (keywordAhead()) {
      case "{" -> {
        word();
        Node body = sequence();
        keyword("}");
        yield new Node.Group(body, false);
      }
      case "if" -> ifNode();
      case "while" -> loop(false);
      case "until" -> loop(true);
      case "for" -> forNode();
      case "case" -> caseNode();
      default -> null;
    };
  }

  private Node ifNode() {
    word();
    Node condition = sequence();
    keyword("then");
    Node then = sequence();
    return switch (keywordAhead()) {
      case "elif" -> new Node.If(condition, then, ifNode());
      case "else" -> {
        word();
        Node otherwise = sequence();
        keyword("fi");
        yield new Node.If(condition, then, otherwise);
      }
      default -> {
        keyword("fi");
        yield new Node.If(condition, then, null);
      }
    };
  }

  private Node loop(boolean until) {
    word();
    Node condition = sequence();
    keyword("do");
    Node body = sequence();
    keyword("done");
    return new Node.Loop(condition, until, body);
  }

  private Node forNode() {
    word();
    blank();
    String name = name();
    newlines();
    List<Word> words = null;
    if ("in".equals(keywordAhead())) {
      word();
      words = new ArrayList<>();
      while (true) {
        blank();
        if (end() || peek() == ';' || peek() == '\n') break;
        words.add(word());
      }
    }
    blank();
    if (!end() && peek() == ';') at++;
    newlines();
    keyword("do");
    Node body = sequence();
    keyword("done");
    return new Node.For(name, words, body);
  }

  private Node caseNode() {
    word();
    blank();
    Word subject = word();
    newlines();
    keyword("in");
    List<Branch> branches = new ArrayList<>();
    while (true) {
      newlines();
      if ("esac".equals(keywordAhead())) break;
      if (peek() == '(') at++;
      List<Word> patterns = new ArrayList<>();
      do {
        if (!patterns.isEmpty()) at++;
        blank();
        patterns.add(word());
        blank();
      } while (!end() && peek() == '|');
      expect(')');
      Node body = sequence();
      branches.add(new Branch(patterns, body));
      newlines();
      if (text.startsWith(";;", at)) at += 2;
    }
    keyword("esac");
    return new Node.Case(subject, branches);
  }

  private Node simple() {
    List<Assignment> assignments = new ArrayList<>();
    List<Word> words = new ArrayList<>();
    List<Redirect> redirects = new ArrayList<>();
    while (true) {
      blank();
      if (end()) break;
      Redirect redirect = redirect();
      if (redirect != null) {
        redirects.add(redirect);
        continue;
      }
      char c = peek();
      if (c == '\n' || c == ';' || c == '&' || c == '|' || c == ')') break;
      if (c == '(') {
        if (words.size() == 1 && assignments.isEmpty() && text.startsWith("()", at))
          return function(words.getFirst());
        throw unexpected();
      }
      Assignment assignment = words.isEmpty() ? assignment() : null;
      if (assignment != null) assignments.add(assignment);
      else words.add(word());
    }
    if (assignments.isEmpty() && words.isEmpty() && redirects.isEmpty()) throw unexpected();
    return new Node.Simple(assignments, words, redirects);
  }

  private Node function(Word name) {
    at += 2;
    newlines();
    String literal = name.literal();
    if (literal == null) throw unexpected();
    return new Node.Function(literal, command());
  }

  private @Nullable Assignment assignment() {
    int i = at;
    while (i < text.length()
        && (Character.isLetterOrDigit(text.charAt(i)) || text.charAt(i) == '_')) i++;
    if (i == at
        || i >= text.length()
        || text.charAt(i) != '='
        || Character.isDigit(text.charAt(at))) return null;
    String name = text.substring(at, i);
    at = i + 1;
    boolean empty = end() || " \t\n;&|)<>".indexOf(peek()) >= 0;
    return new Assignment(name, empty ? new Word(List.of()) : word());
  }

  private @Nullable Redirect redirect() {
    int start = at;
    int fd = -1;
    int i = at;
    while (i < text.length() && Character.isDigit(text.charAt(i))) i++;
    if (i >= text.length() || (text.charAt(i) != '<' && text.charAt(i) != '>')) return null;
    if (i > at) fd = Integer.parseInt(text.substring(at, i));
    at = i;
    char c = text.charAt(at++);
    String op = String.valueOf(c);
    if (!end()) {
      char next = peek();
      if (c == '<' && next == '<') {
        at++;
        return hereDocument(fd);
      }
      if (next == '&' || (c == '>' && (next == '>' || next == '|'))) {
        op += next;
        at++;
      }
    }
    blank();
    if (end()) throw new ShellSyntax("unexpected end of redirection at " + start);
    return new Redirect(fd < 0 ? (c == '<' ? 0 : 1) : fd, op, word());
  }

  private Redirect hereDocument(int fd) {
    boolean strip = !end() && peek() == '-';
    if (strip) at++;
    blank();
    Word marker = word();
    StringBuilder end = new StringBuilder();
    for (Word.Part part : marker.parts()) if (part instanceof Word.Text t) end.append(t.text());
    List<Word.Part> into = new ArrayList<>();
    pending.add(new HereDocument(end.toString(), strip, marker.quoted(), into));
    return new Redirect(fd < 0 ? 0 : fd, "<<", new Word(into));
  }

  private void readHereDocuments() {
    while (!pending.isEmpty()) {
      HereDocument document = pending.remove();
      StringBuilder body = new StringBuilder();
      while (at < text.length()) {
        int newline = text.indexOf('\n', at);
        String line = newline < 0 ? text.substring(at) : text.substring(at, newline);
        at = newline < 0 ? text.length() : newline + 1;
        if (document.stripTabs()) line = line.replaceFirst("^\t+", "");
        if (line.equals(document.end())) break;
        body.append(line).append('\n');
      }
      if (document.quoted()) document.into().add(new Word.Text(body.toString(), true));
      else document.into().addAll(new Parser(body.toString()).insideQuotes('\0').parts());
    }
  }

  /** Reads one word; at must stand on its first character. */
  private Word word() {
    List<Word.Part> parts = new ArrayList<>();
    StringBuilder plain = new StringBuilder();
    while (!end()) {
      char c = peek();
      if (" \t\n;&|()<>".indexOf(c) >= 0) break;
      if (c == '\'') {
        flush(plain, parts);
        int close = text.indexOf('\'', at + 1);
        if (close < 0) throw new ShellSyntax("Unterminated quoted string");
        parts.add(new Word.Text(text.substring(at + 1, close), true));
        at = close + 1;
      } else if (c == '"') {
        flush(plain, parts);
        at++;
        parts.addAll(insideQuotes('"').parts());
      } else if (c == '\\') {
        at++;
        if (end()) break;
        if (peek() == '\n') {
          at++;
          continue;
        }
        flush(plain, parts);
        parts.add(new Word.Text(String.valueOf(text.charAt(at++)), true));
      } else if (c == '$' || c == '`') {
        Word.Part part = dollar(false);
        if (part == null) {
          plain.append(c);
        } else {
          flush(plain, parts);
          parts.add(part);
        }
      } else {
        plain.append(c);
        at++;
      }
    }
    flush(plain, parts);
    if (parts.isEmpty()) throw unexpected();
    return new Word(parts);
  }

  /**
   * Text inside double quotes, or a here-document when {@code close} is NUL. Consumes the closing
   * quote.
   */
  private Word insideQuotes(char close) {
    List<Word.Part> parts = new ArrayList<>();
    StringBuilder plain = new StringBuilder();
    boolean closed = close == '\0';
    while (!end()) {
      char c = peek();
      if (c == close) {
        at++;
        closed = true;
        break;
      }
      if (c == '\\' && at + 1 < text.length()) {
        char next = text.charAt(at + 1);
        if (next == '\n') {
          at += 2;
          continue;
        }
        if ("$`\\".indexOf(next) >= 0 || (next == '"' && close == '"')) {
          plain.append(next);
          at += 2;
          continue;
        }
      }
      if (c == '$' || c == '`') {
        Word.Part part = dollar(true);
        if (part == null) {
          plain.append(c);
        } else {
          if (plain.length() > 0) parts.add(new Word.Text(take(plain), true));
          parts.add(part);
        }
        continue;
      }
      plain.append(c);
      at++;
    }
    if (!closed) throw new ShellSyntax("Unterminated quoted string");
    if (plain.length() > 0 || parts.isEmpty()) parts.add(new Word.Text(plain.toString(), true));
    return new Word(parts);
  }

  /**
   * An expansion at {@code $} or a back quote; null (and one character on) when the dollar stands
   * for itself.
   */
  private Word.@Nullable Part dollar(boolean quoted) {
    if (peek() == '`') {
      int close = at + 1;
      StringBuilder body = new StringBuilder();
      while (close < text.length() && text.charAt(close) != '`') {
        if (text.charAt(close) == '\\'
            && close + 1 < text.length()
            && "$`\\".indexOf(text.charAt(close + 1)) >= 0) close++;
        body.append(text.charAt(close++));
      }
      at = close + 1;
      return new Word.Substitution(parse(body.toString()), quoted);
    }
    at++;
    if (end()) return null;
    char c = peek();
    if (text.startsWith("((", at)) {
      int close = matching(at + 2);
      if (close >= 0) {
        String expression = text.substring(at + 2, close);
        at = close + 2;
        return new Word.Arithmetic(new Parser(expression).insideQuotes('\0'), quoted);
      }
    }
    if (c == '(') {
      at++;
      Node body = sequence();
      expect(')');
      return new Word.Substitution(body, quoted);
    }
    if (c == '{') return braces(quoted);
    if ("@*#?-$!".indexOf(c) >= 0 || Character.isDigit(c)) {
      at++;
      return new Word.Param(String.valueOf(c), null, null, quoted);
    }
    int i = at;
    while (i < text.length()
        && (Character.isLetterOrDigit(text.charAt(i)) || text.charAt(i) == '_')) i++;
    if (i == at) return null;
    String name = text.substring(at, i);
    at = i;
    return new Word.Param(name, null, null, quoted);
  }

  private Word.Part braces(boolean quoted) {
    at++;
    if (peek() == '#' && at + 1 < text.length() && text.charAt(at + 1) != '}') {
      at++;
      String name = parameterName();
      expect('}');
      return new Word.Param(name, "length", null, quoted);
    }
    String name = parameterName();
    if (peek() == '}') {
      at++;
      return new Word.Param(name, null, null, quoted);
    }
    StringBuilder op = new StringBuilder().append(text.charAt(at++));
    if (op.charAt(0) == ':'
        || ((op.charAt(0) == '%' || op.charAt(0) == '#') && peek() == op.charAt(0))) {
      op.append(text.charAt(at++));
    }
    List<Word.Part> parts = new ArrayList<>();
    StringBuilder plain = new StringBuilder();
    while (!end() && peek() != '}') {
      char c = peek();
      if (c == '\'' && !quoted) {
        flush(plain, parts);
        int close = text.indexOf('\'', at + 1);
        if (close < 0) throw new ShellSyntax("Unterminated quoted string");
        parts.add(new Word.Text(text.substring(at + 1, close), true));
        at = close + 1;
      } else if (c == '"') {
        flush(plain, parts);
        at++;
        parts.addAll(insideQuotes('"').parts());
      } else if (c == '\\' && at + 1 < text.length()) {
        flush(plain, parts);
        parts.add(new Word.Text(String.valueOf(text.charAt(at + 1)), true));
        at += 2;
      } else if (c == '$' || c == '`') {
        Word.Part part = dollar(quoted);
        if (part == null) plain.append(c);
        else {
          flush(plain, parts);
          parts.add(part);
        }
      } else {
        plain.append(c);
        at++;
      }
    }
    flush(plain, parts);
    expect('}');
    return new Word.Param(name, op.toString(), new Word(parts), quoted);
  }

  private String parameterName() {
    int i = at;
    if (i < text.length() && "@*#?-$!".indexOf(text.charAt(i)) >= 0) i++;
    else
      while (i < text.length()
          && (Character.isLetterOrDigit(text.charAt(i)) || text.charAt(i) == '_')) i++;
    if (i == at) throw new ShellSyntax("Bad substitution");
    String name = text.substring(at, i);
    at = i;
    return name;
  }

  /** Index of the {@code ))} that closes an arithmetic expansion; -1 when there is none. */
  private int matching(int from) {
    int depth = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '(') depth++;
      if (c == ')' && depth == 0) return text.startsWith("))", i) ? i : -1;
      if (c == ')') depth--;
    }
    return -1;
  }

  private static void flush(StringBuilder plain, List<Word.Part> parts) {
    if (plain.length() > 0) parts.add(new Word.Text(take(plain), false));
  }

  private static String take(StringBuilder builder) {
    String all = builder.toString();
    builder.setLength(0);
    return all;
  }

  private String name() {
    Word word = word();
    String literal = word.literal();
    if (literal == null) throw unexpected();
    return literal;
  }

  private void keyword(String expected) {
    newlines();
    if (!expected.equals(keywordAhead())) throw unexpected(expected);
    at += expected.length();
  }

  /** The unquoted word that stands next, without consuming it; empty when none. */
  private String keywordAhead() {
    int i = at;
    while (i < text.length() && (text.charAt(i) == ' ' || text.charAt(i) == '\t')) i++;
    int start = i;
    while (i < text.length() && " \t\n;&|()<>'\"\\$`".indexOf(text.charAt(i)) < 0) i++;
    boolean ends = i >= text.length() || "'\"\\$`".indexOf(text.charAt(i)) < 0;
    if (!ends) return "";
    String word = text.substring(start, i);
    if (start > at && !word.isEmpty()) at = start;
    return word;
  }

  private void blank() {
    while (!end()) {
      char c = peek();
      if (c == ' ' || c == '\t') at++;
      else if (c == '\\' && text.startsWith("\\\n", at)) at += 2;
      else if (c == '#') while (!end() && peek() != '\n') at++;
      else break;
    }
  }

  private void newlines() {
    while (true) {
      blank();
      if (end() || peek() != '\n') return;
      at++;
      readHereDocuments();
    }
  }

  private void expect(char c) {
    newlines();
    if (end() || peek() != c) throw unexpected(String.valueOf(c));
    at++;
  }

  private boolean end() {
    return at >= text.length();
  }

  private char peek() {
    if (end()) throw new ShellSyntax("Syntax error: end of file unexpected");
    return text.charAt(at);
  }

  private ShellSyntax unexpected() {
    return new ShellSyntax("Syntax error: " + here() + " unexpected");
  }

  private ShellSyntax unexpected(String expected) {
    return new ShellSyntax(
        "Syntax error: " + here() + " unexpected (expecting \"" + expected + "\")");
  }

  private String here() {
    if (end()) return "end of file";
    int stop = Math.min(text.length(), at + 20);
    return '"' + text.substring(at, stop).replace("\n", "\\n") + '"';
  }
}
