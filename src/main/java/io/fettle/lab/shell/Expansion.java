package io.fettle.lab.shell;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Word expansion: parameters, command substitution, arithmetic, field splitting and path names
 * (POSIX section 2.6).
 */
final class Expansion {
  private final Shell shell;

  Expansion(Shell shell) {
    this.shell = shell;
  }

  /**
   * A stretch of text; only what an unquoted expansion gave is split, only unquoted text is a
   * pattern.
   */
  private record Piece(String text, boolean quoted, boolean split) {
    Piece(String text, boolean quoted) {
      this(text, quoted, !quoted);
    }
  }

  /** All fields of several words. */
  List<String> fields(List<Word> words, Shell.Streams io) {
    List<String> fields = new ArrayList<>();
    for (Word word : words) {
      List<String> all = allPositional(word);
      if (all != null) {
        fields.addAll(all);
        continue;
      }
      for (List<Piece> field : split(pieces(word, io))) fields.addAll(paths(field));
    }
    return fields;
  }

  /**
   * One string, neither split nor matched against files: assignments, redirections, case subjects.
   */
  String single(Word word, Shell.Streams io) {
    StringBuilder all = new StringBuilder();
    for (Piece piece : pieces(word, io)) all.append(piece.text());
    return all.toString();
  }

  /** A pattern in which quoted text stands for itself. */
  String pattern(Word word, Shell.Streams io) {
    StringBuilder all = new StringBuilder();
    for (Piece piece : pieces(word, io))
      all.append(piece.quoted() ? Glob.quote(piece.text()) : piece.text());
    return all.toString();
  }

  private @Nullable List<String> allPositional(Word word) {
    if (word.parts().size() == 1
        && word.parts().getFirst() instanceof Word.Param p
        && p.op() == null
        && p.quoted()
        && p.name().equals("@")) {
      return shell.positional();
    }
    return null;
  }

  private List<Piece> pieces(Word word, Shell.Streams io) {
    List<Piece> pieces = new ArrayList<>();
    boolean first = true;
    for (Word.Part part : word.parts()) {
      switch (part) {
        case Word.Text(String text, boolean quoted) -> {
          String home = shell.variable("HOME");
          boolean tilde =
              first && !quoted && home != null && (text.equals("~") || text.startsWith("~/"));
          pieces.add(new Piece(tilde ? home + text.substring(1) : text, quoted || tilde, false));
        }
        case Word.Param param -> pieces.add(new Piece(parameter(param, io), param.quoted()));
        case Word.Substitution(Node body, boolean quoted) ->
            pieces.add(new Piece(substitute(body, io), quoted));
        case Word.Arithmetic(Word expression, boolean quoted) ->
            pieces.add(
                new Piece(
                    Long.toString(new Arithmetic(shell, single(expression, io)).value()), quoted));
      }
      first = false;
    }
    return pieces;
  }

