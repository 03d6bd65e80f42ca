package io.fettle.lab.shell;

/** A call on a file that the kernel of a simulated machine refuses. */
public final class Refused extends Exception {
  private static final long serialVersionUID = 1L;
  private final Why why;

  /** Why it does, in the words that commands print. */
  public enum Why {
    NO_ENTRY("No such file or directory"),
    DENIED("Permission denied"),
    NOT_OWNER("Operation not permitted"),
    EXISTS("File exists"),
    NO_FOLDER("Not a directory"),
    FOLDER("Is a directory"),
    NOT_EMPTY("Directory not empty"),
    READ_ONLY("Read-only file system"),
    CIRCLE("Too many levels of symbolic links"),
    LONG_NAME("File name too long"),
    INVALID("Invalid argument"),
    LARGE("File too large"),
    FULL("No space left on device");

    private final String words;

    Why(String words) {
      this.words = words;
    }
  }

  Refused(Why why) {
    super(why.words, null, false, false);
    this.why = why;
  }

  public Why why() {
    return why;
  }

  String words() {
    return why.words;
  }
}
