package io.fettle.fault;

import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.MachineDoc;
import io.fettle.cmdb.Query;
import io.fettle.cmdb.Register;
import io.fettle.cmdb.Resolution;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Page;
import io.fettle.kernel.Viewer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A register of cards, for the fold's tests; the room's own test uses the real one. */
final class FakeRegister implements Register {
  private final Map<AssetId, MachineCard> cards = new LinkedHashMap<>();
  private final List<AssetId> feed = new ArrayList<>();
  long population = 100;

  AssetId machine(String assetNo, String site, String rack) {
    AssetId id = new AssetId(UUID.randomUUID());
    put(id, assetNo, site, rack, "team-a");
    return id;
  }

  /** A machine of a register that knows rooms and no sites. */
  AssetId inRoom(String assetNo, @Nullable String room, @Nullable String rack) {
    AssetId id = new AssetId(UUID.randomUUID());
    put(id, assetNo, null, room, rack, "team-a");
    return id;
  }

  void put(AssetId id, String assetNo, String site, String rack, String team) {
    put(id, assetNo, site, null, rack, team);
  }

  /** What the register says of its life from now on. */
  void lifecycle(AssetId id, String lifecycle) {
    MachineCard c = card(id).orElseThrow();
    cards.put(
        id,
        new MachineCard(
            id,
            c.assetNo(),
            c.kind(),
            lifecycle,
            null,
            null,
            null,
            null,
            null,
            null,
            c.site(),
            c.room(),
            c.rack(),
            null,
            c.team(),
            null,
            null,
            2));
    feed.add(id);
  }

  private void put(
      AssetId id,
      String assetNo,
      @Nullable String site,
      @Nullable String room,
      @Nullable String rack,
      String team) {
    cards.put(
        id,
        new MachineCard(
            id,
            assetNo,
            "server",
            "in_service",
            null,
            null,
            null,
            null,
            null,
            null,
            site,
            room,
            rack,
            null,
            team,
            null,
            null,
            1));
    feed.add(id);
  }

  @Override
  public Optional<MachineCard> card(AssetId id) {
    return Optional.ofNullable(cards.get(id));
  }

  @Override
  public Map<AssetId, MachineCard> cards(Collection<AssetId> ids) {
    Map<AssetId, MachineCard> found = new LinkedHashMap<>(cards);
    found.keySet().retainAll(ids);
    return found;
  }

  @Override
  public Optional<MachineDoc> machine(AssetId id) {
    return Optional.empty();
  }

  @Override
  public Map<AssetId, MachineDoc> machines(Collection<AssetId> ids) {
    return Map.of();
  }

  @Override
  public boolean visible(AssetId id, Viewer viewer) {
    return cards.containsKey(id);
  }

  @Override
  public Resolution find(String key, Viewer viewer) {
    return new Resolution(key, "text", List.of());
  }

  @Override
  public Query query(String text) {
    return new Query() {
      @Override
      public String text() {
        return text;
      }

      @Override
      public boolean unbounded() {
        return text.isBlank();
      }

      @Override
      public boolean matches(JsonNode doc) {
        return true;
      }
    };
  }

  @Override
  public Page<MachineCard> list(Query query, Viewer viewer, @Nullable String cursor, int limit) {
    return new Page<>(List.copyOf(cards.values()), null);
  }

  @Override
  public long count(Query query, Viewer viewer) {
    return population;
  }

  @Override
  public Set<AssetId> matching(Query query, Collection<AssetId> ids) {
    return Set.copyOf(ids);
  }

  @Override
  public List<AssetId> ids(Query query, @Nullable AssetId after, int limit) {
    return after == null ? List.copyOf(cards.keySet()) : List.of();
  }

  @Override
  public Feed changesAfter(long feedNo, int limit) {
    int from = (int) Math.min(feedNo, feed.size());
    List<AssetId> stretch = feed.subList(from, Math.min(feed.size(), from + limit));
    return new Feed(from + stretch.size(), List.copyOf(stretch));
  }

  @Override
  public long feedEnd() {
    return feed.size();
  }
}
