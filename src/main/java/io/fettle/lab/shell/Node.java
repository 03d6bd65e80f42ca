package io.fettle.lab.shell;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a script is made of after parsing (POSIX.1-2024 Shell Command Language, section 2.9). */
sealed interface Node {
  /** Commands one after the other. */
  record Sequence(List<Node> parts) implements Node {}

  /** {@code left && right} or {@code left || right}. */
  record AndOr(Node left, boolean and, Node right) implements Node {}

  /** {@code a | b | c}, perhaps negated by {@code !}. */
  record Pipeline(List<Node> parts, boolean not) implements Node {}

  /** A command with its assignments and redirections. */
  record Simple(List<Assignment> assignments, List<Word> words, List<Redirect> redirects)
      implements Node {}

  /** {@code if … then … else … fi}; {@code otherwise} may be another If. */
  record If(Node condition, Node then, @Nullable Node otherwise) implements Node {}

  /** {@code while} or {@code until}. */
  record Loop(Node condition, boolean until, Node body) implements Node {}

  /** {@code for name in words; do … done}; words null means the positional parameters. */
  record For(String name, @Nullable List<Word> words, Node body) implements Node {}

  /** {@code case word in pattern) … ;; esac}. */
  record Case(Word word, List<Branch> branches) implements Node {}

  /** {@code { … }} or {@code ( … )}. */
  record Group(Node body, boolean subshell) implements Node {}

  /** Any compound command with redirections behind it. */
  record Redirected(Node body, List<Redirect> redirects) implements Node {}

  /** {@code name() { … }}. */
  record Function(String name, Node body) implements Node {}

  /** {@code command &}: run at once here; there is no second process. */
  record Background(Node body) implements Node {}

  /** One branch of a case. */
  record Branch(List<Word> patterns, Node body) {}

  /** {@code name=value}. */
  record Assignment(String name, Word value) {}

  /**
   * A redirection.
   *
   * @param op one of {@code < > >> >& <& << >|}
   * @param target file name, descriptor number, or the here-document itself
   */
  record Redirect(int fd, String op, Word target) {}
}
