package io.fettle.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import io.fettle.monitoring.Maintenance.Window;
import io.fettle.remediation.FakeRegister;
import io.fettle.support.SettableClock;
import io.fettle.support.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class MaintenanceBookTest {
  private static final Actor ANN = new Actor(Actor.Kind.PERSON, "ann");

  private final DataSource database = TestPostgres.fresh();
  private final TransactionTemplate transactions =
      new TransactionTemplate(new JdbcTransactionManager(database));
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T03:00:00Z"));
  private final FakeRegister register = new FakeRegister();
  private final MaintenanceBook book = book();

  @Test
  void sixHundredWindowsHoldSixHundredMachines() {
    List<AssetId> machines = new ArrayList<>();
    for (int i = 0; i < 600; i++) machines.add(register.add("M" + i, "R1", "dedicated"));
    others(machines, i -> in(1 + i % 7));
    AssetId other = register.add("X", "R1", "dedicated");

    assertThat(book.covering(machines)).containsOnlyKeys(machines);
    for (AssetId machine : List.of(machines.getFirst(), machines.get(501), machines.getLast()))
      assertThat(book.covering(machine)).get().extracting(Window::machine).isEqualTo(machine);
    assertThat(book.covering(other)).isEmpty();
    assertThat(book.open()).as("a list for people is bounded").hasSize(500);

    clock.forward(Duration.ofHours(2));
    assertThat(book.covering(machines)).hasSize(600 - 86 - 86);
  }

  @Test
  void aWindowByQueryHoldsWhatItMatchesBesideThoseByMachine() {
    AssetId one = register.add("A", "R7", "dedicated");
    AssetId two = register.add("B", "R8", "dedicated");
    List<AssetId> machines = new ArrayList<>();
    for (int i = 0; i < 501; i++) machines.add(register.add("M" + i, "R1", "dedicated"));
    others(machines, i -> in(1));
    Window window =
        book.declare("placement.rack == 'R7'", clock.instant(), in(5), "power work", ANN);
    book.declare("placement.rack == 'R8'", in(1), in(5), "later", ANN);

    assertThat(book.covering(one)).contains(window);
    assertThat(book.covering(two)).as("has not begun").isEmpty();
    assertThat(book().covering(one)).as("another node").contains(window);
    assertThat(book.end(window.id(), ANN)).isPresent();
    assertThat(book.covering(one)).isEmpty();
  }

  @Test
  void moreWindowsByQueryThanCanBeJudgedAreRefusedAndNotIgnored() {
    List<Window> open = new ArrayList<>();
    for (int i = 0; i < MaintenanceBook.MOST_QUERIES; i++)
      open.add(
          book.declare("placement.rack == 'R%d'".formatted(i), clock.instant(), in(1), "x", ANN));
    AssetId last = register.add("L", "R" + (MaintenanceBook.MOST_QUERIES - 1), "dedicated");
    assertThat(book.covering(last)).isPresent();

    assertThatThrownBy(
            () -> book.declare("placement.rack == 'Z'", clock.instant(), in(1), "x", ANN))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.status()).isEqualTo(409);
              assertThat(problem.title().en()).contains("end some");
            });
    assertThat(book.declare(last, clock.instant(), in(1), "by machine", ANN)).isNotNull();
    book.end(open.getFirst().id(), ANN);
    book.declare("placement.rack == 'Z'", clock.instant(), in(1), "x", ANN);
  }

  /** Windows over these, declared by somebody else in one go. */
  private void others(List<AssetId> machines, IntFunction<Instant> until) {
    transactions.executeWithoutResult(status -> {
      for (int i = 0; i < machines.size(); i++)
        new MaintenanceTable(JdbcClient.create(database))
            .add(null, machines.get(i), clock.instant(), until.apply(i), "new disks", "person:li");
    });
  }

  private Instant in(int hours) {
    return clock.instant().plus(Duration.ofHours(hours));
  }

  private MaintenanceBook book() {
    return new MaintenanceBook(
        new MaintenanceTable(JdbcClient.create(database)),
        register,
        (who, action, object, reason, details) -> {},
        transactions,
        clock);
  }
}
