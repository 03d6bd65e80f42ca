package io.fettle.fault;

import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Viewer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cursor into a list of faults: where the next page goes on.
 *
 * @param key value of the sorted column, a time in microseconds to the base of 36
 */
record FaultList(String key, long id) {
  static final int MOST = 500;

  /**
   * @throws Problem 422 when it was not made here, or for another order
   */
  static @Nullable FaultList cursor(@Nullable String text, FaultSorting sorting) {
    if (text == null || text.isEmpty()) return null;
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      String[] parts = plain.split(" ", 3);
      if (!parts[0].equals(sorting.text())) throw new IllegalArgumentException();
      FaultList cursor = new FaultList(parts[2], Long.parseLong(parts[1]));
      if (sorting.byTime()) cursor.at();
      return cursor;
    } catch (RuntimeException e) {
      throw Problem.badInput(
          "cursor", text, "游标无效，请从第一页重新开始", "not a cursor of this list: start from the first page");
    }
  }

  static Page<Fault> page(List<FaultListTable.Row> rows, FaultSorting sorting, int limit) {
    List<Fault> page = rows.stream().limit(limit).map(FaultListTable.Row::fault).toList();
    if (rows.size() <= limit) return new Page<>(page, null);
    FaultListTable.Row last = rows.get(limit - 1);
    String plain = sorting.text() + " " + last.fault().id().value() + " " + sorting.key(last);
    return new Page<>(
        page,
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(plain.getBytes(StandardCharsets.UTF_8)));
  }

  static int bounded(int limit) {
    return Math.clamp(limit, 1, MOST);
  }

  static boolean seesNothing(Viewer viewer) {
    return !viewer.seesAll() && viewer.teams().isEmpty();
  }

  /** The key of an order by time. */
  Instant at() {
    long micros = Long.parseLong(key, 36);
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000L);
  }
}
