package io.fettle.cmdb;

import io.fettle.cmdb.ClaimTable.Change;
import io.fettle.cmdb.Claims.Outcome;
import io.fettle.cmdb.Claims.Source;
import io.fettle.cmdb.Identity.Held;
import io.fettle.cmdb.Reconciliation.Said;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Changed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one write path: claims go in, the visible documents, keys, history and feed follow in the
 * same transaction. The caller opens the transaction; nothing here reads a clock.
 */
@Component
class Ledger {
  /**
   * Above so many machines in one transaction no hint is sent for each: followers read the feed.
   */
  private static final int MOST_HINTS = 200;

  static final Duration CONFIRM_EVERY = Duration.ofMinutes(1);
  private static final Duration CONFIRM_SELDOM = Duration.ofDays(1);

  private final AssetTable assets;
  private final ClaimTable claims;
  private final KeyTable keys;
  private final ConflictTable conflicts;
  private final Catalogue catalogue;
  private final ApplicationEventPublisher events;

  Ledger(
      AssetTable assets,
      ClaimTable claims,
      KeyTable keys,
      ConflictTable conflicts,
      Catalogue catalogue,
      ApplicationEventPublisher events) {
    this.assets = assets;
    this.claims = claims;
    this.keys = keys;
    this.conflicts = conflicts;
    this.catalogue = catalogue;
    this.events = events;
  }

  /** How a claim stands to what its source said before. */
  enum Mode {
    /** The whole facet, as the source sees it now. */
    REPLACE,
    /** Only these members; the source's other members stay. */
    MERGE,
    /** The source says nothing of these facets any more. */
    WITHDRAW
  }

  /**
   * One machine's part of a write.
   *
   * @param create true to register it as new; only the register may
   */
  record Put(
      AssetId machine,
      boolean create,
      Source source,
      int sourceId,
      Map<String, ObjectNode> facets,
      Mode mode,
      Instant observedAt) {}

