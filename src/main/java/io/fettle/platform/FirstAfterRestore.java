package io.fettle.platform;

import io.fettle.kernel.AfterRestore;
import io.fettle.platform.postgres.Recovery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.stereotype.Component;

/** Tells every room of a restore before the first page is served and the first loop runs. */
@Component
class FirstAfterRestore implements SmartInitializingSingleton {
  private static final Logger LOG = LoggerFactory.getLogger(FirstAfterRestore.class);

  private final ObjectProvider<Settings> settings;
  private final ObjectProvider<AfterRestore> rooms;

  FirstAfterRestore(ObjectProvider<Settings> settings, ObjectProvider<AfterRestore> rooms) {
    this.settings = settings;
    this.rooms = rooms;
  }

  @Override
  public void afterSingletonsInstantiated() {
    settings.ifAvailable(s -> tell(s.home().resolve(Recovery.RESTORED)));
  }

  private void tell(Path mark) {
    if (!Files.exists(mark)) return;
    try {
      Instant taken = read(mark);
      LOG.info("first start after a restore, backup={}", taken);
      rooms.orderedStream().forEach(room -> room.restored(taken));
      Files.delete(mark);
      // What is begun from here on must not be ended as of before the restore after a power cut.
      try (FileChannel names = FileChannel.open(mark.resolveSibling(""), StandardOpenOption.READ)) {
        names.force(true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Instant read(Path mark) throws IOException {
    String text = Files.readString(mark).strip();
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new StartRefused(
          mark
              + " is to hold the time of the backup that was restored, and holds '"
              + (text.length() > 40 ? text.substring(0, 40) + "…" : text)
              + "': write that time into it, like 2026-11-22T09:30:00Z ('./fettle restore' printed the backup).",
          e);
    }
  }
}
