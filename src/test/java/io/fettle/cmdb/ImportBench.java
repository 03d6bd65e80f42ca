package io.fettle.cmdb;

import static io.fettle.cmdb.Room.ALL;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.fettle.cmdb.query.Where;
import io.fettle.kernel.AssetId;
import io.fettle.platform.Migrations;
import io.fettle.platform.postgres.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.util.FileSystemUtils;

/** Figures of the register; run by bench/import.sh. */
final class ImportBench {
  private ImportBench() {}

  static void main(String[] args) throws Exception {
    int rows = Integer.parseInt(args[0]);
    int rounds = Integer.parseInt(args[1]);
    boolean plans = args.length > 2 && args[2].equals("explain");
    Path file = Room.file(csv(rows).getBytes(StandardCharsets.UTF_8));
    String loadBefore = load();
    System.out.printf("rows=%d bytes=%d load=%s%n", rows, Files.size(file), loadBefore);
    List<Double> first = new ArrayList<>();
    List<Double> again = new ArrayList<>();
    List<Double> preview = new ArrayList<>();
    Path home = Files.createTempDirectory(Path.of("/tmp"), "fettle-bench-");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    // The server as the product runs it: fsync on, the same memory.
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.start(home, EmbeddedPostgres.Options.usual(w -> {}))) {
      Room room = new Room(database(postgres));
      Migrations.run(room.database);
      for (int i = 0; i < rounds; i++) {
        if (i > 0) empty(room);
        preview.add(seconds(() -> room.imports.preview(file, "bench.csv", Imports.Look.FIRST)));
        double cpu = cpu(postgres);
        first.add(seconds(() -> done(room.imports.apply(file, "bench.csv", Room.ANN), rows, 0)));
        cpu = cpu(postgres) - cpu;
        again.add(seconds(() -> done(room.imports.apply(file, "bench.csv", Room.ANN), 0, rows)));
        System.out.printf(
            "round %d: preview %.2f s, import %.2f s (CPU of JVM and PostgreSQL %.2f s), same file again %.2f s, load=%s%n",
            i + 1, preview.getLast(), first.getLast(), cpu, again.getLast(), load());
      }
      report(rows, first, again, preview, loadBefore);
      reads(room, rows);
      if (plans) plans(room);
    } finally {
      Files.delete(file);
      FileSystemUtils.deleteRecursively(home);
    }
  }

  private static void report(
      int rows, List<Double> first, List<Double> again, List<Double> preview, String loadBefore) {
    System.out.printf(
        "median: preview %.2f s, import %.2f s (%.0f rows/s), same file again %.2f s%n",
        median(preview), median(first), rows / median(first), median(again));
    System.out.printf(
        "bound: 10,000 rows in at most 10 s: %s%s%n",
        median(first) <= rows / 1_000.0 ? "met" : "NOT met",
        loadBefore.contains("loaded") ? "; LOADED before the rounds: an upper bound" : "");
  }

  /** Seconds of CPU that this JVM and every process of the server have used. */
  private static double cpu(EmbeddedPostgres postgres) {
    double total = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
    ProcessHandle server = ProcessHandle.of(postgres.pid()).orElseThrow();
    return total
        + Stream.concat(Stream.of(server), server.children())
            .mapToDouble(p -> p.info().totalCpuDuration().map(d -> d.toMillis() / 1e3).orElse(0.0))
            .sum();
  }

  private static DataSource database(EmbeddedPostgres postgres) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(postgres.url());
    config.setUsername(postgres.user());
    config.setPassword(postgres.password());
    config.setMaximumPoolSize(8);
    config.setConnectionInitSql("set plan_cache_mode = force_custom_plan");
    return new HikariDataSource(config);
  }

  private static void empty(Room room) {
    String tables =
        room.db
            .sql(
                """
                select string_agg(format('%I.%I', schemaname, tablename), ', ') from pg_tables
                where schemaname = 'cmdb' and tablename not in ('flyway_schema_history', 'source')
                """)
            .query(String.class)
            .single();
    room.db.sql("truncate " + tables).update();
    room.db.sql("vacuum").update();
  }

  private static Imports.Run done(Imports.Run run, long created, long unchanged) {
    if (run.created() != created || run.unchanged() != unchanged || run.rejected() != 0)
      throw new AssertionError(run.toString());
    return run;
  }

  private static void reads(Room room, int rows) {
    room.db.sql("vacuum analyze").update();
    Random random = new Random(7);
    List<Supplier<String>> keys =
        List.of(
            () -> "A%07d".formatted(random.nextInt(rows)),
            () -> "SN%08d".formatted(random.nextInt(rows)),
            () -> ip(10, random.nextInt(rows)),
            () -> ip(11, random.nextInt(rows)),
            () -> mac(random.nextInt(rows)),
            () -> "host%07d".formatted(random.nextInt(rows)));
    for (int i = 0; i < 2000; i++) room.register.find(keys.get(i % keys.size()).get(), ALL);
    double[] times = new double[6000];
    for (int i = 0; i < times.length; i++) {
      String key = keys.get(i % keys.size()).get();
      times[i] = seconds(() -> one(room.register.find(key, ALL))) * 1000;
    }
    Arrays.sort(times);
    System.out.printf(
        "find: p50 %.2f ms, p99 %.2f ms, max %.2f ms%n", times[3000], times[5940], times[5999]);
    for (String query :
        List.of(
            "",
            "register.vendor == 'Dell' and placement.rack == 'R0007'",
            "ownership.team == 'team3' and intent.bmc.nic_mode != null",
            "register.model ~ 'r7'",
            "host0000",
            "bmc.vendor == null")) {
      var parsed = room.register.query(query);
      room.register.list(parsed, ALL, null, 1000);
      double list = seconds(() -> room.register.list(parsed, ALL, null, 1000));
      double count = seconds(() -> room.register.count(parsed, ALL));
      System.out.printf(
          "query '%s': first 1000 in %.0f ms, count %d in %.0f ms%n",
          query, list * 1000, room.register.count(parsed, ALL), count * 1000);
    }
    List<AssetId> ids = room.register.ids(room.register.query(""), null, 1000);
    room.register.cards(ids);
    System.out.printf(
        "1000 cards by id: %.0f ms%n", seconds(() -> room.register.cards(ids)) * 1000);
  }

  private static Resolution one(Resolution found) {
    if (found.hits().size() != 1) throw new AssertionError(found.toString());
    return found;
  }

  private static void plans(Room room) {
    for (String query :
        List.of(
            "register.vendor == 'Dell' and placement.rack == 'R0007'",
            "intent.bmc.nic_mode != null",
            "register.model ~ 'r7'",
            "host0000")) {
      Where.Sql where = Where.of(room.register.parsed(query).expr(), new Spelling());
      System.out.println("explain: " + query);
      room.db
          .sql(
              "explain (analyze, costs off, timing off, summary on) select d.asset_id from cmdb.asset_doc d where "
                  + where.text()
                  + " order by d.name, d.asset_id limit 100")
          .params(where.params())
          .query(String.class)
          .list()
          .forEach(l -> System.out.println("  " + l));
    }
  }

  private static String csv(int rows) {
    StringBuilder out =
        new StringBuilder(
            "资产号,序列号,厂商,型号,园区,机房,机柜,U位,IP,管理卡IP,管理卡模式,业务负责人,主机名,MAC,团队,业务,采购单,保修到期\n");
    List<String> vendors = List.of("Dell", "HPE", "Supermicro", "浪潮", "华为");
    for (int i = 0; i < rows; i++)
      out.append(
          "A%07d,SN%08d,%s,R7%d0,上海%d,A%d,R%04d,%d,%s,%s,%s,张%d,host%07d.example.com,%s,team%d,业务%d,PO-%d,2028-0%d-15%n"
              .formatted(
                  i,
                  i,
                  vendors.get(i % 5),
                  i % 10,
                  i % 3,
                  i % 7,
                  i / 20,
                  i % 20 * 2 + 1,
                  ip(10, i),
                  ip(11, i),
                  List.of("独立", "共享", "").get(i % 3),
                  i % 50,
                  i,
                  mac(i),
                  i % 40,
                  i % 200,
                  i / 100,
                  i % 9 + 1));
    return out.toString();
  }

  private static String ip(int net, int i) {
    return net + "." + (i >> 16 & 255) + "." + (i >> 8 & 255) + "." + (i & 255);
  }

  private static String mac(int i) {
    return "b0:26:28:%02x:%02x:%02x".formatted(i >> 16 & 255, i >> 8 & 255, i & 255);
  }

  private static double seconds(Supplier<?> work) {
    long start = System.nanoTime();
    if (work.get() == null) throw new AssertionError("nothing");
    return (System.nanoTime() - start) / 1e9;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  private static String load() {
    try {
      String one = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
      return one + (Double.parseDouble(one) > 1.5 ? " (loaded)" : "");
    } catch (java.io.IOException e) {
      return "?";
    }
  }
}
