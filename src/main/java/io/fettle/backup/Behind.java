package io.fettle.backup;

import io.fettle.kernel.Label;
import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Shown;

/** A target was not brought up to date, and why. */
final class Behind extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 400;

  private final transient Label why;

  Behind(String zh, String en) {
    super(en);
    why = new Label(zh, en);
  }

  /** With the last words of a program, which may have come from the other machine. */
  static Behind says(String program, String words) {
    String line = Shown.text(RemoteText.cut(words.strip().replaceAll("\\s+", " "), LONGEST));
    return new Behind(program + "：" + line, program + ": " + line);
  }

  Label why() {
    return why;
  }
}