  /** Thrown when a new machine's key was taken meanwhile: run the transaction again. */
  static final class Contended extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Contended(String key) {
      super("taken meanwhile: " + key, null, false, false);
    }
  }

  /**
   * Writes; one outcome per put, in order. {@link Outcome#CHANGED} means that what is seen of the
   * machine changed.
   */
  List<Outcome> write(List<Put> puts, Actor actor, @Nullable String reason, Instant now) {
    Desk desk = open(puts, true, now);
    List<Outcome> outcomes = new ArrayList<>();
    for (Put put : puts) outcomes.add(desk.take(put));
    close(desk, actor, reason, now);
    return outcomes;
  }

  /**
   * What {@link #write} would answer; nothing is written and nobody kept waiting.
   *
   * @param idle for each put, whether a write would store nothing at all
   */
  record Weighed(List<Outcome> outcomes, List<Boolean> idle) {}

  Weighed weigh(List<Put> puts, Instant now) {
    Desk desk = open(puts, false, now);
    List<Outcome> outcomes = new ArrayList<>();
    List<Boolean> idle = new ArrayList<>();
    for (Put put : puts) {
      int before = desk.written();
      outcomes.add(put.create() ? Outcome.CHANGED : desk.take(put));
      idle.add(!put.create() && desk.written() == before);
    }
    return new Weighed(outcomes, idle);
  }

  /** Computes again what is seen of these machines, after time or policies moved on. */
  void refresh(Collection<AssetId> ids, Instant now) {
    Desk desk = new Desk(now);
    List<String> all = catalogue.all().stream().map(e -> e.facet().name()).toList();
    desk.load(assets.lock(ids).values(), claims.read(ids, all));
    desk.sheets.values().forEach(s -> all.forEach(f -> desk.resolve(s, f, 0, now)));
    close(desk, Actor.system("cmdb"), null, now);
  }

  private Desk open(List<Put> puts, boolean lock, Instant now) {
    Desk desk = new Desk(now);
    var sorted = new TreeSet<>(Comparator.comparing(AssetId::value));
    var facets = new TreeSet<String>();
    for (Put put : puts) {
      facets.addAll(put.facets().keySet());
      if (!put.create()) sorted.add(put.machine());
      else desk.sheets.put(put.machine(), new Sheet(put.machine(), true, 0, Docs.object()));
    }
    if (sorted.isEmpty()) return desk;
    var machines = lock ? assets.lock(sorted) : assets.look(sorted);
    desk.load(machines.values(), claims.read(sorted, facets));
    return desk;
  }

  private void close(Desk desk, Actor actor, @Nullable String reason, Instant now) {
    List<AssetTable.Write> made = new ArrayList<>();
    List<AssetTable.Write> changed = new ArrayList<>();
    List<AssetTable.Write> moved = new ArrayList<>();
    List<Held> ended = new ArrayList<>();
    List<Held> added = new ArrayList<>();
    for (Sheet sheet : desk.sheets.values()) {
      if (sheet.changes.isEmpty()) {
        if (sheet.resolved) moved.add(sheet.write());
        continue;
      }
      sheet.version++;
      (sheet.created ? made : changed).add(sheet.write());
      keyChanges(sheet, ended, added);
    }
    assets.add(made, now);
    claims.withdraw(desk.withdrawn);
    claims.store(desk.writes());
    claims.confirm(desk.confirmed);
    assets.store(made);
    assets.store(changed);
    assets.follow(changed, now);
    assets.staleAt(moved);
    keys.end(ended, now);
    disputes(desk, keys.add(added, now), now);
    claims.changes(
        desk.sheets.values().stream().flatMap(s -> s.history().stream()).toList(),
        actor.toString(),
        reason,
        now);
    List<AssetId> ids =
        Stream.concat(made.stream(), changed.stream()).map(AssetTable.Write::id).toList();
    assets.announce(ids);
    hint(ids);
  }

  private void keyChanges(Sheet sheet, List<Held> ended, List<Held> added) {
    List<Key> before = sheet.created ? List.of() : catalogue.keys(sheet.old);
    List<Key> after = catalogue.keys(sheet.doc);
    for (Key key : before)
      if (after.stream().noneMatch(key::same)) ended.add(new Held(sheet.id, key));
    for (Key key : after)
      if (before.stream().noneMatch(key::same)) added.add(new Held(sheet.id, key));
  }

  /** A key that another machine holds stays with its holder; a person is told. */
  private void disputes(Desk desk, List<Held> taken, Instant now) {
    for (Held held : taken)
      if (Objects.requireNonNull(desk.sheets.get(held.asset())).created)
        throw new Contended(held.key().toString());
    if (taken.isEmpty()) return;
    keys.dispute(taken, now);
    List<Held> holders = keys.holders(taken.stream().map(Held::key).toList());
    for (Held held : taken) conflicts.disputed(held, holders, now);
  }

  private void hint(List<AssetId> ids) {
    if (ids.isEmpty() || ids.size() > MOST_HINTS) return;
    Runnable tell =
        () ->
            ids.forEach(id -> {
              events.publishEvent(new AssetChanged(id));
              events.publishEvent(new Changed("machine", id.toString()));
            });
    if (!TransactionSynchronizationManager.isSynchronizationActive()) {
      tell.run();
      return;
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            tell.run();
          }
        });
  }

  /** One machine while it is being written. */
  private static final class Sheet {
    private final AssetId id;
    private final boolean created;
    private final ObjectNode old;
    private final Map<String, @Nullable Instant> staleAts = new TreeMap<>();
    private final List<Change> changes = new ArrayList<>();
    private ObjectNode doc;
    private long version;
    private boolean resolved;

    Sheet(AssetId id, boolean created, long version, ObjectNode old) {
      this.id = id;
      this.created = created;
      this.version = version;
      this.old = old;
      this.doc = old.deepCopy();
    }

    AssetTable.Write write() {
      Instant first =
          staleAts.values().stream()
              .filter(Objects::nonNull)
              .min(Comparator.naturalOrder())
              .orElse(null);
      return new AssetTable.Write(id, version, doc, first, true);
    }

    /** A new machine is one entry of history, not one per value. */
    List<Change> history() {
      if (!created || changes.isEmpty()) return changes;
      Change first = changes.getFirst();
      return List.of(new Change(id, "", "", null, doc, first.sourceId(), first.observedAt()));
    }
  }

  /** Everything that one transaction writes. */
  private final class Desk {
    private final Instant now;
    private final Map<AssetId, Sheet> sheets = new LinkedHashMap<>();
    private final Map<String, ClaimTable.Row> rows = new LinkedHashMap<>();
    private final Map<String, List<ClaimTable.Row>> byFacet = new LinkedHashMap<>();
    private final Map<String, ClaimTable.Write> changed = new LinkedHashMap<>();
    private final List<ClaimTable.Write> confirmed = new ArrayList<>();
    private final List<ClaimTable.Row> withdrawn = new ArrayList<>();

    Desk(Instant now) {
      this.now = now;
    }

    void load(Collection<AssetTable.Row> machines, List<ClaimTable.Row> said) {
      for (var m : machines) sheets.put(m.id(), new Sheet(m.id(), false, m.version(), m.doc()));
      for (var row : said) keep(row);
    }

    private void keep(ClaimTable.Row row) {
      drop(row.key(), row.asset() + "/" + row.facet());
      rows.put(row.key(), row);
      byFacet.computeIfAbsent(row.asset() + "/" + row.facet(), _ -> new ArrayList<>()).add(row);
    }

    private void drop(String key, String facetKey) {
      rows.remove(key);
      List<ClaimTable.Row> list = byFacet.get(facetKey);
      if (list != null) list.removeIf(r -> r.key().equals(key));
    }

    /** Counts what would be stored. */
    int written() {
      return changed.size() + confirmed.size() + withdrawn.size();
    }

    List<ClaimTable.Write> writes() {
      return List.copyOf(changed.values());
    }

    Outcome take(Put put) {
      Sheet sheet = sheets.get(put.machine());
      if (sheet == null) return Outcome.REFUSED;
      int before = sheet.changes.size();
      boolean outdated = false;
      boolean refused = false;
      for (var facet : put.facets().entrySet()) {
        Outcome one = take(sheet, put, facet.getKey(), facet.getValue());
        outdated |= one == Outcome.OUTDATED;
        refused |= one == Outcome.REFUSED;
      }
      if (sheet.changes.size() > before) return Outcome.CHANGED;
      if (refused) return Outcome.REFUSED;
      return outdated ? Outcome.OUTDATED : Outcome.CONFIRMED;
    }

    private Outcome take(Sheet sheet, Put put, String facet, ObjectNode said) {
      if (catalogue.facet(facet).isEmpty()) return Outcome.REFUSED;
      String key = put.machine() + "/" + facet + "/" + put.sourceId();
      ClaimTable.Row row = rows.get(key);
      if (put.mode() == Mode.WITHDRAW) {
        if (row == null) return Outcome.CONFIRMED;
        withdrawn.add(row);
        drop(key, put.machine() + "/" + facet);
        resolve(sheet, facet, put.sourceId(), put.observedAt());
        return Outcome.CHANGED;
      }
      ObjectNode doc = said;
      if (put.mode() == Mode.MERGE && row != null) doc = Docs.merged(row.said().doc(), said);
      String hash = ClaimTable.hash(doc);
      if (row != null && row.hash().equals(hash)) {
        if (!due(put, facet, row)) return Outcome.CONFIRMED;
        Instant at = later(put.observedAt(), row.said().confirmedAt());
        confirmed.add(claim(put, facet, doc, hash, row.said().observedAt(), at));
        keep(row(put, facet, doc, hash, row.said().observedAt(), at));
        resolve(sheet, facet, put.sourceId(), put.observedAt());
        return Outcome.CONFIRMED;
      }
      if (row != null && put.observedAt().isBefore(row.said().confirmedAt()))
        return Outcome.OUTDATED;
      changed.put(key, claim(put, facet, doc, hash, put.observedAt(), put.observedAt()));
      keep(row(put, facet, doc, hash, put.observedAt(), put.observedAt()));
      resolve(sheet, facet, put.sourceId(), put.observedAt());
      return Outcome.CHANGED;
    }

    /** What never ages is confirmed once a day, the rest once a minute: each is a write. */
    private boolean due(Put put, String facet, ClaimTable.Row row) {
      Catalogue.Entry entry = catalogue.facet(facet).orElseThrow();
      Duration often = entry.ages(put.source().type()) ? CONFIRM_EVERY : CONFIRM_SELDOM;
      return row.said().confirmedAt().plus(often).isBefore(put.observedAt());
    }

    private static Instant later(Instant a, Instant b) {
      return a.isAfter(b) ? a : b;
    }

    private static ClaimTable.Write claim(
        Put put, String facet, ObjectNode doc, String hash, Instant observed, Instant confirmed) {
      return new ClaimTable.Write(
          put.machine(), facet, put.sourceId(), doc, hash, observed, confirmed);
    }

    private static ClaimTable.Row row(
        Put put, String facet, ObjectNode doc, String hash, Instant observed, Instant confirmed) {
      Said said = new Said(put.source(), doc, observed, confirmed);
      return new ClaimTable.Row(put.machine(), facet, put.sourceId(), said, hash);
    }

    /** Computes a facet from all claims and notes which leaves changed. */
    void resolve(Sheet sheet, String facet, int sourceId, Instant observedAt) {
      Catalogue.Entry entry = catalogue.facet(facet).orElseThrow();
      List<Said> all =
          byFacet.getOrDefault(sheet.id + "/" + facet, List.of()).stream()
              .map(ClaimTable.Row::said)
              .toList();
      var seen = Reconciliation.resolve(entry, all, now);
      sheet.resolved = true;
      sheet.staleAts.put(facet, seen.staleAt());
      var before = Docs.leaves(catalogue.part(sheet.doc, facet), entry.named());
      var after = Docs.leaves(seen.doc(), entry.named());
      if (before.equals(after)) return;
      compare(sheet, facet, before, after, sourceId, observedAt);
      plant(sheet.doc, facet, seen.doc());
    }

    private static void compare(
        Sheet sheet,
        String facet,
        SortedMap<String, JsonNode> before,
        SortedMap<String, JsonNode> after,
        int sourceId,
        Instant observedAt) {
      var paths = new TreeSet<>(before.keySet());
      paths.addAll(after.keySet());
      for (String path : paths) {
        JsonNode old = before.get(path);
        JsonNode now = after.get(path);
        if (!Objects.equals(old, now))
          sheet.changes.add(new Change(sheet.id, facet, path, old, now, sourceId, observedAt));
      }
    }

    private void plant(ObjectNode doc, String facet, ObjectNode part) {
      if (!facet.equals(Catalogue.TOP)) {
        if (part.isEmpty()) doc.remove(facet);
        else doc.set(facet, part);
        return;
      }
      catalogue.part(doc, facet).propertyNames().forEach(doc::remove);
      part.properties().forEach(e -> doc.set(e.getKey(), e.getValue()));
    }
  }
}
