package io.fettle.transport.ssh;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Endpoint;
import io.fettle.kernel.Page;
import io.fettle.transport.HostKey;
import io.fettle.transport.HostKeys;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Pins in memory, for tests and figures that are not about the database. */
final class MemoryHostKeys implements HostKeys {
  private final Map<Endpoint, HostKey> pinned = new ConcurrentHashMap<>();

  @Override
  public Optional<HostKey> of(Endpoint endpoint) {
    return Optional.ofNullable(pinned.get(endpoint));
  }

  @Override
  public Map<Endpoint, HostKey> of(Collection<Endpoint> endpoints) {
    Map<Endpoint, HostKey> found = new HashMap<>(pinned);
    found.keySet().retainAll(endpoints);
    return found;
  }

  @Override
  public Judgement judge(Endpoint endpoint, Optional<HostKey> before, String type, String key) {
    HostKey now =
        new HostKey(
            endpoint, type, key, "", Instant.EPOCH, Instant.EPOCH, HostKey.State.PINNED, null);
    HostKey known = pinned.putIfAbsent(endpoint, now);
    if (known == null) return Judgement.FIRST_CONTACT;
    return known.key().equals(key) ? Judgement.KNOWN : Judgement.CHANGED;
  }

  @Override
  public Page<HostKey> list(HostKey.@Nullable State state, @Nullable String cursor, int limit) {
    return new Page<>(List.copyOf(pinned.values()), null);
  }

  @Override
  public List<Endpoint> accept(
      Collection<Endpoint> endpoints, Choice choice, Actor actor, String reason) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Endpoint> refuse(
      Collection<Endpoint> endpoints, Choice choice, Actor actor, String reason) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<HostKey> offered(Collection<Endpoint> endpoints, Choice choice) {
    return List.of();
  }
}
