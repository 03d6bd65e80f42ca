package io.fettle.lab.shell;

import java.util.List;

/** One command of a simulated machine. Reads and changes only that machine's state. */
@FunctionalInterface
public interface Command {
  /** Runs; the answer is the exit status. */
  int run(Call call);

  /**
   * One call.
   *
   * @param args without the command's own name
   */
  record Call(Shell shell, Host host, String name, List<String> args, In in, Out out, Out err) {
    /** Prints {@code name: message} on standard error and answers the status. */
    public int fail(int status, String message) {
      err.line(name + ": " + message);
      return status;
    }

    /** The argument at an index, or the fallback. */
    public String arg(int index, String fallback) {
      return index < args.size() ? args.get(index) : fallback;
    }

    public String path(String file) {
      return Fs.normal(file, shell.cwd());
    }
  }
}
