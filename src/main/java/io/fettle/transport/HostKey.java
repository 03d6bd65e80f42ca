package io.fettle.transport;

import io.fettle.kernel.Endpoint;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The key by which an endpoint is known since its first contact.
 *
 * @param type key type as in OpenSSH, e.g. {@code ssh-ed25519}
 * @param key public key, Base64 as in known_hosts
 * @param fingerprint {@code SHA256:…} as {@code ssh-keygen -l} prints it
 * @param lastSeen when it was last shown, true to a day
 * @param offered the other key that was shown last; null when there was never one
 */
public record HostKey(
    Endpoint endpoint,
    String type,
    String key,
    String fingerprint,
    Instant firstSeen,
    Instant lastSeen,
    State state,
    @Nullable Offered offered) {
  /** Another key than the pinned one. */
  public record Offered(String type, String key, String fingerprint, Instant at) {}

  /** Whether a person has to decide. */
  public enum State {
    /** The pinned key is what the endpoint shows. */
    PINNED,
    /** Another key was offered; nobody has decided. */
    CHANGED,
    /** Another key was offered and refused by a person. */
    REFUSED
  }
}
