package io.fettle.platform;

/** Fettle cannot start here; the message is one sentence that says what to do. */
public final class StartRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String sentence;

  public StartRefused(String sentence) {
    super(sentence);
    this.sentence = sentence;
  }

  public StartRefused(String sentence, Throwable cause) {
    super(sentence, cause);
    this.sentence = sentence;
  }

  /** What is wrong and what to do. */
  public String sentence() {
    return sentence;
  }
}
