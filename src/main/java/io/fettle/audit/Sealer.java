package io.fettle.audit;

import io.fettle.audit.SealTable.Horizon;
import io.fettle.audit.SealTable.Seal;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Adds links to the chain; any number of nodes may try, one at a time does. */
@Component
class Sealer {
  /** Rows of one link at most. */
  static final int MOST = 1_000;

  private static final String FIRST_XID = "0";
  private static final String NO_XID = "18446744073709551615";

  private final SealTable seals;
  private final TransactionTemplate snapshot;
  private final Clock clock;

  Sealer(SealTable seals, PlatformTransactionManager transactions, Clock clock) {
    this.seals = seals;
    this.clock = clock;
    this.snapshot = new TransactionTemplate(transactions);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
  }

  /** Seals what is committed now, in links of {@link #MOST}; answers how many rows. */
  int seal() {
    int all = 0;
    while (true) {
      Integer rows = snapshot.execute(transaction -> link());
      if (rows == null) return all;
      all += rows;
      if (rows < MOST) return all;
    }
  }

  private int link() {
    if (!seals.alone()) return 0;
    Horizon now = seals.horizon();
    Optional<Seal> last = seals.last();
    boolean same = last.map(seal -> seal.era().equals(now.era())).orElse(false);
    String from = same ? last.orElseThrow().nextXid() : FIRST_XID;
    boolean first = from.equals(FIRST_XID);
    List<AuditEntry> rows = seals.unsealed(from, first ? NO_XID : now.xmax(), MOST);
    if (!rows.isEmpty()) {
      String next = rows.size() < MOST ? now.xmin() : from;
      add(last, now.era(), next, rows);
    }
    return rows.size();
  }

  private void add(Optional<Seal> last, String era, String next, List<AuditEntry> rows) {
    long batch = last.map(Seal::batch).orElse(0L) + 1;
    byte[] previous = last.map(Seal::hash).orElse(Link.NOTHING);
    Instant at = clock.instant().truncatedTo(ChronoUnit.MICROS);
    String ids = spans(rows);
    byte[] hash = Link.hash(previous, batch, ids, at, rows);
    seals.insert(new Seal(batch, era, next, ids, rows.size(), at, previous, hash));
  }

  /** The rows' ids as a multirange in PostgreSQL's own spelling: {@code {[1,4),[6,7)}}. */
  static String spans(List<AuditEntry> rows) {
    StringBuilder out = new StringBuilder("{");
    long start = rows.getFirst().id();
    long end = start;
    for (AuditEntry row : rows) {
      if (row.id() > end) {
        out.append('[').append(start).append(',').append(end).append("),");
        start = row.id();
      }
      end = row.id() + 1;
    }
    return out.append('[').append(start).append(',').append(end).append(")}").toString();
  }
}
