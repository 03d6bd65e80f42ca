package io.fettle.pack.host;

import io.fettle.kernel.Label;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.monitoring.check.Visit;
import io.fettle.transport.ssh.SshOutcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The reading of a machine that could not be asked: nobody knows, so nothing is judged. */
final class NotAsked {
  private static final int TIMED_OUT = 124;
  private static final int KILLED = 137;

  private NotAsked() {}

  static List<Reading> because(Visit visit) {
    String why =
        visit.ssh() instanceof SshOutcome.Failed failed
            ? failed.why()
            : "the section did not run to its end";
    return List.of(unknown("没有问到：" + why, "Not asked: " + why));
  }

  /** The check's section; empty when it did not run to its end or was cut by its time limit. */
  static Optional<Visit.Section> whole(Visit visit, Check check) {
    return visit.section(check).filter(s -> s.exit() != TIMED_OUT && s.exit() != KILLED);
  }

  static Reading unknown(String zh, String en) {
    return Reading.unknown("", new Label(zh, en), Map.of());
  }
}
