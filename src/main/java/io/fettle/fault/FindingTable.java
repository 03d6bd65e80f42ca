package io.fettle.fault;

import io.fettle.fault.Standing.BindingKey;
import io.fettle.kernel.AssetId;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Snapshots of findings. */
@Component
class FindingTable {
  private static final int BATCH = 500;

  private final JdbcTemplate db;

  FindingTable(JdbcTemplate db) {
    this.db = db;
  }

  void save(Collection<Map.Entry<BindingKey, Finding>> findings) {
    db.batchUpdate(
        """
        insert into fault.finding (machine, check_name, component, fault_class, slots, verdicts,
          chain_from, chain_to, flap_score, flap_at, seen_at)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        on conflict (machine, check_name, component) do update set
          slots = excluded.slots, verdicts = excluded.verdicts, chain_from = excluded.chain_from,
          chain_to = excluded.chain_to, flap_score = excluded.flap_score,
          flap_at = excluded.flap_at, seen_at = excluded.seen_at
        """,
        findings,
        BATCH,
        FindingTable::set);
  }

  void remove(Collection<BindingKey> keys) {
    db.batchUpdate(
        "delete from fault.finding where machine = ? and check_name = ? and component = ?",
        keys,
        BATCH,
        (statement, key) -> {
          statement.setObject(1, key.machine().value());
          statement.setString(2, key.check());
          statement.setString(3, key.component());
        });
  }

  /** Every snapshot, one by one; {@code now} is when a restarted fold counts them as seen. */
  void each(Instant now, BiConsumer<BindingKey, Finding> take) {
    db.query(
        """
        select machine, check_name, component, fault_class, slots, verdicts, chain_from, chain_to,
               flap_score, flap_at from fault.finding
        """,
        row -> {
          take.accept(key(row), finding(row, now));
        });
  }

  private static BindingKey key(ResultSet row) throws SQLException {
    return new BindingKey(
        new AssetId(row.getObject("machine", UUID.class)),
        row.getString("check_name"),
        row.getString("component"));
  }

  private static Finding finding(ResultSet row, Instant now) throws SQLException {
    Long[] boxed = (Long[]) row.getArray("slots").getArray();
    long[] slots = List.of(boxed).stream().mapToLong(Long::longValue).toArray();
    Window window =
        Window.of(
            slots, row.getString("verdicts"), row.getLong("chain_from"), row.getLong("chain_to"));
    return new Finding(
            row.getString("fault_class"),
            window,
            new Flapping(row.getDouble("flap_score"), FaultTable.requiredInstant(row, "flap_at")),
            now,
            0,
            null)
        .stored(now);
  }

  private static void set(PreparedStatement statement, Map.Entry<BindingKey, Finding> entry)
      throws SQLException {
    BindingKey key = entry.getKey();
    Finding finding = entry.getValue();
    Window window = finding.window();
    Long[] slots = java.util.Arrays.stream(window.slots()).boxed().toArray(Long[]::new);
    Array array = statement.getConnection().createArrayOf("bigint", slots);
    statement.setObject(1, key.machine().value());
    statement.setString(2, key.check());
    statement.setString(3, key.component());
    statement.setString(4, finding.faultClass());
    statement.setArray(5, array);
    statement.setString(6, window.letters());
    statement.setLong(7, window.chainFrom());
    statement.setLong(8, window.chainTo());
    statement.setDouble(9, finding.flapping().score());
    statement.setObject(10, FaultTable.utc(finding.flapping().at()));
    statement.setObject(11, FaultTable.utc(finding.seenAt()));
  }
}
