package io.fettle.fault;

import io.fettle.kernel.Changed;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Tells other rooms and live pages after commit, on a thread of its own. Only hints: when too many
 * wait they are dropped, and {@code fettle.drop-hints=true} drops all of them (every engine must
 * converge all the same).
 */
@Component
class Hints implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(Hints.class);

  private final ApplicationEventPublisher publisher;
  private final boolean dropAll;
  private final BlockingQueue<Object> waiting = new ArrayBlockingQueue<>(10_000);
  private final Thread thread;

  Hints(ApplicationEventPublisher publisher, @Value("${fettle.drop-hints:false}") boolean dropAll) {
    this.publisher = publisher;
    this.dropAll = dropAll;
    thread = Thread.ofVirtual().name("fault-hints").start(this::publish);
  }

  /** After the caller's transaction commits; at once when there is none. */
  void moved(Fault fault) {
    afterCommit(() -> {
      offer(fault.state(), fault.id());
      hint(new Changed("fault", fault.id().toString()));
      hint(new Changed("machine", fault.machine().toString()));
    });
  }

  /** After the caller's transaction commits. */
  void changed(Changed what) {
    afterCommit(() -> hint(what));
  }

  static void afterCommit(Runnable task) {
    if (!TransactionSynchronizationManager.isSynchronizationActive()) {
      task.run();
      return;
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            task.run();
          }
        });
  }

  private void offer(FaultState state, FaultId id) {
    switch (state) {
      case CONFIRMED -> hint(new FaultConfirmed(id));
      case RECOVERED -> hint(new FaultRecovered(id));
      case ESCALATED -> hint(new FaultEscalated(id));
      case CLOSED -> hint(new FaultClosed(id));
      case SUSPECT, HELD, STALE, PLANNED, AWAITING, RUNNING, VERIFYING, UNCERTAIN, FIELD -> {}
    }
  }

  private void hint(Object event) {
    if (!dropAll && !waiting.offer(event)) LOG.debug("hint dropped: {}", event);
  }

  private void publish() {
    try {
      while (true) {
        Object event = waiting.take();
        try {
          publisher.publishEvent(event);
        } catch (RuntimeException e) {
          LOG.warn("a listener failed on hint={}: {}", event, e.toString());
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("no more hints");
    }
  }

  @Override
  public void destroy() {
    thread.interrupt();
  }
}
