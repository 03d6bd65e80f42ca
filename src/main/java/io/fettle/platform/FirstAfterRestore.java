package io.fettle.platform;

import io.fettle.kernel.AfterRestore;
import io.fettle.platform.postgres.Recovery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
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
      Instant taken = Instant.parse(Files.readString(mark).strip());
      LOG.info("first start after a restore, backup={}", taken);
      rooms.orderedStream().forEach(room -> room.restored(taken));
      Files.delete(mark);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
