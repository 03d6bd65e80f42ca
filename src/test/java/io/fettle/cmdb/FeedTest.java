package io.fettle.cmdb;

import static io.fettle.cmdb.Room.ALL;
import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Readers of the feed miss nothing, whatever the order in which writers commit. */
class FeedTest {
  private final Room room = new Room();

  @Test
  void eightWritersOneReaderNoGap() throws Exception {
    StringBuilder csv = new StringBuilder("资产号\n");
    for (int i = 0; i < 40; i++) csv.append("M").append(100 + i).append('\n');
    room.load(csv.toString());
    List<AssetId> ids = room.register.ids(room.register.query(""), null, 100);
    Map<AssetId, Long> seen = new HashMap<>();
    AtomicBoolean writing = new AtomicBoolean(true);
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writers = new ArrayList<>();
      for (int w = 0; w < 8; w++) {
        int writer = w;
        writers.add(pool.submit(() -> write(writer, ids)));
      }
      Future<Long> reader = pool.submit(() -> follow(seen, writing));
      for (Future<?> writer : writers) writer.get();
      writing.set(false);
      reader.get();
    }

    for (MachineDoc last : room.register.machines(ids).values())
      assertThat(seen).containsEntry(last.id(), last.version());
  }

  private void write(int writer, List<AssetId> ids) {
    var source = new Claims.Source("w" + writer, Claims.Source.Type.HOST);
    for (int n = 0; n < 40; n++) {
      List<Claims.Claim> claims = new ArrayList<>();
      for (int i = writer; i < ids.size(); i += 4)
        claims.add(
            new Claims.Claim(
                source,
                ids.get(i),
                Map.of("os", Room.json("{'kernel':'" + writer + "-" + n + "'}")),
                room.clock.instant().plusSeconds(n)));
      room.claims.claim(claims, Actor.system("test"));
    }
  }

  private Long follow(Map<AssetId, Long> seen, AtomicBoolean writing) {
    long at = 0;
    for (boolean last = false; ; last = !writing.get()) {
      Register.Feed feed = room.register.changesAfter(at, 7);
      at = feed.upTo();
      room.register
          .machines(feed.assets())
          .values()
          .forEach(m -> seen.merge(m.id(), m.version(), Math::max));
      if (last && feed.assets().isEmpty()) return at;
    }
  }

  @Test
  void theFeedHoldsEachMachineAtItsLastChange() {
    room.load("资产号\nA1\nA2\n");
    long end = room.register.feedEnd();
    assertThat(room.register.changesAfter(0, 10).assets()).hasSize(2);
    assertThat(room.register.changesAfter(end, 10).assets()).isEmpty();

    room.say(Claims.Source.Type.HOST, "host", "A1", "os", "{'kernel':'6.1'}");
    room.clock.forward(java.time.Duration.ofSeconds(1));
    room.say(Claims.Source.Type.HOST, "host", "A1", "os", "{'kernel':'6.2'}");

    var feed = room.register.changesAfter(end, 10);
    assertThat(feed.assets()).containsExactly(room.id("A1"));
    assertThat(feed.upTo()).isEqualTo(room.register.feedEnd()).isGreaterThan(end);
    assertThat(room.count("feed")).isEqualTo(2);
    assertThat(room.events).filteredOn(AssetChanged.class::isInstance).hasSizeGreaterThan(2);
    assertThat(room.register.card(room.id("A2"))).isPresent();
    assertThat(ALL.seesAll()).isTrue();
  }
}
