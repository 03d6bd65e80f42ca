package io.fettle.library;

import io.fettle.kernel.Label;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Readers over rsync and mirrors; a secret goes in or is made, and never comes out again. */
@RestController
@RequestMapping("/api/v1/library")
class CopyApi {
  private final Readers readers;
  private final Mirrors mirrors;
  private final RsyncDaemon daemon;

  CopyApi(Readers readers, Mirrors mirrors, RsyncDaemon daemon) {
    this.readers = readers;
    this.mirrors = mirrors;
    this.daemon = daemon;
  }

  /** Those who read over rsync, and where. */
  record ReaderList(String address, boolean running, List<Readers.Reader> items) {}

  /** A mirror as shown. */
  record Shown(
      String name,
      String url,
      String madeBy,
      Instant madeAt,
      @Nullable Instant doneAt,
      @Nullable Instant behindSince,
      int failures,
      @Nullable String error) {
    static Shown of(Mirror mirror) {
      return new Shown(
          mirror.name(),
          mirror.url(),
          mirror.madeBy(),
          mirror.madeAt(),
          mirror.doneAt(),
          mirror.behindSince(),
          mirror.failures(),
          Optional.ofNullable(mirror.error()).map(Label::en).orElse(null));
    }
  }

  /** All mirrors. */
  record MirrorList(List<Shown> items) {}

  /** Where a mirror lies; {@code toString} shows no secret. */
  record Wish(@Nullable String url, @Nullable String secret) {
    @Override
    public String toString() {
      return "Wish[" + url + "]";
    }
  }

  @GetMapping("/readers")
  @Allow({Role.OPERATOR, Role.AUDITOR})
  ReaderList readers() {
    return new ReaderList(daemon.address(), daemon.pid().isPresent(), readers.all());
  }

  /** Makes one, or gives one that is there a new secret; it is told here and never again. */
  @PutMapping("/readers/{name}")
  @Allow(Role.ADMINISTRATOR)
  Readers.NewReader putReader(@PathVariable String name, Viewer viewer) {
    return readers.put(name, viewer);
  }

  @DeleteMapping("/readers/{name}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Allow(Role.ADMINISTRATOR)
  void removeReader(@PathVariable String name, Viewer viewer) {
    readers.remove(name, viewer);
  }

  @GetMapping("/mirrors")
  @Allow({Role.OPERATOR, Role.AUDITOR})
  MirrorList mirrors() {
    return new MirrorList(mirrors.all().stream().map(Shown::of).toList());
  }

  @PutMapping("/mirrors/{name}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Allow(Role.ADMINISTRATOR)
  void putMirror(@PathVariable String name, @RequestBody Wish wish, Viewer viewer) {
    mirrors.put(
        name,
        Objects.requireNonNullElse(wish.url(), ""),
        Objects.requireNonNullElse(wish.secret(), ""),
        viewer);
  }

  @DeleteMapping("/mirrors/{name}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Allow(Role.ADMINISTRATOR)
  void removeMirror(@PathVariable String name, Viewer viewer) {
    mirrors.remove(name, viewer);
  }
}
