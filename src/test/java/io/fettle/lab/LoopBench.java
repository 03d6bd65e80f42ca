package io.fettle.lab;

import io.fettle.support.LabProcess;
import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;

/** The closed loop, fault by fault: from the break to the proven repair; run by bench/loop.sh. */
final class LoopBench {
  private static final String FAULT = "bmc.nic_mode";
  private static final double SLACK = 2;
  private static final int WARM = 3;
  private final WholeProcess server;
  private final LabProcess lab;

  LoopBench(WholeProcess server, LabProcess lab) {
    this.server = server;
    this.lab = lab;
  }

  /** One fault's way; seconds. */
  record Lap(double all, double detected, double action, double proof, int executions) {}

  static void main(String[] args) throws Exception {
    int machines = Integer.parseInt(args[0]);
    int faults = Integer.parseInt(args[1]);
    int offset = Integer.parseInt(args[2]);
    Path bed = Files.createTempDirectory(Path.of("/tmp"), "fettle-bench-");
    Files.setPosixFilePermissions(bed, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (WholeProcess server =
        new WholeProcess(bed.resolve("home"), Map.of("FETTLE_LAB", "true"))) {
      server.start();
      try (LabProcess lab = new LabProcess(bed.resolve("lab"), machines, server, offset)) {
        boolean kept = new LoopBench(server, lab).run(machines, faults);
        if (!kept) System.exit(1);
      }
    } finally {
      FileSystemUtils.deleteRecursively(bed);
    }
  }

  private boolean run(int machines, int faults) throws Exception {
    double loadBefore = load();
    System.out.printf("load before: %.2f%n", loadBefore);
    WholeProcess.await(
        "the fleet in the register",
        Duration.ofMinutes(2),
        () -> status().path("machines").asInt() >= machines);
    JsonNode check = check();
    double interval = check.path("interval").asDouble();
    double retry = check.path("retry_interval").asDouble();
    int k = check.path("bad").asInt();
    System.out.printf(
        "check %s: interval %.0f s, retry %.0f s, %d of %d bad%n",
        FAULT, interval, retry, k, check.path("of").asInt());
    List<String> assets = repairable(machines);
    if (assets.size() < faults + WARM)
      throw new IllegalStateException(
          "each fault needs a machine of its own; of these only " + assets.size() + " will do");
    List<Lap> laps = new ArrayList<>();
    Random random = new Random(5);
    for (int i = 0; i < faults + WARM; i++) {
      anywhere(random, interval);
      Lap lap = lap(assets.get(i));
      System.out.printf(
          "%s: repaired and proven %.2f s after the break (confirmed %.2f, action %.2f, proof %.2f),"
              + " executed %d times, load %.2f%n",
          i < WARM ? "warm-up" : "fault " + (i - WARM + 1),
          lap.all(),
          lap.detected(),
          lap.action(),
          lap.proof(),
          lap.executions(),
          load());
      if (i >= WARM) laps.add(lap);
    }
    if (loadBefore > 1.5)
      System.out.println("LOADED: the load before was above 1.5; the times are upper bounds");
    return report(laps, interval + (k - 1) * retry);
  }

  /** Checks come on a beat of so many seconds: starts anywhere on it. */
  static void anywhere(Random random, double interval) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(random.nextInt((int) (interval * 1000)));
  }

  /** The bound has no room of its own for the time that sending and probing take. */
  private static boolean report(List<Lap> laps, double detection) {
    double settle = 3;
    double bound = detection + settle + SLACK;
    double max = laps.stream().mapToDouble(Lap::all).max().orElseThrow();
    boolean once = laps.stream().allMatch(lap -> lap.executions() == 1);
    System.out.printf(
        "faults %d: median %.2f s, max %.2f s; median confirmed %.2f s, action %.2f s, proof %.2f s%n",
        laps.size(),
        median(laps, Lap::all),
        max,
        median(laps, Lap::detected),
        median(laps, Lap::action),
        median(laps, Lap::proof));
    System.out.printf(
        "bound: interval + (k-1) x retry %.1f s + settle %.1f s + 2 s = %.1f s, with the action and the"
            + " verification's probe counted as nothing: %s%n",
        detection, settle, bound, max <= bound ? "met by all" : "NOT met");
    System.out.printf("executions per fault: %s%n", once ? "exactly 1" : "NOT ALWAYS 1");
    return once && max <= bound;
  }

  static double median(List<Lap> laps, ToDoubleFunction<Lap> value) {
    double[] sorted = laps.stream().mapToDouble(value).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  static double load() throws IOException {
    return Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
  }

  Lap lap(String asset) throws Exception {
    int before = lab.journal().size();
    JsonNode told = lab.tell("inject " + FAULT + " " + asset);
    if (told.has("error")) throw new IllegalStateException(told.toString());
    Instant broken =
        since(before, asset, "inject").stream()
            .map(line -> Instant.parse(line.at()))
            .findFirst()
            .orElseThrow();
    WholeProcess.await(
        asset + " repaired", Duration.ofMinutes(3), () -> recovered(asset).isPresent());
    JsonNode story = server.get("/api/v1/faults/" + recovered(asset).orElseThrow()).path("story");
    Instant recovered = at(story, 27);
    int executions = 0;
    for (LabProcess.Line line : since(before, asset, null))
      if (!line.via().equals("inject")) executions++;
    return new Lap(
        seconds(broken, recovered),
        seconds(broken, at(story, 3)),
        seconds(at(story, 19), at(story, 21)),
        seconds(at(story, 21), recovered),
        executions);
  }

  /** Machines of a make whose card may be written to. */
  List<String> repairable(int machines) throws IOException {
    List<String> assets = new ArrayList<>();
    for (int i = 0; i < machines; i++) {
      String asset = "ZC%06d".formatted(4_000 + i);
      if (!lab.tell("state " + asset).path("make").asString().equals("UNKNOWN")) assets.add(asset);
    }
    return assets;
  }

  private List<LabProcess.Line> since(int line, String asset, @Nullable String via)
      throws IOException {
    List<LabProcess.Line> all = lab.journal();
    return all.subList(line, all.size()).stream()
        .filter(l -> l.machine().equals(asset) && (via == null || l.via().equals(via)))
        .toList();
  }

  /** The fault's id once it stands at RECOVERED. */
  private Optional<String> recovered(String asset) {
    for (JsonNode item :
        ask("/api/v1/faults?state=RECOVERED&class=" + FAULT + "&machine=" + asset).path("items"))
      return Optional.of(item.path("id").asString());
    return Optional.empty();
  }

  JsonNode check() {
    for (JsonNode check : ask("/api/v1/checks"))
      if (check.path("fault_class").asString().equals(FAULT)) return check;
    throw new IllegalStateException("no check " + FAULT);
  }

  private JsonNode status() {
    return ask("/api/v1/status");
  }

  private JsonNode ask(String path) {
    try {
      return server.get(path);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Instant at(JsonNode story, int edge) {
    for (JsonNode entry : story)
      if (entry.path("details").path("edge").asInt(-1) == edge)
        return Instant.parse(entry.path("at").asString());
    throw new IllegalStateException("no edge " + edge + " in " + story);
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toMillis() / 1e3;
  }
}
