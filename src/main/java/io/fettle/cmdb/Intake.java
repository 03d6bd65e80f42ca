package io.fettle.cmdb;

import io.fettle.cmdb.Claims.Source;
import io.fettle.cmdb.Identity.Found;
import io.fettle.cmdb.Identity.Held;
import io.fettle.cmdb.ImportTable.RowOutcome;
import io.fettle.cmdb.Ledger.Mode;
import io.fettle.cmdb.Ledger.Put;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** Brings one chunk of rows into the register: who is meant, is it allowed, write. */
@Component
class Intake {
  static final Source SOURCE = new Source("register", Source.Type.REGISTER);
  private final Ledger ledger;
  private final KeyTable keys;
  private final ConflictTable conflicts;
  private final Catalogue catalogue;
  private final RandomGenerator random = RandomGenerator.of("SecureRandom");

  Intake(Ledger ledger, KeyTable keys, ConflictTable conflicts, Catalogue catalogue) {
    this.ledger = ledger;
    this.keys = keys;
    this.conflicts = conflicts;
    this.catalogue = catalogue;
  }

  /** A row and what became of it. */
  record Done(IntakeRow row, RowOutcome outcome) {}

  /** One chunk's circumstances. */
  record Chunk(
      List<IntakeRow> rows, SeenKeys seen, int sourceId, Actor actor, Instant now, boolean dry) {}

  /** Runs inside the caller's transaction; may run again after a rollback with the same result. */
  List<Done> take(Chunk chunk) {
    Map<IntakeRow, List<Key>> shown = new HashMap<>();
    for (IntakeRow row : chunk.rows()) if (row.good()) shown.put(row, catalogue.keys(row.doc()));
    Holders holders = holders(shown.values(), chunk.dry());
    List<Done> done = new ArrayList<>();
    Map<Integer, Put> puts = new TreeMap<>();
    for (IntakeRow row : chunk.rows()) {
      List<Key> own = shown.getOrDefault(row, List.of());
      IntakeRow judged = row.good() ? once(row, own, chunk.seen()) : row;
      if (judged.good()) judged = identified(judged, own, holders, chunk, done.size(), puts);
      Put put = puts.get(done.size());
      AssetId asset = put == null || put.create() ? null : put.machine();
      done.add(new Done(judged, new RowOutcome(row.line(), Imports.Outcome.REJECTED, asset)));
    }
    return written(done, puts, chunk);
  }

  private List<Done> written(List<Done> done, Map<Integer, Put> puts, Chunk chunk) {
    List<Put> all = List.copyOf(puts.values());
    var weighed = ledger.weigh(all, chunk.now());
    List<Claims.Outcome> outcomes = weighed.outcomes();
    if (!chunk.dry()) outcomes = write(all, weighed, chunk);
    List<Done> out = new ArrayList<>(done);
    int n = 0;
    for (var entry : puts.entrySet()) {
      Put put = entry.getValue();
      Imports.Outcome outcome =
          put.create()
              ? Imports.Outcome.CREATED
              : outcomes.get(n) == Claims.Outcome.CHANGED
                  ? Imports.Outcome.UPDATED
                  : Imports.Outcome.UNCHANGED;
      n++;
      IntakeRow row = done.get(entry.getKey()).row();
      AssetId asset = put.create() && chunk.dry() ? null : put.machine();
      out.set(entry.getKey(), new Done(row, new RowOutcome(row.line(), outcome, asset)));
    }
    return out;
  }

