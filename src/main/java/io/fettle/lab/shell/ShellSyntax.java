package io.fettle.lab.shell;

/** The script cannot be parsed; the message is what sh would print. */
final class ShellSyntax extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ShellSyntax(String message) {
    super(message);
  }
}
