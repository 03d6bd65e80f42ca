package io.fettle.batch;

import io.fettle.transport.ssh.SshCommand;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program that a script's first line names; it is run by that one and by no other. */
final class Interpreter {
  private static final Pattern FIRST =
      Pattern.compile("^#![ \\t]*(/[^\\s\\x00]+)(?:[ \\t]+([^\\r\\n]*?))?[ \\t\\r]*(?:\\n|$)");
  private static final Set<String> SHELLS = Set.of("sh", "dash", "ash", "bash", "ksh", "mksh");

  private Interpreter() {}

  /** True when it is no shell's text, in which Fettle's variables have no place. */
  static boolean other(Wish wish) {
    return wish.kind() == JobKind.SCRIPT && !SHELLS.contains(name(wish.body()));
  }

  /**
   * What is sent: the text itself where {@code sh} runs it, else a few lines that store it in a
   * file of one's own, run it by its program and take the file away again.
   *
   * @param script as it was written, whose first line counts
   * @param text the same with its variables filled in
   */
  static String sent(String script, String text) {
    Matcher first = FIRST.matcher(script);
    if (!first.find() || plain(first)) return text;
    String words = SshCommand.quoted(first.group(1));
    String argument = first.group(2);
    if (argument != null && !argument.isEmpty()) words += " " + SshCommand.quoted(argument);
    return """
    fettle_file=$(mktemp "${TMPDIR:-/tmp}/fettle.XXXXXXXXXX") || exit 126
    trap 'rm -f -- "$fettle_file"' EXIT
    trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM
    printf '%%s' %s >"$fettle_file" || exit 126
    %s "$fettle_file"
    """
        .formatted(SshCommand.quoted(text), words);
  }

  /**
   * What takes the text is sh already; {@code #!/bin/sh -e} is another, that stops at a failure.
   */
  private static boolean plain(Matcher first) {
    String program = last(first.group(1));
    String argument = first.group(2) == null ? "" : first.group(2).strip();
    return argument.isEmpty()
        ? program.equals("sh")
        : program.equals("env") && argument.equals("sh");
  }

  /** {@code #!/usr/bin/env python3} names python3; without such a line it is sh. */
  private static String name(String script) {
    Matcher first = FIRST.matcher(script);
    if (!first.find()) return "sh";
    String program = last(first.group(1));
    String argument = first.group(2) == null ? "" : first.group(2).strip();
    boolean env = program.equals("env") && !argument.isEmpty();
    String word = argument.split("[ \\t]+", 2)[0];
    return env && !word.startsWith("-") ? last(word) : program;
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
