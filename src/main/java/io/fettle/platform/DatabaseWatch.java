package io.fettle.platform;

import io.fettle.kernel.Changed;
import io.fettle.kernel.DatabaseState;
import io.fettle.kernel.Label;
import io.fettle.kernel.Loop;
import io.fettle.platform.postgres.EmbeddedPostgres;
import io.fettle.platform.postgres.Space;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Feels the database's pulse by writing to it, and watches the room on its disk. */
@Component
class DatabaseWatch implements DatabaseState, DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(DatabaseWatch.class);
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Duration STALE = Duration.ofSeconds(15);

  /** What the last look found; {@code behind}: the database's clock minus ours. */
  private record Look(boolean answers, boolean up, Label why, Instant at, Duration behind) {}

  private final PulseTable pulse;
  private final ObjectProvider<EmbeddedPostgres> embedded;
  private final ApplicationEventPublisher events;
  private final Clock clock;
  private final Loop loop;
  private volatile Look last;

  DatabaseWatch(
      PulseTable pulse,
      ObjectProvider<EmbeddedPostgres> embedded,
      ApplicationEventPublisher events,
      Clock clock) {
    this.pulse = pulse;
    this.embedded = embedded;
    this.events = events;
    this.clock = clock;
    this.last = look();
    this.loop = Loop.every("database-watch", PAUSE, this::watch);
  }

  /** A look that hangs is as bad as one that fails. */
  @Override
  public boolean up() {
    Look look = last;
    return look.up() && look.at().plus(STALE).isAfter(clock.instant());
  }

  @Override
  public boolean answers() {
    Look look = last;
    return look.answers() && look.at().plus(STALE).isAfter(clock.instant());
  }

  @Override
  public Label why() {
    if (last.answers() && !answers())
      return new Label("数据库没有及时应答", "the database does not answer in time");
    return last.why();
  }

  /** The database's clock minus this machine's, as of the last look. */
  Duration ahead() {
    return last.behind();
  }

  private void watch() {
    Look before = last;
    last = look();
    if (before.up() == last.up() && before.answers() == last.answers()) return;
    log.warn("database up={} why={}", last.up(), last.why().en());
    events.publishEvent(new Changed("health", "database"));
  }

  private Look look() {
    Instant now = clock.instant();
    Optional<Label> full = full();
    try {
      Instant theirs = pulse.beat();
      Label why = full.orElse(new Label("可读可写", "takes writes"));
      Duration behind = Duration.between(now, theirs);
      return new Look(true, full.isEmpty(), why, clock.instant(), behind);
    } catch (DataAccessException e) {
      Label words = full.orElseGet(() -> trouble(e));
      return new Look(full.isPresent(), false, words, clock.instant(), Duration.ZERO);
    }
  }

  private Label trouble(DataAccessException e) {
    Optional<String> own =
        Optional.ofNullable(embedded.getIfAvailable()).flatMap(EmbeddedPostgres::trouble);
    if (own.isPresent()) return new Label("数据库不可用：" + own.get(), own.get());
    String said = String.valueOf(e.getMostSpecificCause().getMessage());
    return new Label("数据库没有应答（" + said + "）", "the database does not answer (" + said + ")");
  }

  /** Stops new work while there is still room to finish what has begun. */
  private Optional<Label> full() {
    EmbeddedPostgres postgres = embedded.getIfAvailable();
    if (postgres == null) return Optional.empty();
    try {
      long left = Space.left(postgres.folder()) >> 20;
      if (left >= Space.RESERVE >> 20) return Optional.empty();
      return Optional.of(
          new Label(
              "数据库所在磁盘只剩 " + left + " MB；请清理出空间",
              "only " + left + " MB are left on the database's disk; free some"));
    } catch (IOException e) {
      return Optional.of(new Label("看不到数据库目录：" + e, "cannot see the database's folder: " + e));
    }
  }

  @Override
  public void destroy() {
    loop.close();
  }
}
