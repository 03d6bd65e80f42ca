package io.fettle.cmdb;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.fettle.audit.Audit;
import io.fettle.cmdb.Claims.Claim;
import io.fettle.cmdb.Claims.Source;
import io.fettle.cmdb.facet.AllFacets;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.support.SettableClock;
import io.fettle.support.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The room put together by hand on a database of its own. */
final class Room {
  static final Actor ANN = new Actor(Actor.Kind.PERSON, "ann");
  static final Viewer ALL = Viewer.system("test");

  final DataSource database;
  final JdbcClient db;
  final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T06:00:00Z"));
  final List<Object> events = new CopyOnWriteArrayList<>();
  final List<String> audited = new CopyOnWriteArrayList<>();
  final Catalogue catalogue = new Catalogue(AllFacets.list());
  final AssetTable assets;
  final ClaimTable claimTable;
  final KeyTable keys;
  final Ledger ledger;
  final StoredClaims claims;
  final StoredRegister register;
  final StoredImports imports;
  final StoredProvenance provenance;
  final StoredHistory history;
  final StoredConflicts conflicts;
  final StoredEdits edits;
  final Audit audit =
      (who, action, object, reason, details) -> audited.add(who + " " + action + " " + details);
  final JdbcTransactionManager transactions;
  @Nullable IntentFolder intentFolder;
  @Nullable StoredIntents intents;

  Room() {
    this(pooled());
  }

  private static DataSource pooled() {
    HikariConfig config = new HikariConfig();
    config.setDataSource(TestPostgres.fresh());
    config.setMaximumPoolSize(12);
    config.setMinimumIdle(0);
    config.setIdleTimeout(10_000);
    return new HikariDataSource(config);
  }

  /** A second process on the same database. */
  Room(DataSource database) {
    this.database = database;
    db = JdbcClient.create(database);
    transactions = new JdbcTransactionManager(database);
    ApplicationEventPublisher publisher = events::add;
    assets = new AssetTable(db);
    claimTable = new ClaimTable(db);
    keys = new KeyTable(db);
    ConflictTable conflictTable = new ConflictTable(db);
    ledger = new Ledger(assets, claimTable, keys, conflictTable, catalogue, publisher);
    claims = new StoredClaims(ledger, claimTable, catalogue, clock, transactions);
    register =
        new StoredRegister(
            new DocTable(db),
            new CardTable(db),
            new FeedTable(db),
            new Finder(new FindTable(db)),
            catalogue,
            transactions);
    imports =
        new StoredImports(
            new Intake(ledger, keys, conflictTable, catalogue),
            new ImportTable(db),
            claims,
            (who, action, object, reason, details) ->
                audited.add(who + " " + action + " " + details),
            clock,
            publisher,
            transactions);
    provenance = new StoredProvenance(claimTable, catalogue, clock);
    history = new StoredHistory(new HistoryTable(db), catalogue);
    conflicts = new StoredConflicts(conflictTable, audit, clock, transactions);
    edits = new StoredEdits(ledger, claimTable, assets, claims, register, catalogue, audit, clock);
  }

  /** The room's timed work on a folder of intent files. */
  CmdbTick tick(Path folder) {
    CmdbSettings settings = new CmdbSettings(folder, java.time.Duration.ofSeconds(1));
    IntentTable table = new IntentTable(db);
    IntentText text = new IntentText(catalogue, register);
    intentFolder = new IntentFolder(settings, table, text, clock, transactions);
    intents = new StoredIntents(table, text, intentFolder, register, audit, clock, transactions);
    IntentRules rules =
        new IntentRules(
            table, text, register, new FeedTable(db), claimTable, claims, ledger, clock);
    return new CmdbTick(
        intentFolder,
        rules,
        assets,
        claims,
        ledger,
        imports,
        new HistoryTable(db),
        new FacetTable(db),
        catalogue,
        settings,
        clock);
  }

  Imports.Run load(String csv) {
    return load(csv.getBytes(StandardCharsets.UTF_8));
  }

  Imports.Run load(byte[] csv) {
    Path file = file(csv);
    try {
      return imports.apply(file, "machines.csv", ANN);
    } finally {
      file.toFile().delete();
    }
  }

  Imports.Preview preview(String csv) {
    return preview(csv, Imports.Look.FIRST);
  }

  Imports.Preview preview(String csv, Imports.Look look) {
    Path file = file(csv.getBytes(StandardCharsets.UTF_8));
    try {
      return imports.preview(file, "machines.csv", look);
    } finally {
      file.toFile().delete();
    }
  }

  static Path file(byte[] content) {
    try {
      return Files.write(Files.createTempFile("import-", ".csv"), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Imports.Rejection> rejections(Imports.Run run) {
    return imports.rejections(run.id(), 0, 0, 1000);
  }

  /** The only machine with this key. */
  AssetId id(String key) {
    List<Resolution.Hit> hits = register.find(key, ALL).hits();
    if (hits.size() != 1) throw new AssertionError(key + " leads to " + hits);
    return hits.getFirst().id();
  }

  MachineDoc machine(String key) {
    return register.machine(id(key)).orElseThrow();
  }

  String text(String key, String path) {
    return machine(key).text(path).orElse("-");
  }

  Claims.Outcome say(Source.Type type, String source, String key, String facet, String json) {
    Map<String, JsonNode> facets = Map.of(facet, json(json));
    return claims
        .claim(
            List.of(new Claim(new Source(source, type), id(key), facets, clock.instant())),
            Actor.system("test"))
        .getFirst();
  }

  static JsonNode json(String text) {
    return new JsonMapper().readTree(text.replace('\'', '"'));
  }

  long count(String table) {
    return db.sql("select count(*) from cmdb." + table).query(Long.class).single();
  }

  List<String> names(String query, Viewer viewer) {
    List<String> out = new ArrayList<>();
    for (String cursor = null; ; ) {
      var page = register.list(register.query(query), viewer, cursor, 7);
      page.items().forEach(c -> out.add(c.name()));
      cursor = page.next();
      if (cursor == null) return out;
    }
  }

  static Viewer owner(String... teams) {
    return new Viewer(ANN, Set.of(Role.OWNER), Set.of(teams));
  }
}
