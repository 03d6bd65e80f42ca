package io.fettle.monitoring;

import io.fettle.cmdb.Register;
import io.fettle.kernel.AssetId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which checks every machine is bound to, machine by machine in id order: all checks' queries are
 * read side by side, a page at a time, so that a count of a million machines holds a few pages.
 */
final class Recount {
  private static final int PAGE = 1_000;

  /** PostgreSQL orders ids as unsigned bytes, Java's UUID does not. */
  private static final Comparator<AssetId> BY_ID =
      Comparator.<AssetId, Long>comparing(
              id -> id.value().getMostSignificantBits(), Long::compareUnsigned)
          .thenComparing(id -> id.value().getLeastSignificantBits(), Long::compareUnsigned);

  private final PriorityQueue<Cursor> cursors =
      new PriorityQueue<>(Comparator.comparing(Cursor::head, BY_ID));

  Recount(Register register, Collection<Known> checks) {
    for (Known check : checks) {
      Cursor cursor = new Cursor(register, check);
      if (cursor.hasHead()) cursors.add(cursor);
    }
  }

  /** One check's query, read on. */
  private static final class Cursor {
    private final Register register;
    private final Known check;
    private final Deque<AssetId> page = new ArrayDeque<>();
    private @Nullable AssetId last;
    private boolean more = true;

    Cursor(Register register, Known check) {
      this.register = register;
      this.check = check;
    }

    boolean hasHead() {
      if (page.isEmpty() && more) {
        List<AssetId> next = register.ids(check.query(), last, PAGE);
        more = next.size() == PAGE;
        if (!next.isEmpty()) last = next.getLast();
        page.addAll(next);
      }
      return !page.isEmpty();
    }

    AssetId head() {
      return page.element();
    }
  }

  void each(BiConsumer<AssetId, List<Known>> take) {
    while (!cursors.isEmpty()) {
      AssetId machine = cursors.element().head();
      List<Known> bound = new ArrayList<>(4);
      while (!cursors.isEmpty() && cursors.element().head().equals(machine)) {
        Cursor cursor = cursors.remove();
        bound.add(cursor.check);
        cursor.page.remove();
        if (cursor.hasHead()) cursors.add(cursor);
      }
      take.accept(machine, bound);
    }
  }
}
