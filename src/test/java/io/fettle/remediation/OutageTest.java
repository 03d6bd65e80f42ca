package io.fettle.remediation;

import static io.fettle.fault.FaultState.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.fault.Fault;
import io.fettle.platform.Migrations;
import io.fettle.platform.postgres.EmbeddedPostgres;
import io.fettle.remediation.Cards.Manner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.util.FileSystemUtils;

/**
 * PostgreSQL goes away while repairs run: no new action starts, and everything goes on by itself.
 */
class OutageTest {
  private static final EmbeddedPostgres.Options OPTIONS =
      new EmbeddedPostgres.Options(
          List.of("fsync=off"),
          Optional.of(Path.of("target/postgres").toAbsolutePath()),
          what -> {},
          false);

  @Test
  void withoutADatabaseNothingIsSentAndAfterwardsAllGoesOn() throws Exception {
    Path home = Files.createTempDirectory(Path.of("/tmp"), "fettle-outage-");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectories(Path.of("target/postgres"));
    EmbeddedPostgres[] server = {EmbeddedPostgres.start(home, OPTIONS)};
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(server[0].url());
    source.setConnectTimeout(1);
    source.setUser(server[0].user());
    source.setPassword(server[0].password());
    Migrations.run(source);
    try (Rig rig = new Rig(source, Rig.settings())) {
      beforeTheStart(rig, home, source, server);
      whileItIsOnTheWire(rig, home, source, server);
    } finally {
      server[0].close();
      FileSystemUtils.deleteRecursively(home);
    }
  }

  private static void beforeTheStart(
      Rig rig, Path home, PGSimpleDataSource source, EmbeddedPostgres[] server) {
    Fault fault = rig.fault(Manner.WORKS);
    Rig.Node node =
        rig
        .new Node(
            point -> {
              if (point == Crash.Point.BEFORE_START) server[0].close();
            },
            Rig.inline());

    assertThatThrownBy(node.engine::sweep).isInstanceOf(RuntimeException.class);
    for (int i = 0; i < 3; i++)
      assertThatThrownBy(node.engine::sweep).isInstanceOf(RuntimeException.class);
    assertThat(rig.cards.journal()).isEmpty();

    again(home, source, server);
    reachable(rig);
    rig.until(rig.node(), fault.id(), RECOVERED);
    assertThat(rig.cards.journal(fault.machine())).hasSize(1);
  }

  /** The answer is not lost with the database: it is stored as soon as that is back. */
  private static void whileItIsOnTheWire(
      Rig rig, Path home, PGSimpleDataSource source, EmbeddedPostgres[] server)
      throws InterruptedException {
    Fault fault = rig.fault(Manner.WORKS);
    Thread[] repair = new Thread[1];
    Rig.Node node =
        rig
        .new Node(
            point -> {
              if (point != Crash.Point.AFTER_SEND) return;
              server[0].close();
              repair[0] =
                  Thread.ofPlatform()
                      .start(() -> {
                        pause();
                        again(home, source, server);
                      });
            },
            Rig.inline());

    node.engine.sweep();
    repair[0].join();
    reachable(rig);
    rig.until(node, fault.id(), RECOVERED);

    assertThat(rig.cards.journal(fault.machine())).hasSize(1);
    assertThat(
            rig.count(
                "select count(*) from remediation.attempt a join remediation.run r on r.id = a.run_id where r.fault_id = "
                    + fault.id().value()
                    + " and a.status = 'DONE'"))
        .isOne();
  }

  /** The port may be another one: the pool asks the source at each new connection. */
  private static void again(Path home, PGSimpleDataSource source, EmbeddedPostgres[] server) {
    server[0] = EmbeddedPostgres.start(home, OPTIONS);
    source.setUrl(server[0].url());
  }

  /** A pool that has just failed waits a moment before it tries again; so does the sweep's loop. */
  private static void reachable(Rig rig) {
    for (int i = 0; i < 30; i++) {
      try {
        rig.count("select 1");
        return;
      } catch (DataAccessException e) {
        pause();
      }
    }
    throw new AssertionError("the database did not come back");
  }

  private static void pause() {
    try {
      Thread.sleep(Duration.ofMillis(800));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
