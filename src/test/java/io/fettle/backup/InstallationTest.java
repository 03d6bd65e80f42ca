package io.fettle.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.support.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A home is one Fettle; a copy of it is another. */
class InstallationTest {
  private static final Instant START = Instant.parse("2026-11-22T08:00:00Z");
  @TempDir Path folder;
  private final SettableClock clock = new SettableClock(START);

  @Test
  void aHomeStaysWhoItIs() throws IOException {
    Installation first = Installation.of(home("a"), clock);
    assertThat(first.since()).isEqualTo(START);
    clock.forward(Duration.ofDays(1));
    assertThat(Installation.of(home("a"), clock)).isEqualTo(first);
    assertThat(Installation.of(home("b"), clock).id()).isNotEqualTo(first.id());
  }

  @Test
  void aCopyOfAHomeIsAnotherFromNowOn() throws IOException {
    Installation first = Installation.of(home("a"), clock);
    Files.copy(home("a").resolve(Installation.FILE), home("b").resolve(Installation.FILE));
    clock.forward(Duration.ofDays(1));
    Installation copy = Installation.of(home("b"), clock);
    assertThat(copy.id()).isNotEqualTo(first.id());
    assertThat(copy.since()).isEqualTo(clock.instant());
    assertThat(Installation.of(home("b"), clock)).isEqualTo(copy);
    assertThat(Installation.of(home("a"), clock)).isEqualTo(first);
  }

  @Test
  void oneFromBeforeItsPlaceWasKeptIsCompleted() throws IOException {
    Path file = home("a").resolve(Installation.FILE);
    Files.writeString(file, "mine " + START);
    clock.forward(Duration.ofDays(1));
    assertThat(Installation.of(home("a"), clock)).isEqualTo(new Installation("mine", START));
    assertThat(Files.readString(file).split(" ")).hasSize(3);
  }

  @Test
  void whatCannotBeReadIsSaid() throws IOException {
    for (String wrong : new String[] {"", "one", "one yesterday"}) {
      Files.writeString(home("a").resolve(Installation.FILE), wrong);
      assertThatThrownBy(() -> Installation.of(home("a"), clock))
          .isInstanceOf(BackupRefused.class)
          .hasMessageContaining("may be deleted");
    }
  }

  private Path home(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }
}
