package io.fettle.transport;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Endpoint;
import io.fettle.kernel.Page;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Front door of the pinned host keys. */
public interface HostKeys {
  /** What is pinned for this endpoint; empty before the first contact. */
  Optional<HostKey> of(Endpoint endpoint);

  /** The same for many; an endpoint without a pinned key is not in the answer. */
  Map<Endpoint, HostKey> of(Collection<Endpoint> endpoints);

  /**
   * Judges a key that the endpoint has just proven to hold, and pins it on first contact. Two first
   * contacts at once pin one key.
   *
   * @param pinned what was pinned a moment ago: a key equal to it is not looked up again
   * @param type as in OpenSSH, e.g. {@code ssh-ed25519}
   * @param key public key, Base64 as in known_hosts
   */
  Judgement judge(Endpoint endpoint, Optional<HostKey> pinned, String type, String key);

  /** By address; state null lists all. */
  Page<HostKey> list(HostKey.@Nullable State state, @Nullable String cursor, int limit);

  /**
   * Makes the offered keys the pinned ones, audited one by one.
   *
   * @return the endpoints whose key was taken over
   */
  List<Endpoint> accept(Collection<Endpoint> endpoints, Choice choice, Actor actor, String reason);

  /** Keeps the pinned keys and marks the offered ones as refused; as {@link #accept}. */
  List<Endpoint> refuse(Collection<Endpoint> endpoints, Choice choice, Actor actor, String reason);

  /** Which keys {@link #accept} would take over now. */
  List<HostKey> offered(Collection<Endpoint> endpoints, Choice choice);

  /**
   * Which of the offered keys are meant.
   *
   * @param fingerprints only these; empty: whichever is offered now
   * @param since only keys that were first offered at this time or later; null: whenever
   * @param query how the endpoints were chosen, for the audit record; null when one by one
   */
  record Choice(Set<String> fingerprints, @Nullable Instant since, @Nullable String query) {
    /** Whichever is offered. */
    public static final Choice ANY = new Choice(Set.of(), null, null);

    public Choice {
      fingerprints = Set.copyOf(fingerprints);
    }

    /** These keys and no others. */
    public static Choice of(Set<String> fingerprints) {
      return new Choice(fingerprints, null, null);
    }

    boolean means(HostKey.Offered offered) {
      return (fingerprints.isEmpty() || fingerprints.contains(offered.fingerprint()))
          && (since == null || !offered.at().isBefore(since));
    }
  }

  /** What a shown key means. */
  enum Judgement {
    FIRST_CONTACT,
    KNOWN,
    CHANGED
  }
}
