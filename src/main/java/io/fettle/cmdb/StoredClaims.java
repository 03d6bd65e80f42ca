package io.fettle.cmdb;

import io.fettle.cmdb.Ledger.Mode;
import io.fettle.cmdb.Ledger.Put;
import io.fettle.kernel.Actor;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Takes claims in transactions of bounded size; an unchanged word costs one read. */
@Component
class StoredClaims implements Claims {
  private static final Logger log = LoggerFactory.getLogger(StoredClaims.class);
  private static final int AT_ONCE = 500;
  private static final int TRIES = 5;

  private final Ledger ledger;
  private final ClaimTable table;
  private final Catalogue catalogue;
  private final Clock clock;
  private final TransactionTemplate transaction;
  private final TransactionTemplate own;

  StoredClaims(
      Ledger ledger,
      ClaimTable table,
      Catalogue catalogue,
      Clock clock,
      PlatformTransactionManager transactions) {
    this.ledger = ledger;
    this.table = table;
    this.catalogue = catalogue;
    this.clock = clock;
    this.transaction = new TransactionTemplate(transactions);
    this.own = new TransactionTemplate(transactions);
    own.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  @Override
  public List<Outcome> claim(List<Claim> items, Actor actor) {
    if (items.stream().anyMatch(item -> item.source().type() == Source.Type.REGISTER))
      throw new IllegalArgumentException("only the register itself speaks as REGISTER");
    List<Outcome> out = new ArrayList<>();
    for (int from = 0; from < items.size(); from += AT_ONCE)
      out.addAll(batch(items.subList(from, Math.min(items.size(), from + AT_ONCE)), actor));
    return out;
  }

  /** Id of a source, committed and remembered. */
  int source(Source source) {
    Integer remembered = table.remembered(source);
    if (remembered != null) return remembered;
    int id = java.util.Objects.requireNonNull(own.execute(_ -> table.source(source)));
    table.remember(source, id);
    return id;
  }

  /** As {@link #source}, writing nothing: 0 when it never spoke. */
  int known(Source source) {
    return table.known(source);
  }

  private List<Outcome> batch(List<Claim> items, Actor actor) {
    List<Outcome> outcomes = new ArrayList<>();
    Map<Integer, Put> open = new TreeMap<>();
    for (int i = 0; i < items.size(); i++) {
      Claim item = items.get(i);
      outcomes.add(Outcome.CONFIRMED);
      if (refused(item)) outcomes.set(i, Outcome.REFUSED);
      else open.put(i, put(item));
    }
    confirmed(open.values()).forEach(open.values()::remove);
    if (open.isEmpty()) return outcomes;
    Instant now = Sql.micros(clock.instant());
    List<Put> puts = List.copyOf(open.values());
    List<Outcome> written = retried(() -> ledger.write(puts, actor, null, now));
    int n = 0;
    for (int i : open.keySet()) outcomes.set(i, written.get(n++));
    return outcomes;
  }

  private boolean refused(Claim item) {
    for (var facet : item.facets().entrySet()) {
      var entry = catalogue.facet(facet.getKey());
      List<String> faults =
          entry.isEmpty() ? List.of("no such facet") : entry.get().judge().faults(facet.getValue());
      if (faults.isEmpty()) continue;
      log.warn(
          "claim refused: machine={} source={} facet={} why={}",
          item.machine(),
          item.source().name(),
          facet.getKey(),
          cut(faults.getFirst()));
      return true;
    }
    return false;
  }

  private static String cut(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() > 300 ? line.substring(0, 300) + "…" : line;
  }

  private Put put(Claim item) {
    Source source = item.source();
    Map<String, ObjectNode> facets = new TreeMap<>();
    item.facets().forEach((name, doc) -> facets.put(name, (ObjectNode) doc));
    Instant at = Sql.micros(item.observedAt());
    return new Put(item.machine(), false, source, source(source), facets, Mode.REPLACE, at);
  }

  /** Those of which every facet says what is stored already; their confirmation is written here. */
  private List<Put> confirmed(java.util.Collection<Put> puts) {
    List<ClaimTable.Write> asked = new ArrayList<>();
    for (Put put : puts) put.facets().forEach((f, doc) -> asked.add(write(put, f, doc)));
    Map<String, Instant> same = new HashMap<>();
    table.same(asked).forEach(s -> same.put(s.key(), s.confirmedAt()));
    List<Put> all = new ArrayList<>();
    List<ClaimTable.Write> due = new ArrayList<>();
    for (Put put : puts) {
      if (!put.facets().keySet().stream().allMatch(f -> fresh(put, f, same.get(key(put, f)))))
        continue;
      all.add(put);
      put.facets()
          .forEach((f, doc) -> {
            Instant last = java.util.Objects.requireNonNull(same.get(key(put, f)));
            if (last.plus(Ledger.CONFIRM_EVERY).isBefore(put.observedAt()))
              due.add(write(put, f, doc));
          });
    }
    if (!due.isEmpty()) {
      due.sort(java.util.Comparator.comparing((ClaimTable.Write w) -> w.asset().value()));
      transaction.executeWithoutResult(_ -> table.confirm(due));
    }
    return all;
  }

  private static String key(Put put, String facet) {
    return ClaimTable.key(put.machine(), facet, put.sourceId());
  }

  /** A word that had gone stale counts again now, so what is seen must be computed again. */
  private boolean fresh(Put put, String facet, @Nullable Instant confirmed) {
    if (confirmed == null) return false;
    return catalogue
        .facet(facet)
        .map(e -> e.shortest(put.source().type()))
        .map(ttl -> confirmed.plus(ttl).isAfter(put.observedAt()))
        .orElse(false);
  }

  private static ClaimTable.Write write(Put put, String facet, JsonNode doc) {
    Instant at = put.observedAt();
    return new ClaimTable.Write(
        put.machine(), facet, put.sourceId(), (ObjectNode) doc, ClaimTable.hash(doc), at, at);
  }

  /** Runs in a transaction; again when another writer was faster. */
  <T> T retried(java.util.function.Supplier<T> work) {
    for (int i = 1; ; i++) {
      try {
        return java.util.Objects.requireNonNull(transaction.execute(_ -> work.get()));
      } catch (Ledger.Contended | ConcurrencyFailureException e) {
        if (i == TRIES) throw e;
      }
    }
  }
}
