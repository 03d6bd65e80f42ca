package io.fettle.cmdb;

import io.fettle.cmdb.Claims.Source;
import io.fettle.cmdb.IntentText.Good;
import io.fettle.cmdb.Ledger.Mode;
import io.fettle.cmdb.Ledger.Put;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings machines and intent documents together: a changed document to all its machines, a changed
 * machine to all its documents. Works by state and may be stopped anywhere; what is done already is
 * found done.
 */
@Component
class IntentRules {
  static final String SOURCE = "intent/";
  static final String FACET = "intent";
  private static final Logger LOG = LoggerFactory.getLogger(IntentRules.class);
  private static final String FOLLOWER = "intent";
  private static final int AT_ONCE = 500;

  private final IntentTable table;
  private final IntentText text;
  private final StoredRegister register;
  private final FeedTable feed;
  private final ClaimTable claimTable;
  private final StoredClaims claims;
  private final Ledger ledger;
  private final Clock clock;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  IntentRules(
      IntentTable table,
      IntentText text,
      StoredRegister register,
      FeedTable feed,
      ClaimTable claimTable,
      StoredClaims claims,
      Ledger ledger,
      Clock clock) {
    this.table = table;
    this.text = text;
    this.register = register;
    this.feed = feed;
    this.claimTable = claimTable;
    this.claims = claims;
    this.ledger = ledger;
    this.clock = clock;
  }

  private record Known(long version, Good document) {}

  /** Does what is due; true when there may be more at once. */
  boolean turn() {
    List<IntentTable.Row> rows = table.all();
    boolean more = false;
    for (IntentTable.Row row : rows) {
      if (row.applied() == row.version() || unusable(row)) continue;
      apply(row);
      more = true;
    }
    return follow(rows) || more;
  }

  /** A kept text that a newer schema refuses: what it said stays until somebody mends it. */
  private boolean unusable(IntentTable.Row row) {
    return !row.removed() && document(row).isEmpty();
  }

  /** One document to every machine that matches it or did. */
  private void apply(IntentTable.Row row) {
    Optional<Good> document = row.removed() ? Optional.empty() : document(row);
    List<Good> rules = document.stream().toList();
    long machines = 0;
    if (document.isPresent()) {
      AssetId after = null;
      for (; ; ) {
        List<AssetId> ids = register.ids(document.get().query(), after, AT_ONCE);
        settle(ids, rules, List.of(row.name()));
        machines += ids.size();
        if (ids.size() < AT_ONCE) break;
        after = ids.getLast();
      }
    }
    withdrawn(row, rules);
    if (row.removed()) table.forget(row.name(), row.version());
    else table.applied(row.name(), row.version(), machines);
  }

  private void withdrawn(IntentTable.Row row, List<Good> rules) {
    int source = claims.known(source(row.name()));
    AssetId after = null;
    for (; ; ) {
      List<AssetId> ids = claimTable.claimed(source, after, AT_ONCE);
      settle(ids, rules, List.of(row.name()));
      if (ids.size() < AT_ONCE) return;
      after = ids.getLast();
    }
  }

  /** Changed machines to all documents. */
  private boolean follow(List<IntentTable.Row> rows) {
    long from = feed.follower(FOLLOWER).orElse(0L);
    Register.Feed changes = register.changesAfter(from, AT_ONCE);
    if (changes.assets().isEmpty()) return false;
    List<Good> rules = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (IntentTable.Row row : rows) {
      if (unusable(row)) continue;
      names.add(row.name());
      if (!row.removed()) document(row).ifPresent(rules::add);
    }
    settle(changes.assets(), rules, names).forEach(table::moved);
    feed.follow(FOLLOWER, changes.upTo());
    return changes.assets().size() == AT_ONCE;
  }

  private Optional<Good> document(IntentTable.Row row) {
    Known have = known.get(row.name());
    if (have != null && have.version() == row.version()) return Optional.of(have.document());
    var read = text.read(row.name(), row.text());
    if (read.documents().isEmpty()) {
      LOG.warn(
          "intent document cannot be used any more: name={} why={}", row.name(), read.faults());
      return Optional.empty();
    }
    Good good = read.documents().getFirst();
    if (known.size() < 10_000) known.put(row.name(), new Known(row.version(), good));
    return Optional.of(good);
  }

  /**
   * Makes the claims of these documents on these machines what they should be.
   *
   * @param names documents that are judged; those of them without a rule are withdrawn
   * @return by document, by how many more machines it now says something of than before
   */
  private Map<String, Integer> settle(
      Collection<AssetId> ids, List<Good> rules, List<String> names) {
    if (ids.isEmpty() || names.isEmpty()) return Map.of();
    Map<String, Integer> more = new HashMap<>();
    Map<AssetId, MachineDoc> machines = register.machines(ids);
    Map<AssetId, Map<String, String>> have = have(ids);
    List<Put> puts = new ArrayList<>();
    Instant now = Sql.micros(clock.instant());
    Map<String, Good> byName = new HashMap<>();
    rules.forEach(r -> byName.put(r.name(), r));
    for (MachineDoc machine : machines.values()) {
      Map<String, String> claimed = have.getOrDefault(machine.id(), Map.of());
      for (String name : names) {
        Good rule = byName.get(name);
        String hash = claimed.get(SOURCE + name);
        if (rule != null && rule.query().matches(machine.doc())) {
          if (hash == null) more.merge(name, 1, Integer::sum);
          if (!ClaimTable.hash(rule.set()).equals(hash))
            puts.add(put(machine.id(), name, rule.set(), Mode.REPLACE, now));
        } else if (hash != null) {
          more.merge(name, -1, Integer::sum);
          puts.add(put(machine.id(), name, Docs.object(), Mode.WITHDRAW, now));
        }
      }
    }
    if (!puts.isEmpty())
      claims.retried(() -> ledger.write(puts, Actor.system("cmdb"), "intent", now));
    return more;
  }

  private Map<AssetId, Map<String, String>> have(Collection<AssetId> ids) {
    Map<AssetId, Map<String, String>> out = new HashMap<>();
    for (ClaimTable.Row row : claimTable.read(ids, List.of(FACET)))
      if (row.said().source().type() == Source.Type.INTENT)
        out.computeIfAbsent(row.asset(), _ -> new HashMap<>())
            .put(row.said().source().name(), row.hash());
    return out;
  }

  private Put put(AssetId machine, String name, ObjectNode set, Mode mode, Instant now) {
    Source source = source(name);
    int id = claims.source(source);
    return new Put(machine, false, source, id, Map.of(FACET, set), mode, now);
  }

  private static Source source(String name) {
    return new Source(SOURCE + name, Source.Type.INTENT);
  }
}
