package io.fettle.console;

import io.fettle.cmdb.Imports;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Files between their preview and their import: private to who sent them, few, and gone after an
 * hour or with the process.
 */
@Component
class Uploads {
  private static final int MOST = 20;
  private static final Duration KEPT = Duration.ofHours(1);

  private final Clock clock;
  private final Map<UUID, Upload> kept = new LinkedHashMap<>();

  Uploads(Clock clock) {
    this.clock = clock;
  }

  /** A file as it was sent. */
  record Upload(UUID id, Path file, String name, Actor owner, Instant at) {}

  Upload keep(InputStream content, String name, Actor owner) throws IOException {
    Path file =
        Files.createTempFile(
            "fettle-import-",
            ".csv",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    file.toFile().deleteOnExit();
    try (var out = Files.newOutputStream(file)) {
      copy(content, out);
    } catch (IOException | Problem e) {
      Files.deleteIfExists(file);
      throw e;
    }
    Upload upload = new Upload(UUID.randomUUID(), file, shortened(name), owner, clock.instant());
    synchronized (kept) {
      kept.put(upload.id(), upload);
      forgetOld();
    }
    return upload;
  }

  private static void copy(InputStream content, OutputStream out) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long all = 0;
    for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
      all += n;
      if (all > Imports.LARGEST) throw tooLarge();
      out.write(buffer, 0, n);
    }
  }

  /** The file for another look. */
  Optional<Upload> find(UUID id, Actor owner) {
    synchronized (kept) {
      return Optional.ofNullable(kept.get(id)).filter(u -> u.owner().equals(owner));
    }
  }

  /** Hands the file over: whoever takes it deletes it. */
  Optional<Upload> take(UUID id, Actor owner) {
    synchronized (kept) {
      return find(id, owner).filter(u -> kept.remove(id, u));
    }
  }

  private void forgetOld() throws IOException {
    Iterator<Upload> oldest = kept.values().iterator();
    while (oldest.hasNext()) {
      Upload upload = oldest.next();
      boolean old = upload.at().plus(KEPT).isBefore(clock.instant());
      if (!old && kept.size() <= MOST) return;
      Files.deleteIfExists(upload.file());
      oldest.remove();
    }
  }

  private static String shortened(String name) {
    String plain = name.replaceAll("\\p{Cntrl}", "").strip();
    if (plain.isEmpty()) return "pasted.csv";
    return plain.length() > 120 ? plain.substring(0, 120) : plain;
  }

  private static Problem tooLarge() {
    return new Problem(
        413,
        "too-large",
        new Label("文件超过 100 MB，请分成几个", "The file is larger than 100 MB: split it"),
        List.of());
  }
}
