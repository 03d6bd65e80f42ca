package io.fettle.ticket;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.support.TestPostgres;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class TicketSortingTest {
  private static final int ROWS = Integer.getInteger("fettle.rows", 100_000);
  private static final JdbcClient DB = JdbcClient.create(TestPostgres.fresh());
  private final TicketTable table = new TicketTable(DB);

  /** One ticket of five is open; no two have the same machine and class. */
  @BeforeAll
  static void tickets() {
    DB.sql(
            """
            insert into ticket.ticket (kind, state, title_zh, title_en, fault_id, asset_id, asset_no,
              team, fault_class, component, place, created_at, changed_at)
            select 'fault', case when n % 5 = 0 then 'OPEN' else 'CLOSED' end, 'x', 'x', n,
                   gen_random_uuid(), 'A' || n % 30011, 'team', 'class.' || n % 40, '', 'R',
                   now() - n * interval '1 minute', now() - (n % 977) * interval '1 hour'
              from generate_series(1, :rows) n
            """)
        .param("rows", ROWS)
        .update();
    DB.sql("analyze ticket.ticket").update();
  }

  @Test
  void everyOrderIsWholePageByPage() {
    for (TicketSorting.By by : TicketSorting.By.values())
      for (boolean descending : new boolean[] {false, true}) {
        TicketSorting sorting = new TicketSorting(by, descending);
        List<Long> ids = new ArrayList<>();
        TicketCursor after = null;
        while (true) {
          List<TicketTable.Row> rows = table.list(TicketFilter.OPEN, null, sorting, after, 997);
          rows.forEach(row -> ids.add(row.view().id()));
          if (rows.size() < 997 || ids.size() > 50_000) break;
          after = TicketCursor.read(TicketCursor.after(rows.getLast(), sorting), sorting);
        }
        assertThat(ids).as(sorting.toString()).doesNotHaveDuplicates();
        if (ROWS / 5 < 50_000) assertThat(ids).as(sorting.toString()).hasSize(ROWS / 5);
      }
  }

  @Test
  void anIndexServesEveryOrderOfOpenAndOfAll() {
    for (TicketSorting.By by : TicketSorting.By.values())
      for (boolean descending : new boolean[] {false, true})
        for (boolean open : new boolean[] {true, false}) {
          TicketSorting sorting = new TicketSorting(by, descending);
          TicketFilter filter = new TicketFilter(open, null, null);
          TicketTable.Row last = table.list(filter, null, sorting, null, 50).getLast();
          String plan =
              plan(filter, sorting, TicketCursor.read(TicketCursor.after(last, sorting), sorting));
          assertThat(plan).as(sorting + " open=" + open).doesNotContain("Sort", "Seq Scan");
        }
  }

  private String plan(TicketFilter filter, TicketSorting sorting, @Nullable TicketCursor after) {
    var listing = TicketTable.listing(filter, null, sorting, after, 50);
    return String.join(
        "\n",
        DB.sql("explain (analyze, buffers, costs off) " + listing.sql())
            .params(listing.values())
            .query(String.class)
            .list());
  }
}
