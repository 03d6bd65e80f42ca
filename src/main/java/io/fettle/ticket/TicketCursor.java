package io.fettle.ticket;

import io.fettle.kernel.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Where a list of tickets goes on; opaque to the caller. */
record TicketCursor(String key, long id) {
  static String after(TicketTable.Row row, TicketSorting sorting) {
    String plain = sorting.text() + " " + row.view().id() + " " + sorting.key(row);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(plain.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * @throws Problem 422 when it was not made here, or for another order
   */
  static @Nullable TicketCursor read(@Nullable String text, TicketSorting sorting) {
    if (text == null || text.isEmpty()) return null;
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      String[] parts = plain.split(" ", 3);
      if (!parts[0].equals(sorting.text())) throw new IllegalArgumentException();
      TicketCursor cursor = new TicketCursor(parts[2], Long.parseLong(parts[1]));
      sorting.value(cursor);
      return cursor;
    } catch (RuntimeException e) {
      throw Problem.badInput(
          "cursor", text, "游标无效，请从第一页重新开始", "Not a cursor of this list: start from the first page");
    }
  }
}
