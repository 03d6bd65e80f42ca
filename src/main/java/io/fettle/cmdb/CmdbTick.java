package io.fettle.cmdb;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Loop;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The room's timed work: intents to machines, aged values, dead imports, next month's partition.
 */
@Component
class CmdbTick implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(CmdbTick.class);
  private static final int AT_ONCE = 200;
  private static final Duration SILENCE_OF_THE_DEAD = Duration.ofMinutes(2);
  private static final Duration SELDOM = Duration.ofSeconds(30);

  /** A turn works through at most a few hundred machines. */
  private static final Duration LATE = Duration.ofMinutes(2);

  private final IntentFolder folder;
  private final IntentRules intents;
  private final AssetTable assets;
  private final StoredClaims claims;
  private final Ledger ledger;
  private final StoredImports imports;
  private final HistoryTable history;
  private final FacetTable facets;
  private final Catalogue catalogue;
  private final CmdbSettings settings;
  private final Clock clock;
  private volatile @Nullable Loop loop;
  private volatile Instant lastTurn = Instant.EPOCH;
  private volatile String trouble = "";
  private Instant seldom = Instant.EPOCH;
  private boolean described;

  CmdbTick(
      IntentFolder folder,
      IntentRules intents,
      AssetTable assets,
      StoredClaims claims,
      Ledger ledger,
      StoredImports imports,
      HistoryTable history,
      FacetTable facets,
      Catalogue catalogue,
      CmdbSettings settings,
      Clock clock) {
    this.folder = folder;
    this.intents = intents;
    this.assets = assets;
    this.claims = claims;
    this.ledger = ledger;
    this.imports = imports;
    this.history = history;
    this.facets = facets;
    this.catalogue = catalogue;
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public synchronized void start() {
    lastTurn = clock.instant();
    loop = Loop.every("cmdb-tick", settings.tick(), this::turns);
  }

  @Override
  public synchronized void stop() {
    Loop running = loop;
    loop = null;
    if (running != null) running.close();
  }

  @Override
  public boolean isRunning() {
    return loop != null;
  }

  /** Why timed work does not go on; empty when it does. */
  String trouble() {
    String why = trouble;
    if (!why.isEmpty() || loop == null || lastTurn.plus(LATE).isAfter(clock.instant())) return why;
    return "no turn has ended since " + lastTurn;
  }

  private void turns() {
    while (guarded() && loop != null) {}
  }

  private boolean guarded() {
    try {
      boolean more = turn();
      if (!trouble.isEmpty()) LOG.info("the register's timed work goes on");
      trouble = "";
      lastTurn = clock.instant();
      return more;
    } catch (RuntimeException e) {
      if (trouble.isEmpty() && loop != null) LOG.warn("the register's timed work fails", e);
      trouble = String.valueOf(e.getMessage());
      return false;
    }
  }

  /** One turn; true when there is more to do at once. */
  boolean turn() {
    Instant now = Sql.micros(clock.instant());
    if (!described) {
      facets.store(catalogue);
      described = true;
    }
    folder.look();
    boolean more = intents.turn();
    more |= refresh(now);
    if (seldom.plus(SELDOM).isBefore(now)) {
      seldom = now;
      imports.interrupt(now.minus(SILENCE_OF_THE_DEAD));
      YearMonth month = YearMonth.from(now.atZone(ZoneOffset.UTC));
      history.month(month);
      history.month(month.plusMonths(1));
    }
    return more;
  }

  private boolean refresh(Instant now) {
    List<AssetId> stale = assets.stale(now, AT_ONCE);
    if (stale.isEmpty()) return false;
    claims.retried(() -> {
      ledger.refresh(stale, now);
      return stale;
    });
    return stale.size() == AT_ONCE;
  }
}