  /** Rows that say nothing new are not written at all: the same file again costs only reading. */
  private List<Claims.Outcome> write(List<Put> all, Ledger.Weighed weighed, Chunk chunk) {
    List<Put> some = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) if (!weighed.idle().get(i)) some.add(all.get(i));
    List<Claims.Outcome> written =
        some.isEmpty() ? List.of() : ledger.write(some, chunk.actor(), null, chunk.now());
    List<Claims.Outcome> out = new ArrayList<>(weighed.outcomes());
    int n = 0;
    for (int i = 0; i < all.size(); i++) if (!weighed.idle().get(i)) out.set(i, written.get(n++));
    return out;
  }

  /** A machine stands in a file once; a second row about it is a mistake somebody must see. */
  private static IntakeRow once(IntakeRow row, List<Key> own, SeenKeys seen) {
    for (Key key : own) {
      if (!key.kind().unique()) continue;
      int first = seen.first(key.order(), row.line());
      if (first != row.line())
        return row.refused(
            column(key),
            key.raw(),
            new Label(
                "与第 " + first + " 行重复：" + key.raw(),
                "already in line " + first + ": " + key.raw()));
    }
    return row;
  }

  private static String column(Key key) {
    return switch (key.kind()) {
      case ASSET_NO -> "asset_no";
      case SERIAL, UUID, BOARD_SERIAL -> "serial";
      case BMC_MAC -> "bmc_mac";
      case MAC -> "macs";
      case HOSTNAME -> "hostname";
      case IP -> "address";
      case BMC_IP -> "bmc_address";
    };
  }

  private IntakeRow identified(
      IntakeRow row, List<Key> own, Holders holders, Chunk chunk, int at, Map<Integer, Put> puts) {
    Found found = Identity.match(own, holders.of(own));
    switch (found) {
      case Found.Nobody _ -> {
        AssetId id = new AssetId(Ids.at(chunk.now(), random));
        puts.put(at, put(id, true, row, chunk));
      }
      case Found.Match match -> {
        int first = chunk.seen().first("asset\0" + match.asset(), row.line());
        if (first != row.line())
          return row.refused(
              "",
              row.name(),
              new Label("与第 " + first + " 行是同一台机器", "the same machine as line " + first));
        puts.put(at, put(match.asset(), false, row, chunk));
      }
      case Found.Conflict conflict -> {
        if (!chunk.dry())
          conflicts.record(
              conflict.type(),
              own.stream().filter(k -> k.kind().strength() < 3).toList(),
              conflict.candidates(),
              row.doc(),
              conflict.explain(),
              chunk.now());
        return row.refused(column(conflict.mine()), conflict.mine().raw(), why(conflict, holders));
      }
    }
    return row;
  }

  private static Label why(Found.Conflict conflict, Holders holders) {
    String who =
        String.join(", ", conflict.candidates().stream().map(holders::name).sorted().toList());
    if (conflict.type().equals("ambiguous"))
      return new Label("可能是多台机器：" + who, "may be any of several machines: " + who);
    String theirs = conflict.theirs().toString();
    return new Label(
        "与已登记的 " + who + " 矛盾（登记的是 " + theirs + "）",
        "contradicts " + who + ", which is registered with " + theirs);
  }

  private Put put(AssetId id, boolean create, IntakeRow row, Chunk chunk) {
    Map<String, ObjectNode> facets = new TreeMap<>(row.facets());
    if (create) {
      ObjectNode top = Docs.object();
      top.put("type", "server").put("lifecycle", "in_service");
      ObjectNode said = facets.get(Catalogue.TOP);
      facets.put(Catalogue.TOP, said == null ? top : Docs.merged(top, said));
    }
    return new Put(id, create, SOURCE, chunk.sourceId(), facets, Mode.MERGE, chunk.now());
  }

  private Holders holders(Collection<List<Key>> shown, boolean dry) {
    List<Key> asked =
        shown.stream().flatMap(List::stream).filter(k -> k.kind().strength() < 3).toList();
    if (asked.isEmpty()) return new Holders(List.of());
    if (!dry) keys.lock(asked.stream().filter(k -> k.kind().unique()).toList());
    return new Holders(keys.holders(asked));
  }

  /** Who holds the keys of a chunk, ready to be asked row by row. */
  private static final class Holders {
    private final Map<AssetId, List<Held>> byAsset = new HashMap<>();
    private final Map<String, Set<AssetId>> byNorm = new HashMap<>();

    Holders(List<Held> held) {
      for (Held h : held) {
        byAsset.computeIfAbsent(h.asset(), _ -> new ArrayList<>()).add(h);
        byNorm.computeIfAbsent(at(h.key()), _ -> new HashSet<>()).add(h.asset());
      }
    }

    private static String at(Key key) {
      return key.kind().word() + '\0' + key.norm();
    }

    List<Held> of(List<Key> keys) {
      Set<AssetId> assets = new HashSet<>();
      for (Key key : keys)
        if (key.kind().strength() < 3) assets.addAll(byNorm.getOrDefault(at(key), Set.of()));
      List<Held> out = new ArrayList<>();
      for (AssetId asset : assets) out.addAll(byAsset.getOrDefault(asset, List.of()));
      return out;
    }

    String name(AssetId asset) {
      return byAsset.getOrDefault(asset, List.of()).stream()
          .map(Held::key)
          .min(java.util.Comparator.comparing(Key::kind))
          .map(Key::raw)
          .orElse(asset.toString());
    }
  }
}