  private String substitute(Node body, Shell.Streams io) {
    Out out = new Out();
    shell.status(shell.subshell(body, io.piped(io.in(), out)));
    String text = out.toString().replace("\0", "");
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '\n') end--;
    return text.substring(0, end);
  }

  private String parameter(Word.Param param, Shell.Streams io) {
    String value = value(param.name());
    String op = param.op();
    if (op == null) return value == null ? "" : value;
    if (op.equals("length")) return Integer.toString(value == null ? 0 : value.length());
    Word argument = param.argument() == null ? new Word(List.of()) : param.argument();
    boolean unset = value == null || (op.startsWith(":") && value.isEmpty());
    return switch (op) {
      case ":-", "-" -> unset ? single(argument, io) : orEmpty(value);
      case ":+", "+" -> unset ? "" : single(argument, io);
      case ":=", "=" -> {
        if (unset) shell.assign(param.name(), single(argument, io));
        yield orEmpty(value(param.name()));
      }
      case ":?", "?" -> {
        if (unset) throw new ShellSyntax(param.name() + ": " + single(argument, io));
        yield orEmpty(value);
      }
      case "#", "##" -> cutFront(orEmpty(value), pattern(argument, io), op.length() == 2);
      case "%", "%%" -> cutBack(orEmpty(value), pattern(argument, io), op.length() == 2);
      default -> throw new ShellSyntax("Bad substitution");
    };
  }

  private static String orEmpty(@Nullable String value) {
    return value == null ? "" : value;
  }

  private static String cutFront(String value, String pattern, boolean longest) {
    for (int i = 0; i <= value.length(); i++) {
      int n = longest ? value.length() - i : i;
      if (Glob.matches(pattern, value.substring(0, n))) return value.substring(n);
    }
    return value;
  }

  private static String cutBack(String value, String pattern, boolean longest) {
    for (int i = 0; i <= value.length(); i++) {
      int n = longest ? i : value.length() - i;
      if (Glob.matches(pattern, value.substring(n))) return value.substring(0, n);
    }
    return value;
  }

  private @Nullable String value(String name) {
    return switch (name) {
      case "?" -> Integer.toString(shell.status());
      case "#" -> Integer.toString(shell.positional().size());
      case "@", "*" -> String.join(" ", shell.positional());
      case "$" -> "4242";
      case "!" -> "4243";
      case "-" -> "";
      case "0" -> shell.name();
      default -> {
        if (!Character.isDigit(name.charAt(0))) yield shell.variable(name);
        int index = Integer.parseInt(name) - 1;
        yield index < shell.positional().size() ? shell.positional().get(index) : null;
      }
    };
  }

  private List<List<Piece>> split(List<Piece> pieces) {
    String ifs = shell.variable("IFS");
    String separators = ifs == null ? " \t\n" : ifs;
    List<List<Piece>> fields = new ArrayList<>();
    List<Piece> current = new ArrayList<>();
    boolean open = false;
    for (Piece piece : pieces) {
      if (!piece.split()) {
        current.add(piece);
        open = true;
        continue;
      }
      StringBuilder run = new StringBuilder();
      for (char c : piece.text().toCharArray()) {
        if (separators.indexOf(c) < 0) {
          run.append(c);
          open = true;
          continue;
        }
        if (run.length() > 0) current.add(new Piece(take(run), false));
        if (open) {
          fields.add(current);
          current = new ArrayList<>();
          open = false;
        }
      }
      if (run.length() > 0) current.add(new Piece(take(run), false));
    }
    if (open) fields.add(current);
    return fields;
  }

  private static String take(StringBuilder builder) {
    String all = builder.toString();
    builder.setLength(0);
    return all;
  }

  private List<String> paths(List<Piece> field) {
    StringBuilder plain = new StringBuilder();
    StringBuilder pattern = new StringBuilder();
    boolean wild = false;
    for (Piece piece : field) {
      plain.append(piece.text());
      pattern.append(piece.quoted() ? Glob.quote(piece.text()) : piece.text());
      wild |= !piece.quoted() && piece.text().matches("(?s).*[*?\\[].*");
    }
    if (!wild) return List.of(plain.toString());
    List<String> found = match(pattern.toString());
    return found.isEmpty() ? List.of(plain.toString()) : found;
  }

  private List<String> match(String pattern) {
    boolean absolute = pattern.startsWith("/");
    List<String> found = new ArrayList<>(List.of(absolute ? "/" : ""));
    for (String part : pattern.split("/")) {
      if (part.isEmpty()) continue;
      List<String> next = new ArrayList<>();
      for (String base : found) {
        String folder = Fs.normal(base.isEmpty() ? "." : base, shell.cwd());
        String prefix = base.isEmpty() || base.endsWith("/") ? base : base + "/";
        if (!part.matches("(?s).*[*?\\[].*")) {
          if (shell.host().fs().exists(Fs.normal(prefix + part, shell.cwd())))
            next.add(prefix + part);
          continue;
        }
        for (String name : shell.host().fs().list(folder)) {
          if (name.startsWith(".") && !part.startsWith(".")) continue;
          if (Glob.matches(part, name)) next.add(prefix + name);
        }
      }
      found = next;
    }
    return found;
  }
}
