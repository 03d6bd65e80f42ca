package io.fettle.backup;

import io.fettle.kernel.Label;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A backup or a verification under way, or the last one of this process.
 *
 * @param backup its id, once it is known
 * @param stored bytes that a backup added to its folder
 * @param rows rows that a verification compared
 * @param why what went wrong; null while it has not
 */
record Work(
    long number,
    Kind kind,
    String folder,
    @Nullable String backup,
    State state,
    Label step,
    long done,
    long total,
    Instant beganAt,
    @Nullable Instant endedAt,
    long files,
    long bytes,
    long stored,
    long rows,
    @Nullable Label why) {
  enum Kind {
    BACKUP,
    VERIFICATION
  }

  enum State {
    RUNNING,
    DONE,
    FAILED
  }

  static Work begun(long number, Kind kind, String folder, Instant at) {
    Label step = new Label("开始", "beginning");
    return new Work(
        number, kind, folder, null, State.RUNNING, step, 0, 0, at, null, 0, 0, 0, 0, null);
  }

  Work at(Label step, long done, long total) {
    return new Work(
        number, kind, folder, backup, state, step, done, total, beganAt, endedAt, files, bytes,
        stored, rows, why);
  }

  Work took(Manifest.Head head, Instant at) {
    return new Work(
        number,
        kind,
        folder,
        head.id(),
        State.DONE,
        step,
        done,
        total,
        beganAt,
        at,
        head.files(),
        head.bytes(),
        head.stored(),
        0,
        null);
  }

  Work proved(Manifest.Head head, Comparison same, Instant at) {
    return new Work(
        number,
        kind,
        folder,
        head.id(),
        State.DONE,
        step,
        done,
        total,
        beganAt,
        at,
        head.files(),
        head.bytes(),
        0,
        same.rows(),
        null);
  }

  Work failed(@Nullable String of, Label reason, Instant at) {
    return new Work(
        number, kind, folder, of, State.FAILED, step, done, total, beganAt, at, 0, 0, 0, 0, reason);
  }
}
