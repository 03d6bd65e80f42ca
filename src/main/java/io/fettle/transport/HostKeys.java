package io.fettle.transport;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Endpoint;
import io.fettle.kernel.Page;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Front door of the pinned host keys. */
public interface HostKeys {
  /** What is pinned for this endpoint; empty before the first contact. */
  Optional<HostKey> of(Endpoint endpoint);

  /**
   * Judges a key that the endpoint has just proven to hold, and pins it on first contact. Two first
   * contacts at once pin one key.
   *
   * @param type as in OpenSSH, e.g. {@code ssh-ed25519}
   * @param key public key, Base64 as in known_hosts
   */
  Judgement judge(Endpoint endpoint, String type, String key);

  /** By address; state null lists all. */
  Page<HostKey> list(HostKey.@Nullable State state, @Nullable String cursor, int limit);

  /**
   * Makes the offered keys the pinned ones, audited one by one.
   *
   * @param fingerprints only these offered keys; empty: whichever is offered now
   * @return the endpoints whose key was taken over
   */
  List<Endpoint> accept(
      Collection<Endpoint> endpoints, Set<String> fingerprints, Actor actor, String reason);

  /** Keeps the pinned keys and marks the offered ones as refused; as {@link #accept}. */
  List<Endpoint> refuse(
      Collection<Endpoint> endpoints, Set<String> fingerprints, Actor actor, String reason);

  /** What a shown key means. */
  enum Judgement {
    FIRST_CONTACT,
    KNOWN,
    CHANGED
  }
}
