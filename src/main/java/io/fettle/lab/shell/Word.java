package io.fettle.lab.shell;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A word before expansion. */
record Word(List<Part> parts) {
  /** A piece of a word. */
  sealed interface Part {}

  /** Text as it stands; {@code quoted} text is neither split nor matched as a pattern. */
  record Text(String text, boolean quoted) implements Part {}

  /** {@code $name}, {@code ${name:-word}} …; op null for a plain one. */
  record Param(String name, @Nullable String op, @Nullable Word argument, boolean quoted)
      implements Part {}

  /** {@code $( … )}. */
  record Substitution(Node body, boolean quoted) implements Part {}

  /** {@code $(( … ))}. */
  record Arithmetic(Word expression, boolean quoted) implements Part {}

  /**
   * The literal text, if the word is nothing else; null otherwise. Keywords are recognised only
   * unquoted.
   */
  @Nullable String literal() {
    StringBuilder all = new StringBuilder();
    for (Part part : parts) {
      if (part instanceof Text text && !text.quoted()) all.append(text.text());
      else return null;
    }
    return all.toString();
  }

  boolean quoted() {
    return parts.stream().anyMatch(p -> p instanceof Text t && t.quoted());
  }
}
