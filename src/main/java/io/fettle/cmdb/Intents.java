package io.fettle.cmdb;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import java.time.Instant;
import java.util.List;

/**
 * Front door: what machines should be. A document says {@code for:} which machines (a CMDB query)
 * and what to {@code set:}; it reaches the machines as claims of a source of type INTENT, and
 * follows them when they change.
 */
public interface Intents {
  /**
   * Declares or replaces documents under a name, e.g. {@code accounts/web}; takes effect within
   * seconds.
   *
   * @param yaml one document, or several separated by {@code ---}
   * @throws io.fettle.kernel.Problem 422 with every mistake by line and column; nothing is changed
   */
  List<Document> declare(String name, String yaml, Actor actor);

  /**
   * The documents this text holds and how many machines each matches now; nothing is changed.
   *
   * @throws io.fettle.kernel.Problem 422 with every mistake by line and column
   */
  List<Document> check(String name, String yaml);

  /**
   * Takes back what was declared under a name; false when nothing was.
   *
   * @throws io.fettle.kernel.Problem 409 when it stands in a file: remove the file
   */
  boolean withdraw(String name, Actor actor);

  /** All documents in force, by name. */
  List<Document> list();

  /** Files of the intent folder that cannot be used; what they said before stays in force. */
  List<Broken> broken();

  /** Where a document came from. */
  enum Origin {
    FILE,
    DECLARED
  }

  /**
   * A document in force.
   *
   * @param name name it was declared under, or path of its file; {@code #2} for the second of a
   *     text
   * @param query which machines
   * @param machines how many of them match, as of the last turn
   * @param applied true once every machine has this version
   */
  record Document(
      String name,
      Origin origin,
      String query,
      String text,
      String declaredBy,
      Instant declaredAt,
      long version,
      long machines,
      boolean applied) {}

  /** A mistake in a file; line and column from 1. */
  record Broken(String file, int line, int column, Label why) {}
}
