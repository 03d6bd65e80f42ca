package io.fettle.identity;

import io.fettle.kernel.Page;
import io.fettle.kernel.Viewer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Front door of the people. Changes are for administrators and are audited; input that cannot be
 * taken is a {@link io.fettle.kernel.Problem}.
 */
public interface People {
  /** The person with this account name. */
  Optional<Person> find(String name);

  /**
   * People by name.
   *
   * @param cursor the {@code next} of the page before; null for the first
   * @param limit 1 to 500; more is cut
   */
  Page<Person> page(@Nullable String cursor, int limit);

  /** Names of teams, sorted; the first 1,000. */
  List<String> teams();

  /** Makes a person and answers a first password, to be changed at the first sign-in. */
  FirstPassword create(NewPerson person, Viewer by);

  /** Changes a person; the last administrator who may sign in stays one. */
  Person change(String name, PersonChange change, Viewer by);

  /** Sets a random password, to be changed at the next sign-in, and ends the person's sessions. */
  FirstPassword resetPassword(String name, Viewer by);

  /** A person changes the own password; all their other sessions end. */
  void changePassword(String name, String old, String fresh, Viewer by);

  /** A person with a password that is shown once. */
  record FirstPassword(Person person, String password) {
    @Override
    public String toString() {
      return "FirstPassword[" + person.name() + "]";
    }
  }
}
