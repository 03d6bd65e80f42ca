package io.fettle.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Viewer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FaultSortingTest {
  private static final Viewer ALL = Viewer.system("test");
  private static final FaultFilter OPEN = new FaultFilter(Set.of(), null, null);
  private static final FaultFilter CLOSED = new FaultFilter(Set.of(FaultState.CLOSED), null, null);
  private static final int ROWS = Integer.getInteger("fettle.rows", 100_000);
  private final FaultRig rig = new FaultRig();

  @Test
  void everyOrderIsWholePageByPage() {
    Fault b = rig.confirmed("bmc.nic_mode", "B", "t");
    rig.clock.forward(Duration.ofSeconds(1));
    Fault a = rig.confirmed("host.disk", "A", "t");
    rig.clock.forward(Duration.ofSeconds(1));
    Fault c = rig.confirmed("account.key", "C", "t");

    assertThat(walk("opened", 1)).containsExactly(b.id(), a.id(), c.id());
    assertThat(walk("-opened", 2)).containsExactly(c.id(), a.id(), b.id());
    assertThat(walk("-changed", 1)).containsExactly(c.id(), a.id(), b.id());
    assertThat(walk("machine", 1)).containsExactly(a.id(), b.id(), c.id());
    assertThat(walk("-machine", 2)).containsExactly(c.id(), b.id(), a.id());
    assertThat(walk("class", 1)).containsExactly(c.id(), b.id(), a.id());
  }

  private List<FaultId> walk(String sort, int size) {
    List<FaultId> ids = new ArrayList<>();
    for (String cursor = null; ; ) {
      Page<Fault> page = rig.book.list(OPEN, ALL, FaultSorting.parse(sort), cursor, size);
      page.items().forEach(fault -> ids.add(fault.id()));
      cursor = page.next();
      if (cursor == null) return ids;
    }
  }

  @Test
  void aCursorOfAnotherOrderIsRefused() {
    rig.confirmed("bmc.nic_mode", "A", "t");
    rig.confirmed("bmc.nic_mode", "B", "t");
    String cursor = rig.book.list(OPEN, ALL, FaultSorting.NEWEST, null, 1).next();

    assertThatThrownBy(() -> rig.book.list(OPEN, ALL, FaultSorting.parse("opened"), cursor, 1))
        .isInstanceOf(Problem.class);
    assertThatThrownBy(() -> FaultSorting.parse("colour")).isInstanceOf(Problem.class);
  }

  @Test
  void anIndexServesEveryOrderOfOpenAndOfClosed() {
    rig.db
        .sql(
            """
            insert into fault.fault (machine, fault_class, component, check_name, state, severity,
              summary_zh, summary_en, evidence, opened_at, confirmed_at, closed_at, deadline_at,
              changed_at, asset_no, site, rack, team)
            select gen_random_uuid(), 'class.' || n % 40, '', 'check',
                   case when n % 5 = 0 then 'ESCALATED' else 'CLOSED' end, 'WARNING', 'x', 'x',
                   '{}', now() - n * interval '1 minute', now() - n * interval '1 minute',
                   case when n % 5 = 0 then null else now() end, now(),
                   now() - (n % 977) * interval '1 hour', 'A' || n % 30011, 'S', 'R', 'team'
              from generate_series(1, :rows) n
            """)
        .param("rows", ROWS)
        .update();
    rig.db.sql("analyze fault.fault").update();

    for (FaultSorting.By by : FaultSorting.By.values())
      for (boolean descending : new boolean[] {false, true})
        for (FaultFilter filter : List.of(OPEN, CLOSED)) {
          FaultSorting sorting = new FaultSorting(by, descending);
          Page<Fault> first = rig.book.list(filter, ALL, sorting, null, 50);
          String plan = plan(filter, sorting, FaultList.cursor(first.next(), sorting));
          assertThat(plan).as(sorting + " " + filter).doesNotContain("Sort", "Seq Scan");
          assertThat(buffers(plan)).as(plan).isLessThan(400);
        }
  }

  private String plan(FaultFilter filter, FaultSorting sorting, @Nullable FaultList after) {
    var listing = FaultListTable.listing(filter, ALL, sorting, after, 50);
    return String.join(
        "\n",
        rig.db
            .sql("explain (analyze, buffers, costs off) " + listing.sql())
            .params(listing.values())
            .query(String.class)
            .list());
  }

  /** Blocks that were looked at. */
  private static long buffers(String plan) {
    var hit = java.util.regex.Pattern.compile("shared hit=(\\d+)(?: read=(\\d+))?").matcher(plan);
    if (!hit.find()) return 0;
    return Long.parseLong(hit.group(1)) + (hit.group(2) == null ? 0 : Long.parseLong(hit.group(2)));
  }
}
