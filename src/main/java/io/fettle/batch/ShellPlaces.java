package io.fettle.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where in a shell text names in braces stand. It follows quotes, comments, here-documents and
 * substitutions as POSIX has them; where it might err it says less than {@link Place#WORD}.
 */
final class ShellPlaces {
  private static final Pattern NAME =
      Pattern.compile("\\{([a-z][a-z0-9_]*(?:\\.[a-z][a-z0-9_]*)*)\\}");

  /** What surrounds a name. */
  enum Place {
    /** Outside of all quotes: part of a word of a command. */
    WORD,
    COMMENT,
    /** Within quotes, a here-document, an old substitution or an arithmetic one. */
    QUOTED
  }

  /** A name with its braces. */
  record Found(int from, int to, String name, int line, Place place) {}

  private enum In {
    CODE,
    PARENTHESIS,
    SUBSTITUTION,
    DOUBLE,
    PARAMETER
  }

  private record Here(String end, boolean tabs) {}

  private final String text;
  private final Matcher name;
  private final List<Found> found = new ArrayList<>();
  private final Deque<In> within = new ArrayDeque<>();
  private final List<Here> heres = new ArrayList<>();
  private int at;
  private int lineAt;
  private int line = 1;
  private boolean wordBegins = true;
  private boolean open;

  private ShellPlaces(String text) {
    this.text = text;
    this.name = NAME.matcher(text);
  }

  /**
   * Names in their order.
   *
   * @param open true when a quote or substitution does not end: then no place is certain
   */
  record Read(List<Found> names, boolean open) {}

  static Read of(String text) {
    ShellPlaces places = new ShellPlaces(text);
    if (NAME.matcher(text).find()) places.read();
    return new Read(List.copyOf(places.found), places.open);
  }

  private void read() {
    within.push(In.CODE);
    while (at < text.length()) {
      switch (within.element()) {
        case CODE, PARENTHESIS, SUBSTITUTION -> code();
        case DOUBLE -> quoted('"');
        case PARAMETER -> quoted('}');
      }
    }
    open |= within.size() > 1 || !heres.isEmpty();
  }

  private void code() {
    char c = text.charAt(at);
    boolean begins = wordBegins;
    wordBegins = " \t\n;&|()".indexOf(c) >= 0;
    switch (c) {
      case '\\' -> at += 2;
      case '\'' -> until("'", Place.QUOTED);
      case '`' -> escaped('`');
      case '"' -> enter(In.DOUBLE, 1);
      case '$' -> dollar();
      case '(' -> enter(In.PARENTHESIS, 1);
      case ')' -> leave(within.element() == In.SUBSTITUTION ? In.SUBSTITUTION : In.PARENTHESIS);
      case '<' -> less();
      case '\n' -> newLine();
      case '{' -> name(Place.WORD);
      case '#' -> {
        if (begins) comment();
        else at++;
      }
      default -> at++;
    }
  }

  /** In double quotes, or between the braces of a parameter. */
  private void quoted(char end) {
    char c = text.charAt(at);
    if (c == end) leave(within.element());
    else if (c == '\\') at += 2;
    else if (c == '`') escaped('`');
    else if (c == '$') dollar();
    else if (c == '"') enter(In.DOUBLE, 1);
    else if (c == '{') name(Place.QUOTED);
    else at++;
  }

  private void dollar() {
    if (text.startsWith("$((", at)) arithmetic();
    else if (text.startsWith("$(", at)) enter(In.SUBSTITUTION, 2);
    else if (text.startsWith("${", at)) enter(In.PARAMETER, 2);
    else if (text.startsWith("$'", at) && within.element() != In.DOUBLE) {
      at++;
      escaped('\'');
    } else at++;
  }

  private void enter(In what, int length) {
    within.push(what);
    at += length;
    wordBegins = true;
  }

  /** What is quoted or substituted is part of a word, which goes on behind it. */
  private void leave(In what) {
    if (within.element() == what) within.pop();
    if (what != In.PARENTHESIS) wordBegins = false;
    at++;
  }

  /** Up to a closing sign, over whatever a backslash stands before. */
  private void escaped(char end) {
    int from = at++;
    while (at < text.length() && text.charAt(at) != end) at += text.charAt(at) == '\\' ? 2 : 1;
    open |= at >= text.length();
    names(from, Math.min(at, text.length()), Place.QUOTED);
    at++;
  }

  private void until(String end, Place place) {
    int to = text.indexOf(end, at + 1);
    open |= to < 0;
    names(at, to < 0 ? text.length() : to, place);
    at = to < 0 ? text.length() : to + end.length();
  }

  private void arithmetic() {
    int from = at;
    int depth = 0;
    for (; at < text.length(); at++) {
      if (text.charAt(at) == '(') depth++;
      if (text.charAt(at) == ')' && --depth == 0) break;
    }
    open |= at >= text.length();
    names(from, Math.min(at, text.length()), Place.QUOTED);
    at++;
  }

  private void comment() {
    int to = text.indexOf('\n', at);
    names(at, to < 0 ? text.length() : to, Place.COMMENT);
    at = to < 0 ? text.length() : to;
  }

  private void less() {
    if (text.startsWith("<<<", at)) at += 3;
    else if (text.startsWith("<<", at)) here();
    else at++;
  }

  private void here() {
    at += 2;
    boolean tabs = at < text.length() && text.charAt(at) == '-';
    if (tabs) at++;
    while (at < text.length() && " \t".indexOf(text.charAt(at)) >= 0) at++;
    StringBuilder end = new StringBuilder();
    char quote = 0;
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (quote == 0 ? " \t\n;&|()<>".indexOf(c) >= 0 : c == '\n') break;
      if (c == quote) quote = 0;
      else if (quote == 0 && (c == '\'' || c == '"')) quote = c;
      else if (c != '\\') end.append(c);
    }
    heres.add(new Here(end.toString(), tabs));
  }

  private void newLine() {
    at++;
    for (Here here : heres) body(here);
    heres.clear();
  }

  private void body(Here here) {
    int from = at;
    while (at < text.length()) {
      int to = text.indexOf('\n', at);
      String one = text.substring(at, to < 0 ? text.length() : to);
      int began = at;
      at = to < 0 ? text.length() : to + 1;
      if ((here.tabs() ? one.replaceFirst("^\t+", "") : one).equals(here.end())) {
        names(from, began, Place.QUOTED);
        return;
      }
    }
    open = true;
    names(from, at, Place.QUOTED);
  }

  private void names(int from, int to, Place place) {
    int back = at;
    for (at = text.indexOf('{', from); at >= 0 && at < to; at = text.indexOf('{', at)) name(place);
    at = back;
  }

  /** A brace: a name where nothing says that it belongs to something else. */
  private void name(Place place) {
    boolean other = at > 0 && "$%\\{".indexOf(text.charAt(at - 1)) >= 0;
    name.region(at, text.length());
    if (other || !name.lookingAt()) {
      at++;
      return;
    }
    found.add(new Found(at, name.end(), name.group(1), line(at), place));
    at = name.end();
  }

  private int line(int to) {
    for (; lineAt < to; lineAt++) if (text.charAt(lineAt) == '\n') line++;
    return line;
  }
}
