package io.fettle.monitoring;

import io.fettle.cmdb.Claims;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Carries what visits brought to the register, to the fold and to the history, in batches, on one
 * thread: however many visits are made at once, they hold one connection. Bounded: while no more
 * can be taken (no database), visits wait and so does the schedule.
 */
@Component
class Outflow {
  private static final Logger LOG = LoggerFactory.getLogger(Outflow.class);
  private static final int VISITS = 500;
  private static final int BATCH = 250;
  private static final Actor WHO = Actor.system("monitoring");
  private static final Duration PATIENCE = Duration.ofMillis(200);

  private final ObjectProvider<ObservationLog> log;
  private final ObservationTable table;
  private final Claims register;
  private final ClaimMemory memory;
  private final Thinning thinning;
  private final BlockingQueue<Delivery> waiting = new ArrayBlockingQueue<>(VISITS);
  private volatile boolean stuck;

  /**
   * What one visit brought.
   *
   * @param silent checks that had nothing to say
   * @param claims what was read on the way and is news to the register
   */
  record Delivery(
      AssetId machine,
      List<Observation> observations,
      List<String> silent,
      List<ClaimMemory.News> claims) {
    /** Of a machine that is gone. */
    static Delivery nothing(AssetId machine) {
      return new Delivery(machine, List.of(), List.of(), List.of());
    }
  }

  Outflow(
      ObjectProvider<ObservationLog> log,
      ObservationTable table,
      Thinning thinning,
      Claims register,
      ClaimMemory memory) {
    this.log = log;
    this.table = table;
    this.thinning = thinning;
    this.register = register;
    this.memory = memory;
  }

  /** Waits while too many are on their way. */
  void put(Delivery delivery) throws InterruptedException {
    waiting.put(delivery);
  }

  /** At once, past the queue: returns when every transition is durable. */
  void now(Delivery delivery) {
    claim(delivery.claims());
    ObservationLog fold = log.getObject();
    if (!delivery.observations().isEmpty()) fold.accept(delivery.observations());
    delivery.silent().forEach(check -> fold.nothingToSay(delivery.machine(), check));
    table.add(delivery.observations());
    thinning.wrote(delivery.observations());
  }

  /** Carries one batch; waits a little for it. Tries again for ever when it cannot be stored. */
  void carry() {
    try {
      Delivery first = waiting.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (first == null) return;
      List<Delivery> deliveries = new ArrayList<>(List.of(first));
      waiting.drainTo(deliveries, BATCH - 1);
      deliver(deliveries);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  int backlog() {
    return waiting.size();
  }

  /** True while observations cannot be folded or stored. */
  boolean isStuck() {
    return stuck;
  }

  private void deliver(List<Delivery> deliveries) throws InterruptedException {
    List<Observation> batch =
        deliveries.stream().flatMap(delivery -> delivery.observations().stream()).toList();
    while (attempt(() -> thinning.recall(batch)) == Result.WAIT)
      Thread.sleep(PATIENCE.toMillis() * 5);
    List<Observation> rows = thinning.worthARow(batch);
    while (true) {
      switch (attempt(() -> carry(deliveries, batch, rows))) {
        case CARRIED -> {
          return;
        }
        case POISONED -> {
          oneByOne(deliveries);
          return;
        }
        case WAIT -> Thread.sleep(PATIENCE.toMillis() * 5);
      }
    }
  }

  /** One delivery must not stop all others for ever: what cannot be taken by itself is left out. */
  private void oneByOne(List<Delivery> deliveries) throws InterruptedException {
    for (Delivery delivery : deliveries) {
      Result result;
      while ((result = attempt(() -> now(delivery))) == Result.WAIT)
        Thread.sleep(PATIENCE.toMillis() * 5);
      if (result == Result.POISONED)
        LOG.error(
            "observations of machine={} are left out: {}",
            delivery.machine(),
            delivery.observations().stream().map(Observation::check).distinct().toList());
    }
  }

  private void carry(List<Delivery> deliveries, List<Observation> batch, List<Observation> rows) {
    claim(deliveries.stream().flatMap(delivery -> delivery.claims().stream()).toList());
    ObservationLog fold = log.getObject();
    if (!batch.isEmpty()) fold.accept(batch);
    for (Delivery delivery : deliveries)
      delivery.silent().forEach(check -> fold.nothingToSay(delivery.machine(), check));
    table.add(rows);
  }

  /**
   * First what is known, then what is judged by it. What the register cannot take is left out and
   * claimed anew by the next visit; without a database all of it waits.
   */
  private void claim(List<ClaimMemory.News> news) {
    try {
      if (!news.isEmpty()) register.claim(claims(news), WHO);
    } catch (TransientDataAccessException
        | DataAccessResourceFailureException
        | TransactionException e) {
      throw e;
    } catch (RuntimeException e) {
      if (news.size() > 1) news.forEach(one -> claim(List.of(one)));
      else leaveOut(news.getFirst(), e);
    }
  }

  private void leaveOut(ClaimMemory.News news, RuntimeException e) {
    memory.forget(news);
    LOG.warn(
        "claim failed check={} machine={} facet={}: {}",
        news.key().check(),
        news.key().machine(),
        news.key().facet(),
        e.toString());
  }

  private static List<Claims.Claim> claims(List<ClaimMemory.News> news) {
    return news.stream().map(ClaimMemory.News::claim).toList();
  }

  private Result attempt(Runnable work) {
    try {
      work.run();
      if (stuck) LOG.info("observations flow again");
      stuck = false;
      return Result.CARRIED;
    } catch (DataIntegrityViolationException | IllegalArgumentException | NullPointerException e) {
      LOG.error("observations cannot be taken as they are", e);
      return Result.POISONED;
    } catch (RuntimeException e) {
      if (!stuck) LOG.error("observations wait, they cannot be stored: {}", e.toString());
      stuck = true;
      return Result.WAIT;
    }
  }

  private enum Result {
    CARRIED,
    WAIT,
    POISONED
  }
}
