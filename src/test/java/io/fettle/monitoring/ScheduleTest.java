package io.fettle.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.monitoring.Monitoring.CheckInfo;
import io.fettle.monitoring.Schedule.Due;
import io.fettle.monitoring.Schedule.DueCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final long MINUTE = 60_000;
  private static final long START = 1_000_000 * MINUTE;

  private final Schedule schedule = new Schedule();
  private final Known five = known("five", 5);
  private final Known ten = known("ten", 10);

  @Test
  void everyCheckRunsOncePerIntervalAtItsOwnSlots() {
    List<AssetId> machines = machines(50);
    machines.forEach(machine -> schedule.bind(machine, List.of(five, ten), START));

    Map<String, List<Long>> slots = run(START, START + 60 * MINUTE);

    for (AssetId machine : machines) {
      assertThat(slots.get(machine + "five")).hasSize(12);
      assertThat(slots.get(machine + "ten")).hasSize(6);
      assertThat(slots.get(machine + "five")).containsAll(slots.get(machine + "ten"));
      assertThat(slots.get(machine + "five"))
          .allMatch(slot ->
              Math.floorMod(slot - Schedule.phaseOf(machine) % (5 * MINUTE), 5 * MINUTE) == 0);
    }
    assertThat(schedule.missed()).isZero();
  }

  @Test
  void aRestartDoesNotRollTheSlotsAgain() {
    AssetId machine = machines(1).getFirst();
    schedule.bind(machine, List.of(five), START);
    List<Long> before = run(START, START + 60 * MINUTE).get(machine + "five");

    Schedule next = new Schedule();
    next.bind(machine, List.of(known("five", 5)), START + 17 * MINUTE);
    Optional<Due> first = next.next(START + 60 * MINUTE);

    assertThat(before).contains(first.orElseThrow().checks().getFirst().slot());
  }

  @Test
  void machinesAreSpreadOverTheInterval() {
    machines(3_000).forEach(machine -> schedule.bind(machine, List.of(five), START));

    int[] perSecond = new int[300];
    for (int second = 0; second < 300; second++)
      while (visit(START + second * 1_000L).isPresent()) perSecond[second]++;

    assertThat(java.util.Arrays.stream(perSecond).max().orElseThrow()).isLessThan(40);
    assertThat(java.util.Arrays.stream(perSecond).sum()).isBetween(2_950, 3_000);
  }

  @Test
  void aMachineIsNeverVisitedTwiceAtOnce() {
    AssetId machine = machines(1).getFirst();
    schedule.bind(machine, List.of(five), START);
    long now = START + 5 * MINUTE;
    assertThat(schedule.next(now)).isPresent();
    schedule.soon(machine, five, now);

    assertThat(schedule.next(now + 1)).isEmpty();
    assertThat(schedule.next(now + 10 * MINUTE)).isEmpty();

    schedule.done(machine);
    assertThat(schedule.next(now + 10 * MINUTE + 500)).isPresent();
  }

  @Test
  void aSlowFleetLosesSlotsAndSaysSo() {
    AssetId machine = machines(1).getFirst();
    schedule.bind(machine, List.of(five), START);

    Due late = schedule.next(START + 60 * MINUTE).orElseThrow();

    assertThat(late.checks()).hasSize(1);
    assertThat(late.checks().getFirst().slot()).isGreaterThan(START + 55 * MINUTE);
    assertThat(schedule.missed()).isBetween(10L, 11L);
    assertThat(schedule.late(START + 60 * MINUTE, 2)).isZero();
    schedule.done(machine);
    assertThat(schedule.late(START + 120 * MINUTE, 2)).isEqualTo(1);
  }

  @Test
  void aSuspectIsLookedAtSoonBesidesItsSlots() {
    AssetId machine = machines(1).getFirst();
    schedule.bind(machine, List.of(five, ten), START);

    schedule.soon(machine, five, START + 1_000);
    schedule.soon(machine, five, START + 2_000);
    schedule.soon(machine, ten, START + 9_000);

    assertThat(schedule.next(START + 999)).isEmpty();
    Due soon = schedule.next(START + 1_000).orElseThrow();
    assertThat(soon.checks()).extracting(DueCheck::check).containsExactlyInAnyOrder(five, ten);
    schedule.done(machine);
    assertThat(schedule.next(START + 2_500)).isEmpty();
  }

  @Test
  void whatIsNotBoundIsNotVisited() {
    AssetId machine = machines(1).getFirst();
    schedule.bind(machine, List.of(five), START);
    schedule.soon(machine, five, START + 1);
    schedule.bind(machine, List.of(), START);

    assertThat(schedule.next(START + 60 * MINUTE)).isEmpty();
    assertThat(schedule.size()).isZero();
  }

  @Test
  void aMillionBindingsFitWellUnder600BytesEach() {
    Runtime runtime = Runtime.getRuntime();
    List<Known> twenty = new ArrayList<>();
    for (int i = 0; i < 20; i++) twenty.add(known("check" + i, 5));
    long before = used(runtime);
    for (int i = 0; i < 50_000; i++)
      schedule.bind(new AssetId(new UUID(i * 7919L, i)), List.copyOf(twenty), START);

    double perBinding = (used(runtime) - before) / 1_000_000.0;

    System.out.printf("schedule: %.1f bytes per binding%n", perBinding);
    assertThat(schedule.bindings()).isEqualTo(1_000_000);
    assertThat(perBinding).isLessThan(600);
  }

  private static long used(Runtime runtime) {
    for (int i = 0; i < 4; i++) System.gc();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private Optional<Due> visit(long now) {
    Optional<Due> due = schedule.next(now);
    due.ifPresent(d -> schedule.done(d.machine()));
    return due;
  }

  private Map<String, List<Long>> run(long from, long until) {
    Map<String, List<Long>> slots = new HashMap<>();
    for (long now = from; now <= until; now += 500)
      for (Optional<Due> due = visit(now); due.isPresent(); due = visit(now))
        for (DueCheck check : due.get().checks())
          slots
              .computeIfAbsent(due.get().machine() + check.check().name(), k -> new ArrayList<>())
              .add(check.slot());
    return slots;
  }

  private static List<AssetId> machines(int n) {
    List<AssetId> machines = new ArrayList<>();
    for (int i = 0; i < n; i++) machines.add(new AssetId(new UUID(i * 31L, i)));
    return machines;
  }

  private static Known known(String name, int minutes) {
    CheckInfo info =
        new CheckInfo(
            name,
            Label.same(name),
            name,
            "",
            Duration.ofMinutes(minutes),
            Duration.ofSeconds(30),
            3,
            4);
    return new Known(new FakeCheck(name), new FakeQuery(""), info);
  }
}
