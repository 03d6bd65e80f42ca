package io.fettle.remediation;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.DatabaseState;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.remediation.action.Leases;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Leases of machines for what is done outside a run. */
@Component
class OwnLeases implements Leases {
  private static final Logger LOG = LoggerFactory.getLogger(OwnLeases.class);

  private final PolicyTable policies;
  private final RunTable runs;
  private final PermitTable leases;
  private final RemediationSettings settings;
  private final TransactionOperations transactions;
  private final DatabaseState database;
  private final Clock clock;
  private final String holder = "own-" + UUID.randomUUID();

  OwnLeases(
      PolicyTable policies,
      RunTable runs,
      PermitTable leases,
      RemediationSettings settings,
      TransactionOperations transactions,
      DatabaseState database,
      Clock clock) {
    this.policies = policies;
    this.runs = runs;
    this.leases = leases;
    this.settings = settings;
    this.transactions = transactions;
    this.database = database;
    this.clock = clock;
  }

  @Override
  public Lease take(AssetId machine, Duration timeLimit, Runnable record) {
    if (!database.up()) {
      Label why = database.why();
      throw Problem.conflict(
          "数据库现在不能写入，不对机器做任何动作：" + why.zh(),
          "Nothing is done to a machine while the database takes no writes: " + why.en());
    }
    Instant sendBefore = clock.instant().plus(settings.lease());
    long fence =
        Objects.requireNonNull(
            transactions.execute(t -> {
              long taken = fence(machine, sendBefore.plus(timeLimit));
              record.run();
              return taken;
            }));
    return new Lease() {
      @Override
      public Instant sendBefore() {
        return sendBefore;
      }

      @Override
      public void close() {
        try {
          leases.end(machine, fence, clock.instant());
        } catch (DataAccessException e) {
          LOG.warn("lease of machine={} ends by itself: {}", machine, e.toString());
        }
      }
    };
  }

  private long fence(AssetId machine, Instant until) {
    if (policies.frozenLocked())
      throw Problem.conflict(
          "全局冻结中，不对机器做任何动作", "Frozen: nothing is done to any machine until the freeze ends");
    if (runs.acting(machine)) throw busy();
    return leases.take(machine, holder, clock.instant(), until).orElseThrow(OwnLeases::busy);
  }

  private static Problem busy() {
    return Problem.conflict(
        "这台机器正被另一个执行占用，请稍后再试", "Another run has this machine now; try again in a moment");
  }
}
