package io.fettle.backup;

import io.fettle.backup.Manifest.Head;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Backups of Fettle itself, in folders of the machine that it runs on. */
@RestController
@RequestMapping("/api/v1/backups")
class BackupApi {
  private final Backups backups;
  private final Targets targets;

  BackupApi(Backups backups, Targets targets) {
    this.backups = backups;
    this.targets = targets;
  }

  /**
   * Where, and for a verification which.
   *
   * @param folder absolute; absent: the folder of the scheduled ones
   * @param backup id; absent: the newest
   */
  record Wish(@Nullable String folder, @Nullable String backup) {}

  /**
   * The backups in a folder, newest first.
   *
   * @param damaged ids of those whose manifest cannot be read
   */
  record Listing(String folder, List<Head> items, List<String> damaged) {}

  /**
   * A backup or verification under way, or the last one.
   *
   * @param total 0 when it is not known
   * @param stored bytes that a backup added to its folder
   * @param rows rows that a verification compared
   */
  record Progressing(
      long number,
      Work.Kind kind,
      String folder,
      @Nullable String backup,
      Work.State state,
      String step,
      long done,
      long total,
      Instant beganAt,
      @Nullable Instant endedAt,
      long files,
      long bytes,
      long stored,
      long rows,
      @Nullable String why) {}

  @Allow(Role.ADMINISTRATOR)
  @GetMapping
  Listing list(@RequestParam(required = false) @Nullable String folder) {
    Path named = folder(folder);
    Shelf.Stock stock = or(() -> backups.list(named));
    return new Listing(named.toString(), stock.heads(), stock.damaged());
  }

  @Allow(Role.ADMINISTRATOR)
  @PostMapping
  @ResponseStatus(HttpStatus.ACCEPTED)
  Progressing begin(@RequestBody Wish wish, Viewer viewer, Locale locale) {
    Path folder = folder(wish.folder());
    return shown(or(() -> backups.backUp(folder, viewer.actor())), locale);
  }

  @Allow(Role.ADMINISTRATOR)
  @PostMapping("/verifications")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Progressing verify(@RequestBody Wish wish, Viewer viewer, Locale locale) {
    Path folder = folder(wish.folder());
    String id = Optional.ofNullable(wish.backup()).orElse("");
    return shown(or(() -> backups.verify(folder, id, viewer.actor())), locale);
  }

  @Allow(Role.ADMINISTRATOR)
  @GetMapping("/work")
  Progressing work(Locale locale) {
    return shown(
        backups.work().orElseThrow(() -> Problem.notFound("backup work", "none yet")), locale);
  }

  /**
   * A place off this machine.
   *
   * @param backup the newest that was brought there
   * @param behindSince since when the newest here is not there; null while it is
   * @param failures in a row
   * @param busy something is copied there now
   * @param sent bytes that the last copy added
   * @param kept backups that are there
   * @param why what went wrong last; null when it went well
   */
  record Placed(
      String name,
      String url,
      @Nullable String backup,
      @Nullable Instant doneAt,
      @Nullable Instant behindSince,
      int failures,
      boolean busy,
      long sent,
      int kept,
      @Nullable String why) {}

  /** All places off this machine, by name. */
  record Placing(List<Placed> items) {}

  @Allow(Role.ADMINISTRATOR)
  @GetMapping("/targets")
  Placing targets(Locale locale) {
    return new Placing(targets.all().stream().map(target -> shown(target, locale)).toList());
  }

  private Placed shown(Target target, Locale locale) {
    boolean busy = targets.isBusy(target);
    return targets
        .state(target)
        .map(state ->
            new Placed(
                target.name(),
                target.url(),
                state.backup(),
                state.doneAt(),
                state.behindSince(),
                state.failures(),
                busy,
                state.sent(),
                state.kept(),
                state.failures() == 0 ? null : state.why().in(locale)))
        .orElseGet(
            () -> new Placed(target.name(), target.url(), null, null, null, 0, busy, 0, 0, null));
  }

  private Path folder(@Nullable String named) {
    if (named == null || named.isBlank()) return backups.folder();
    try {
      Path folder = Path.of(named).normalize();
      if (folder.isAbsolute() && folder.getParent() != null) return folder;
    } catch (InvalidPathException e) {
      // Falls through to the one sentence for every kind of wrong folder.
    }
    throw Problem.badInput(
        "folder", named, "需要绝对路径，不能是根目录", "an absolute path, not the root folder");
  }

  private static <T> T or(Supplier<T> deed) {
    try {
      return deed.get();
    } catch (BackupRefused e) {
      throw new Problem(409, "backup-refused", e.why(), List.of());
    }
  }

  private static Progressing shown(Work work, Locale locale) {
    Label why = work.why();
    return new Progressing(
        work.number(),
        work.kind(),
        work.folder(),
        work.backup(),
        work.state(),
        work.step().in(locale),
        work.done(),
        work.total(),
        work.beganAt(),
        work.endedAt(),
        work.files(),
        work.bytes(),
        work.stored(),
        work.rows(),
        why == null ? null : why.in(locale));
  }
}
