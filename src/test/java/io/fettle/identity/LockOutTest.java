package io.fettle.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.audit.Audit;
import io.fettle.support.SettableClock;
import io.fettle.support.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class LockOutTest {
  private final DataSource database = TestPostgres.fresh();
  private final JdbcClient sql = JdbcClient.create(database);
  private final TransactionTemplate transaction =
      new TransactionTemplate(new JdbcTransactionManager(database));
  private final SettableClock clock =
      new SettableClock(Instant.parse("2026-03-01T10:00:00.000000999Z"));
  private final Audit audit = (who, action, object, reason, details) -> {};
  private final SignInTries tries = new SignInTries(new FailureTable(sql), audit, clock);

  @Test
  void theDelayDoublesUpToItsLimit() {
    assertThat(LockOut.ACCOUNT.delay(4)).isZero();
    assertThat(LockOut.ACCOUNT.delay(5)).isEqualTo(Duration.ofSeconds(1));
    assertThat(LockOut.ACCOUNT.delay(8)).isEqualTo(Duration.ofSeconds(8));
    assertThat(LockOut.ACCOUNT.delay(1_000_000)).isEqualTo(Duration.ofMinutes(5));
    assertThat(LockOut.ADDRESS.delay(19)).isZero();
    assertThat(LockOut.ADDRESS.delay(1_000_000)).isEqualTo(Duration.ofMinutes(15));
  }

  @Test
  void waitingOutTheDelayAllowsOneMoreTry() {
    for (int i = 0; i < 5; i++) assertThat(begin("li", "10.0.0." + i)).isZero();
    assertThat(begin("li", "10.0.1.1")).isEqualTo(Duration.ofSeconds(1));

    clock.forward(Duration.ofSeconds(1));
    assertThat(begin("li", "10.0.1.2")).isZero();
    assertThat(begin("li", "10.0.1.3")).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void oneAddressAgainstManyAccountsIsSlowedToo() {
    for (int i = 0; i < 20; i++) assertThat(begin("person" + i, "2001:db8::" + i)).isZero();

    assertThat(begin("another", "2001:db8::ffff")).isPositive();
    assertThat(begin("another", "2001:db8:0:1::1")).isZero();
  }

  @Test
  void successClearsTheAccountAndAnHourOfRestForgets() {
    for (int i = 0; i < 4; i++) begin("li", "10.0.0.1");
    transaction.executeWithoutResult(status -> tries.succeeded("li", "10.0.0.1"));
    for (int i = 0; i < 5; i++) assertThat(begin("li", "10.0.0.2")).isZero();
    assertThat(begin("li", "10.0.0.2")).isPositive();

    clock.forward(Duration.ofMinutes(61));
    for (int i = 0; i < 5; i++) assertThat(begin("li", "10.0.0.3")).isZero();
    clock.forward(Duration.ofMinutes(61));
    begin("x", "10.0.0.4");
    assertThat(sql.sql("select count(*) from identity.sign_in_failure").query(Long.class).single())
        .isEqualTo(2);
  }

  @Test
  void triesAtTheSameTimeAreAllCounted() throws Exception {
    List<Callable<Duration>> calls = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      String address = "10.0.2." + i;
      calls.add(() -> begin("li", address));
    }
    int through = 0;
    try (var pool = Executors.newFixedThreadPool(8)) {
      for (Future<Duration> call : pool.invokeAll(calls)) if (call.get().isZero()) through++;
    }
    assertThat(through).isEqualTo(5);
  }

  @Test
  void whatWasTypedIsNotStored() {
    begin("my secret password", "10.0.0.9");

    assertThat(
            sql.sql(
                    "select string_agg(f::text || encode(key, 'escape'), ' ') from identity.sign_in_failure f")
                .query(String.class)
                .single())
        .doesNotContain("secret");
  }

  private Duration begin(String name, String address) {
    Duration wait = transaction.execute(status -> tries.begin(name, address));
    return wait == null ? Duration.ZERO : wait;
  }
}
