package io.fettle.batch;

/** What is done on each machine. */
public enum JobKind {
  /** One shell command. */
  COMMAND,
  /** A file of shell text. */
  SCRIPT,
  /** A typed action of a pack, with its own read-back. */
  ACTION
}
