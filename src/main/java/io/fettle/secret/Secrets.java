package io.fettle.secret;

import io.fettle.kernel.Actor;
import java.util.List;
import java.util.Optional;

/** Front door of the credential store. */
public interface Secrets {
  /**
   * Stores or replaces a credential, encrypted, audited.
   *
   * @throws io.fettle.kernel.Problem 422 when a key cannot be read
   */
  void put(Credential credential, Actor actor);

  /** Opens a credential for a transport; empty when there is none of this name. */
  Optional<Credential> open(String name);

  /** Names, kinds and users; never secrets. */
  List<Entry> list();

  /** Removes it; true when it was there. */
  boolean remove(String name, Actor actor);

  /** A credential as shown to people. */
  record Entry(String name, Credential.Kind kind, String user) {}
}
