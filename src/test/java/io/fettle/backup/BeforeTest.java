package io.fettle.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.backup.Manifest.Entry;
import io.fettle.backup.Manifest.Head;
import io.fettle.backup.Manifest.TableSum;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BeforeTest {
  private static final Instant AT = Instant.parse("2026-11-22T12:00:00Z");
  private static final TableSum HELD = new TableSum("t.a", 7, null);

  @TempDir private Path data;

  @BeforeEach
  void aTableOfTwoFiles() throws IOException {
    file("1", AT.minusSeconds(60));
    file("1.1", AT.minusSeconds(90));
  }

  @Test
  void aTableWhoseFilesAreAsTheyWereHoldsWhatItHeld() throws IOException {
    assertThat(before(AT).same("t.a", data, "1")).contains(HELD);
    assertThat(before(AT).same("t.new", data, "1")).isEmpty();
    assertThat(new Before(Optional.empty()).same("t.a", data, "1")).isEmpty();
  }

  @Test
  void oneThatWasWrittenToIsLookedInto() throws IOException {
    Before before = before(AT);
    Files.setLastModifiedTime(data.resolve("1.1"), FileTime.from(AT.plusNanos(1)));

    assertThat(before.same("t.a", data, "1")).isEmpty();
  }

  @Test
  void oneThatHasAFileMoreOrLessOrAnotherIsLookedInto() throws IOException {
    Before before = before(AT);
    assertThat(before.same("t.a", data, "2")).isEmpty();
    file("1.2", AT.minusSeconds(60));
    assertThat(before.same("t.a", data, "1")).isEmpty();
    Files.delete(data.resolve("1.2"));
    assertThat(before.same("t.a", data, "1")).contains(HELD);
    Files.delete(data.resolve("1.1"));
    assertThat(before.same("t.a", data, "1")).isEmpty();
  }

  @Test
  void oneThatWasWrittenToRightBeforeThatBackupIsLookedInto() throws IOException {
    assertThat(before(AT.minusSeconds(58)).same("t.a", data, "1")).isEmpty();
  }

  private void file(String name, Instant changed) throws IOException {
    Files.writeString(data.resolve(name), "rows of " + name);
    Files.setLastModifiedTime(data.resolve(name), FileTime.from(changed));
  }

  private Before before(Instant began) throws IOException {
    Head head = new Head(1, "id", began, "v", 18, "key", 2, 1, 1, 1, null, null);
    return new Before(
        Optional.of(
            new Manifest(
                head, "p", "i", null, List.of(entry("1"), entry("1.1")), List.of(HELD), null)));
  }

  private Entry entry(String name) throws IOException {
    Path file = data.resolve(name);
    return new Entry(
        "database/" + name,
        "rw-------",
        Files.size(file),
        Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS),
        List.of("piece"));
  }
}
