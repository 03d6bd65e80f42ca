package io.fettle.fault;

import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.monitoring.Maintenance;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Windows over single machines, in memory. */
final class FakeMaintenance implements Maintenance {
  private final Map<AssetId, Window> windows = new ConcurrentHashMap<>();

  void over(AssetId machine) {
    windows.remove(machine);
  }

  void on(AssetId machine, Instant until) {
    declare(machine, Instant.EPOCH, until, "test", Actor.system("test"));
  }

  @Override
  public Window declare(String query, Instant from, Instant until, String reason, Actor actor) {
    throw new UnsupportedOperationException("by machine only");
  }

  @Override
  public Window declare(AssetId machine, Instant from, Instant until, String reason, Actor actor) {
    Window window = new Window(1, null, machine, from, until, reason, actor.name());
    windows.put(machine, window);
    return window;
  }

  @Override
  public Optional<Window> end(long id, Actor actor) {
    return Optional.empty();
  }

  @Override
  public List<Window> open() {
    return List.copyOf(windows.values());
  }

  @Override
  public Map<AssetId, Window> covering(Collection<AssetId> machines) {
    Map<AssetId, Window> covered = new HashMap<>(windows);
    covered.keySet().retainAll(machines);
    return covered;
  }
}
