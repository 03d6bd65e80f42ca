package io.fettle.library;

import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Shown;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.eclipse.jgit.lib.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Brings mirrors to what the library has. What is to be done is found by comparing, at every sweep
 * and after every change, so that nothing is forgotten over a restart; a mirror that fails is tried
 * again after 5 s, 10 s … 15 min, each on its own.
 */
@Component
class MirrorWork {
  private static final Logger LOG = LoggerFactory.getLogger(MirrorWork.class);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);
  private static final Duration COMPARE = Duration.ofHours(1);
  private static final int LONGEST_ERROR = 500;

  private final MirrorTable table;
  private final Mirrors mirrors;
  private final RefDesk refs;
  private final GitMirror git;
  private final FolderMirror folder;
  private final Duration retry;
  private final Clock clock;
  private final Set<String> busy = ConcurrentHashMap.newKeySet();
  private final Semaphore places = new Semaphore(4);

  MirrorWork(
      MirrorTable table,
      Mirrors mirrors,
      RefDesk refs,
      GitMirror git,
      FolderMirror folder,
      LibrarySettings settings,
      Clock clock) {
    this.table = table;
    this.mirrors = mirrors;
    this.refs = refs;
    this.git = git;
    this.folder = folder;
    this.retry = settings.mirrorRetry();
    this.clock = clock;
  }

  /** A mirror was not brought up to date, and why. */
  static final class Behind extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Label why;

    Behind(String zh, String en) {
      super(en);
      why = new Label(zh, en);
    }

    /** With a program's own words. */
    static Behind says(String words) {
      return new Behind(words, words);
    }

    Label why() {
      return why;
    }
  }

  /** Starts what is due; a library that has lost commits is copied nowhere. */
  void sweep() {
    if (refs.lost().isPresent()) return;
    Map<String, ObjectId> now = ours(refs.refs());
    String wanted = hash(now);
    table.behind(wanted, clock.instant());
    for (Mirror mirror : table.all())
      if (due(mirror, wanted, clock.instant()) && busy.add(mirror.name()))
        Thread.ofVirtual()
            .name("library-mirror-" + mirror.name())
            .start(() -> bring(mirror, wanted, now));
  }

  static boolean due(Mirror mirror, String wanted, Instant now) {
    boolean changed = !wanted.equals(mirror.done()) && mirror.failures() == 0;
    return changed || !mirror.nextAt().isAfter(now);
  }

  /** Doubles from failure to failure. */
  static Duration pause(Duration first, int failures) {
    Duration pause = first.multipliedBy(1L << Math.min(failures, 20));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  private void bring(Mirror mirror, String wanted, Map<String, ObjectId> now) {
    try {
      places.acquire();
      try {
        attempt(mirror, wanted, now);
      } finally {
        places.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      busy.remove(mirror.name());
    }
  }

  private void attempt(Mirror mirror, String wanted, Map<String, ObjectId> now) {
    try {
      MirrorAddress address = MirrorAddress.of(mirror.url());
      if (address.isFolder())
        folder.bring(mirror.name(), address, mirrors.secret(mirror.name()), now);
      else git.bring(address, mirror.url(), mirrors.secret(mirror.name()), now);
      Instant at = clock.instant();
      table.done(mirror, wanted, at, at.plus(COMPARE));
    } catch (Behind e) {
      failed(mirror, e.why());
    } catch (IOException | Problem e) {
      failed(mirror, Label.same(String.valueOf(e.getMessage())));
    } catch (RuntimeException e) {
      LOG.warn("mirror={} failed", mirror.name(), e);
      failed(mirror, Label.same(e.toString()));
    }
  }

  private void failed(Mirror mirror, Label why) {
    Instant at = clock.instant();
    Label shown = new Label(line(why.zh()), line(why.en()));
    LOG.info("mirror={} is behind: {}", mirror.name(), shown.en());
    table.failed(mirror, shown, at, at.plus(pause(retry, mirror.failures())));
  }

  private static String line(String text) {
    return RemoteText.cut(Shown.text(text.strip()).replaceAll("\\s+", " "), LONGEST_ERROR);
  }

  static Map<String, ObjectId> ours(Map<String, ObjectId> refs) {
    Map<String, ObjectId> ours = new TreeMap<>(refs);
    ours.keySet().removeIf(ref -> !GitMirror.isOurs(ref));
    return ours;
  }

  private static String hash(Map<String, ObjectId> refs) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      refs.forEach((ref, id) ->
          digest.update((ref + " " + id.name() + "\n").getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
