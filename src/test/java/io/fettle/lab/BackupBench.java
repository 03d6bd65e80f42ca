package io.fettle.lab;

import io.fettle.support.LabProcess;
import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;

/** Backups of a large register with history, beside a working loop; run by bench/backup.sh. */
final class BackupBench {
  private static final int LAB = 60;

  /** Checks that stand for what is declared, of which the lab declares nothing. */
  private static final int NOT_ASKED = 2;

  private static final int ROWS_AT_ONCE = 20_000;

  private final WholeProcess server;
  private final LabProcess lab;
  private final Path bed;

  /** When each step of the last backup was first seen. */
  private final Map<String, Long> steps = new LinkedHashMap<>();

  /** True when the run holds all that the bounds are meant for. */
  private boolean whole;

  private BackupBench(WholeProcess server, LabProcess lab, Path bed) {
    this.server = server;
    this.lab = lab;
    this.bed = bed;
  }

  static void main(String[] args) throws Exception {
    int machines = Integer.parseInt(args[0]);
    int days = Integer.parseInt(args[1]);
    int perDay = Integer.parseInt(args[2]);
    int laps = Integer.parseInt(args[3]);
    int offset = Integer.parseInt(args[4]);
    Path bed = Files.createTempDirectory(Path.of("/tmp"), "fettle-bench-");
    Files.setPosixFilePermissions(bed, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (WholeProcess server =
        new WholeProcess(
            bed.resolve("home"),
            Map.of(
                "FETTLE_LAB", "true",
                "FETTLE_BACKUP_INTERVAL", "30d",
                "FETTLE_MONITORING_RETENTION", "40d"))) {
      server.inEarnest().start();
      try (LabProcess lab = new LabProcess(bed.resolve("lab"), LAB, server, offset)) {
        new BackupBench(server, lab, bed).run(machines, days, perDay, laps);
      }
    } finally {
      FileSystemUtils.deleteRecursively(bed);
    }
  }

  private void run(int machines, int days, int perDay, int laps) throws Exception {
    System.out.printf("load before: %.2f%n", LoopBench.load());
    WholeProcess.await(
        "the fleet in the register",
        Duration.ofMinutes(5),
        () -> ask("/api/v1/status").path("machines").asInt() >= LAB);
    leaveNothingDue();
    try (Connection database = database()) {
      WholeProcess.await(
          "every check has seen a machine",
          Duration.ofMinutes(5),
          () -> kinds(database) >= ask("/api/v1/checks").size() - NOT_ASKED);
      fill(database, machines, days, perDay);
      retention(database, machines, days, perDay);
    }
    System.out.printf("load: %.2f%n", LoopBench.load());
    JsonNode full = backUp("first");
    say("full", full, 300);
    try (Connection database = database()) {
      heartbeats(database, machines, 30);
    }
    TimeUnit.SECONDS.sleep(30);
    say("incremental after 30 s of work", backUp("first"), 30);
    FileSystemUtils.deleteRecursively(bed.resolve("first"));
    slowDown(laps);
  }

  /** Every machine a copy of one of the lab's, every row of history a copy of a real one. */
  private static void fill(Connection database, int machines, int days, int perDay)
      throws SQLException {
    long began = System.nanoTime();
    run(database, "set work_mem = '256MB'; set maintenance_work_mem = '512MB'");
    run(
        database,
        """
        create temporary table one as select id from cmdb.asset order by asset_no limit 1;
        create table kind as
          select distinct on (check_name, component) * from monitoring.observation
          where verdict = 'OK' and machine = (
            select machine from monitoring.observation where verdict = 'OK'
            group by machine order by count(distinct check_name) desc limit 1)
          order by check_name, component, observed_at desc;
        """);
    for (int from = 1; from <= machines; from += ROWS_AT_ONCE) {
      String made =
          "generate_series(%d, %d) i".formatted(from, Math.min(machines, from + ROWS_AT_ONCE - 1));
      run(
          database,
          """
          insert into cmdb.asset
            select md5('b' || i)::uuid, 'BX' || i, kind, 'retired', version, created_at, now()
            from cmdb.asset a join one using (id), %1$s;
          insert into cmdb.asset_key (kind, scope, norm, asset_id, strength, raw, first_seen)
            select kind, scope, norm || '-' || i, md5('b' || i)::uuid, strength, raw, first_seen
            from cmdb.asset_key k join one on k.asset_id = one.id, %1$s where ended_at is null;
          insert into cmdb.claim
            select md5('b' || i)::uuid, facet, inst, source_id, doc, doc_hash, observed_at, confirmed_at
            from cmdb.claim c join one on c.asset_id = one.id, %1$s;
          insert into cmdb.asset_doc
            select md5('b' || i)::uuid, doc, 'bx' || i, kind, 'retired', site, room, rack, team, d.version
            from cmdb.asset_doc d join one on d.asset_id = one.id, %1$s;
          """
              .formatted(made));
    }
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    for (int day = days - 1; day >= 0; day--) day(database, today.minusDays(day), machines, perDay);
    run(database, "vacuum (analyze)");
    System.out.printf("filled in %.0f s%n", (System.nanoTime() - began) / 1e9);
  }

  /**
   * A day of heartbeats with indexes as full as they become when machines come in any order, each
   * machine at a moment of its own as Fettle keeps them: the words of what is OK without its
   * evidence, which stands where something changed (one in fifty). Today has what came until now.
   */
  private static void day(Connection database, LocalDate day, int machines, int perDay)
      throws SQLException {
    String name = "monitoring.observation_" + DateTimeFormatter.BASIC_ISO_DATE.format(day);
    boolean today =
        number(database, "select count(*) from pg_class where oid = to_regclass('" + name + "')")
            > 0;
    String rows =
        """
        insert into %1$s
          select at, beats.id, check_name, component, epoch, slot, collector, verdict, severity,
            summary_zh, summary_en, case when i %% 50 = 0 then evidence else '{}' end
          from (select i, md5('b' || i)::uuid as id, '%2$s 00:00:00+00'::timestamptz
                  + (n + (i - 1) / %3$d.0) * interval '1 day' / %4$d as at
                from generate_series(0, %4$d - 1) n, generate_series(1, %3$d) i) beats, kind
          where at < now() order by at, check_name
        """
            .formatted(name, day, machines, perDay);
    if (today) run(database, rows);
    else
      run(
          database,
          """
          create table %1$s (like monitoring.observation);
          %4$s;
          create index on %1$s (machine, check_name, observed_at desc) with (fillfactor = 70);
          create index on %1$s (check_name, observed_at desc) include (machine, component, verdict)
            with (fillfactor = 70) where component <> '';
          alter table monitoring.observation attach partition %1$s
            for values from ('%2$s 00:00:00+00') to ('%3$s 00:00:00+00');
          """
              .formatted(name, day, day.plusDays(1), rows));
  }

  /** The heartbeats of so many seconds of today, as they come in. */
  private static void heartbeats(Connection database, int machines, int seconds)
      throws SQLException {
    run(
        database,
        """
        insert into monitoring.observation
          select now(), md5('b' || (random() * %1$d)::int)::uuid, check_name, component, epoch, slot,
            collector, verdict, severity, summary_zh, summary_en, '{}'
          from generate_series(1, %1$d * %2$d / 86400) i, kind order by i
        """
            .formatted(machines, seconds));
  }

  /** So that none of the server's own comes in between. */
  private void leaveNothingDue() throws Exception {
    backUp("home/backups");
    server.post(
        "/api/v1/backups/verifications", Map.of("folder", bed.resolve("home/backups").toString()));
    WholeProcess.await("proof", Duration.ofMinutes(5), () -> state().equals("DONE"));
  }

  /** What is there, and what Fettle's own retention would make of it. */
  private void retention(Connection database, int machines, int days, int perDay)
      throws SQLException {
    long kinds = number(database, "select count(*) from kind");
    long rows = number(database, "select sum(greatest(n_live_tup, 0)) from pg_stat_user_tables");
    String days30 = "from pg_class where relkind = 'r' and relname like 'observation_2%'";
    long history = number(database, "select sum(reltuples)::bigint " + days30);
    long heap = number(database, "select sum(pg_table_size(oid)) " + days30);
    long bytes = number(database, "select sum(pg_total_relation_size(oid)) " + days30);
    long size = number(database, "select pg_database_size(current_database())");
    System.out.printf(
        "database: %d machines, %d days: %d observations (%d of a machine at each of %d heartbeats a day),"
            + " %.0f + %.0f bytes each with indexes; %d rows and %.2f GB in all%n",
        machines,
        days,
        history,
        kinds,
        perDay,
        (double) heap / Math.max(1, history),
        (double) (bytes - heap) / Math.max(1, history),
        rows,
        size / 1e9);
    whole = machines >= 100_000 && days >= 30 && perDay >= 1;
  }

  private JsonNode backUp(String name) throws Exception {
    server.post("/api/v1/backups", Map.of("folder", bed.resolve(name).toString()));
    steps.clear();
    WholeProcess.await("backup", Duration.ofMinutes(60), () -> !state().equals("RUNNING"));
    JsonNode work = server.get("/api/v1/backups/work");
    if (!state().equals("DONE")) throw new IllegalStateException(work.toString());
    return work;
  }

  private String state() {
    try {
      JsonNode work = server.get("/api/v1/backups/work");
      steps.putIfAbsent(work.path("step").asString(), System.nanoTime());
      return work.path("state").asString();
    } catch (IOException e) {
      System.out.println("not answered meanwhile: " + e.getMessage());
      return "RUNNING";
    }
  }

  private static long kinds(Connection database) {
    try {
      return number(
          database,
          "select count(distinct check_name) from monitoring.observation where verdict = 'OK'");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void say(String what, JsonNode work, int bound) throws IOException {
    double seconds =
        Duration.between(
                    java.time.Instant.parse(work.path("began_at").asString()),
                    java.time.Instant.parse(work.path("ended_at").asString()))
                .toMillis()
            / 1e3;
    System.out.printf(
        "%s backup: %.1f s (%.2f GB, %.2f GB new, %.0f MB/s), bound %d s: %s; load %.2f%n",
        what,
        seconds,
        work.path("bytes").asLong() / 1e9,
        work.path("stored").asLong() / 1e9,
        work.path("bytes").asLong() / 1e6 / seconds,
        bound,
        seconds > bound ? "NOT met" : whole ? "met" : "met in this size only",
        LoopBench.load());
    long first = steps.values().stream().findFirst().orElse(0L);
    steps.forEach((step, at) -> System.out.printf("  from %.1f s: %s%n", (at - first) / 1e9, step));
  }

  /** Laps without and with full backups under way, in turns, from the same moments of the beat. */
  private void slowDown(int laps) throws Exception {
    LoopBench loop = new LoopBench(server, lab);
    List<String> assets = loop.repairable(LAB);
    double interval = loop.check().path("interval").asDouble();
    List<LoopBench.Lap> calm = new ArrayList<>();
    List<LoopBench.Lap> busy = new ArrayList<>();
    AtomicInteger backups = new AtomicInteger();
    int next = 0;
    for (int turn = 0; turn < 4; turn++) {
      boolean with = turn == 1 || turn == 2;
      AtomicBoolean enough = new AtomicBoolean(!with);
      Thread worker = Thread.ofPlatform().start(() -> backUpUntil(enough, backups));
      Random same = new Random(turn / 2);
      for (int i = 0; i < laps; i++) {
        LoopBench.anywhere(same, interval);
        (with ? busy : calm).add(loop.lap(assets.get(next++ % assets.size())));
      }
      enough.set(true);
      worker.join();
    }
    double without = LoopBench.median(calm, LoopBench.Lap::all);
    double with = LoopBench.median(busy, LoopBench.Lap::all);
    System.out.printf(
        "loop, break to proven repair: median %.2f s of %d without, %.2f s of %d while full backups ran"
            + " (%d ended): %+.1f %%, bound 10 %%: %s; load %.2f%n",
        without,
        calm.size(),
        with,
        busy.size(),
        backups.get(),
        100 * (with / without - 1),
        with <= without * 1.1 ? "met" : "NOT met",
        LoopBench.load());
  }

  private void backUpUntil(AtomicBoolean enough, AtomicInteger count) {
    try {
      while (!enough.get()) {
        String folder = "again-" + count.get(); // one that is emptied would be taken for unmounted
        backUp(folder);
        FileSystemUtils.deleteRecursively(bed.resolve(folder));
        count.incrementAndGet();
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private JsonNode ask(String path) {
    try {
      return server.get(path);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Connection database() throws IOException, SQLException {
    Properties kept = new Properties();
    try (Reader in = Files.newBufferedReader(server.home().resolve("database.properties"))) {
      kept.load(in);
    }
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + kept.getProperty("port") + "/fettle",
        "fettle",
        kept.getProperty("owner-password"));
  }

  private static void run(Connection database, String sql) throws SQLException {
    try (Statement statement = database.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long number(Connection database, String sql) throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
