package io.fettle.cli;

/** No server answered: exit code 3. */
final class Unreachable extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String sentence;

  Unreachable(String sentence, Throwable cause) {
    super(sentence, cause);
    this.sentence = sentence;
  }

  Unreachable(String sentence) {
    super(sentence);
    this.sentence = sentence;
  }

  String sentence() {
    return sentence;
  }
}
