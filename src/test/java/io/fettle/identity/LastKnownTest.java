package io.fettle.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.kernel.Viewer;
import io.fettle.support.FakeDatabase;
import io.fettle.support.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

class LastKnownTest {
  private final SettableClock clock = new SettableClock(Instant.parse("2026-03-01T10:00:00Z"));
  private final FakeDatabase database = new FakeDatabase();
  private final LastKnown lastKnown = new LastKnown(clock, database);
  private final Viewer li = Viewer.system("li");

  @Test
  void whoWasKnownLatelyStaysKnownWhileTheDatabaseIsAway() {
    lastKnown.or("li", () -> Optional.of(li));

    assertThat(lastKnown.or("li", LastKnownTest::away)).contains(li);
    assertThatThrownBy(() -> lastKnown.or("stranger", LastKnownTest::away))
        .isInstanceOf(DataAccessResourceFailureException.class);
    clock.forward(Duration.ofMinutes(16));
    assertThatThrownBy(() -> lastKnown.or("li", LastKnownTest::away))
        .isInstanceOf(DataAccessResourceFailureException.class);
  }

  @Test
  void aDatabaseThatHangsIsNotAskedForThoseWhoAreKnown() {
    lastKnown.or("li", () -> Optional.of(li));
    database.up = false;

    assertThat(
            lastKnown.or(
                "li",
                () -> {
                  throw new AssertionError("asked");
                }))
        .contains(li);
    assertThat(lastKnown.or("wang", () -> Optional.of(li))).contains(li);
  }

  @Test
  void whoWasRefusedIsForgotten() {
    lastKnown.or("li", () -> Optional.of(li));

    assertThat(lastKnown.or("li", Optional::empty)).isEmpty();
    assertThatThrownBy(() -> lastKnown.or("li", LastKnownTest::away))
        .isInstanceOf(DataAccessResourceFailureException.class);
  }

  private static Optional<Viewer> away() {
    throw new DataAccessResourceFailureException("no connection");
  }
}
