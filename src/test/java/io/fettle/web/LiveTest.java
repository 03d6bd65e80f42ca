package io.fettle.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Changed;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.support.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LiveTest {
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T06:00:00Z"));
  private final Live live = new Live(clock);
  private final Viewer ann =
      new Viewer(new Actor(Actor.Kind.PERSON, "ann"), Set.of(Role.OPERATOR), Set.of());

  @Test
  void aPersonsOldestStreamGivesWay() {
    List<LiveConnection> all = new ArrayList<>();
    for (int i = 0; i < Live.LIMIT_PER_PERSON + 5; i++)
      all.add(live.connect(ann, "s").orElseThrow());

    assertThat(live.open()).isEqualTo(Live.LIMIT_PER_PERSON);
    assertThat(all.subList(0, 5)).allMatch(LiveConnection::closed);
    assertThat(all.getLast().closed()).isFalse();
  }

  @Test
  void signedOutMeansSilent() {
    LiveConnection one = live.connect(ann, "first").orElseThrow();
    LiveConnection other = live.connect(ann, "second").orElseThrow();

    live.closeSession("first");

    assertThat(one.closed()).isTrue();
    assertThat(other.closed()).isFalse();
  }

  @Test
  void aPageMadeBeforeTheLastChangeLooksAgain() {
    clock.forward(Duration.ofSeconds(1));
    Instant made = clock.instant();
    assertThat(live.changedSince(made)).isFalse();

    live.on(new Changed("fault", "1"));

    assertThat(live.changedSince(made)).isTrue();
    assertThat(live.changedSince(clock.instant().plusMillis(1))).isFalse();
  }
}
