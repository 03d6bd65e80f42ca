package io.fettle.web;

import io.fettle.kernel.Changed;
import io.fettle.kernel.Viewer;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * The hub of live hints: hears {@link Changed} after commit and hands it to every open page. Each
 * connection has its own bounded queue, so a slow reader costs nobody anything.
 */
@Component
public class Live {
  /** Connections in all and of one person. */
  static final int LIMIT = 2_000;

  static final int LIMIT_PER_PERSON = 40;

  private final Clock clock;
  private volatile Instant last;
  private final AtomicLong numbers = new AtomicLong();
  private final Set<LiveConnection> connections = ConcurrentHashMap.newKeySet();

  Live(Clock clock) {
    this.clock = clock;
    last = clock.instant();
  }

  @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT, fallbackExecution = true)
  void on(Changed changed) {
    last = clock.instant();
    for (LiveConnection connection : connections) connection.offer(changed);
  }

  /** Ends every stream of this session (sign-out, a role taken away). */
  public void closeSession(String sessionId) {
    for (LiveConnection connection : connections)
      if (connection.session().equals(sessionId)) connection.close();
  }

  /** True when something may have changed since then; a page made before has to look again. */
  boolean changedSince(Instant then) {
    return !last.isBefore(then);
  }

  /** How many pages listen now. */
  public int open() {
    return connections.size();
  }

  /** A new stream; a person's oldest gives way, which mostly is that of a page long left. */
  Optional<LiveConnection> connect(Viewer viewer, String sessionId) {
    String who = viewer.actor().toString();
    List<LiveConnection> mine =
        connections.stream()
            .filter(c -> c.who().equals(who))
            .sorted(Comparator.comparingLong(LiveConnection::number))
            .toList();
    for (int i = 0; i <= mine.size() - LIMIT_PER_PERSON; i++) disconnect(mine.get(i));
    if (connections.size() >= LIMIT) return Optional.empty();
    LiveConnection connection =
        new LiveConnection(numbers.incrementAndGet(), who, sessionId, viewer.seesAll());
    connections.add(connection);
    return Optional.of(connection);
  }

  void disconnect(LiveConnection connection) {
    connection.close();
    connections.remove(connection);
  }
}
