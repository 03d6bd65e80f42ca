package io.fettle.cmdb;

import io.fettle.audit.Audit;
import io.fettle.cmdb.Intake.Chunk;
import io.fettle.cmdb.Intake.Done;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Changed;
import io.fettle.kernel.Problem;
import io.fettle.kernel.RemoteText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Imports in chunks, each with its counts in one transaction; memory does not grow with the file.
 */
@Component
class StoredImports implements Imports {
  private static final Logger log = LoggerFactory.getLogger(StoredImports.class);
  private static final int CHUNK = 1000;
  private final Intake intake;
  private final ImportTable table;
  private final StoredClaims claims;
  private final Audit audit;
  private final Clock clock;
  private final ApplicationEventPublisher events;
  private final TransactionTemplate transaction;
  private final RandomGenerator random = RandomGenerator.of("SecureRandom");

  StoredImports(
      Intake intake,
      ImportTable table,
      StoredClaims claims,
      Audit audit,
      Clock clock,
      ApplicationEventPublisher events,
      PlatformTransactionManager transactions) {
    this.intake = intake;
    this.table = table;
    this.claims = claims;
    this.audit = audit;
    this.clock = clock;
    this.events = events;
    this.transaction = new TransactionTemplate(transactions);
  }

  @Override
  public Preview preview(Path file, String name, Look look) {
    PreviewPage page = new PreviewPage(look);
    Actor nobody = Actor.system("preview");
    int source = claims.known(Intake.SOURCE);
    try (IntakeFile in = IntakeFile.open(file)) {
      chunks(
          in,
          (rows, seen) ->
              dry(new Chunk(rows, seen, source, nobody, now(), true)).forEach(page::add));
      return page.of(name, in.mapping());
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private List<Done> dry(Chunk chunk) {
    return java.util.Objects.requireNonNull(
        transaction.execute(status -> {
          status.setRollbackOnly();
          return intake.take(chunk);
        }));
  }

  @Override
  public Run apply(Path file, String name, Actor actor) {
    UUID id = start(file, name, actor);
    return run(id, file, name, actor);
  }

  @Override
  public Run begin(Path file, String name, Actor actor) {
    UUID id = start(file, name, actor);
    Thread.ofVirtual()
        .name("import-" + id)
        .start(() -> {
          try {
            run(id, file, name, actor);
          } catch (RuntimeException e) {
            log.warn("import failed: id={} why={}", id, e.getMessage());
          } finally {
            delete(file);
          }
        });
    return find(id).orElseThrow();
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.warn("import file stays behind: file={} why={}", file, e.getMessage());
    }
  }

  /**
   * Refuses what is no register before anything is written down; from then on the record says who
   * began, whatever becomes of it.
   */
  private UUID start(Path file, String name, Actor actor) {
    try (IntakeFile in = IntakeFile.open(file)) {
      UUID id = Ids.at(now(), random);
      String shown = name.replaceAll("\\p{Cntrl}", " ").strip();
      String kept = shown.length() > 200 ? shown.substring(0, 200) : shown;
      long bytes = Files.size(file);
      String sha256 = sha256(file);
      transaction.executeWithoutResult(status -> {
        table.start(id, kept, actor.toString(), bytes, sha256, in.mapping(), now());
        audit.record(
            actor,
            "register.import_started",
            "import:" + id,
            null,
            Map.of("file", kept, "bytes", bytes, "sha256", sha256));
      });
      return id;
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private Run run(UUID id, Path file, String name, Actor actor) {
    try (IntakeFile in = IntakeFile.open(file)) {
      int source = claims.source(Intake.SOURCE);
      chunks(
          in,
          (rows, seen) -> {
            claims.retried(() -> chunk(id, new Chunk(rows, seen, source, actor, now(), false)));
            events.publishEvent(new Changed("import", id.toString()));
          });
      claims.retried(() -> done(id, actor));
      events.publishEvent(new Changed("import", id.toString()));
      return find(id).orElseThrow();
    } catch (IOException e) {
      failed(id, e.toString(), actor);
      throw unreadable(name, e);
    } catch (RuntimeException e) {
      failed(id, String.valueOf(e.getMessage()), actor);
      throw e;
    }
  }

  private UUID chunk(UUID id, Chunk chunk) {
    List<Done> done = intake.take(chunk);
    table.count(id, done.stream().map(Done::outcome).toList(), chunk.now());
    table.reject(id, done.stream().flatMap(d -> d.row().rejections().stream()).toList());
    return id;
  }

  private UUID done(UUID id, Actor actor) {
    table.end(id, State.DONE, null, now());
    told(id, "register.imported", actor);
    return id;
  }

  private void failed(UUID id, String why, Actor actor) {
    transaction.executeWithoutResult(status -> {
      if (table.end(id, State.FAILED, why, now())) told(id, "register.import_failed", actor);
    });
  }

  /** Ends imports whose process is gone: no chunk since then. */
  void interrupt(Instant silentSince) {
    transaction.executeWithoutResult(status -> {
      for (UUID id : table.interrupt(silentSince, now()))
        told(id, "register.import_interrupted", Actor.system("cmdb"));
    });
  }

  /** On the record: what this import has written until now. */
  private void told(UUID id, String action, Actor actor) {
    Run run = find(id).orElseThrow();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("file", run.name());
    details.put("begun_by", run.actor());
    details.put("created", run.created());
    details.put("updated", run.updated());
    details.put("unchanged", run.unchanged());
    details.put("rejected", run.rejected());
    if (run.why() != null) details.put("why", RemoteText.cut(run.why(), 500));
    audit.record(actor, action, "import:" + id, null, details);
  }

  /** Called with each chunk of a file. */
  private interface Taker {
    void take(List<IntakeRow> rows, SeenKeys seen);
  }

  private static void chunks(IntakeFile in, Taker taker) throws IOException {
    SeenKeys seen = new SeenKeys();
    List<IntakeRow> rows = new ArrayList<>(CHUNK);
    for (Optional<IntakeRow> row = in.next(); row.isPresent(); row = in.next()) {
      rows.add(row.get());
      if (rows.size() < CHUNK) continue;
      taker.take(rows, seen);
      rows = new ArrayList<>(CHUNK);
    }
    if (!rows.isEmpty()) taker.take(rows, seen);
  }

  private Instant now() {
    return Sql.micros(clock.instant());
  }

  private static Problem unreadable(String name, IOException e) {
    log.warn("import unreadable: file={} why={}", name, e.toString());
    return Problem.badInput("file", name, "文件无法读取", "the file cannot be read");
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) digest.update(buffer, 0, n);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Optional<Run> find(UUID id) {
    return table.find(id);
  }

  @Override
  public List<Run> recent(int limit) {
    return table.recent(Math.clamp(limit, 1, 1000));
  }

  @Override
  public List<Rejection> rejections(UUID id, int afterLine, int afterNo, int limit) {
    return table.rejections(id, afterLine, afterNo, Math.clamp(limit, 1, 10_000));
  }
}
