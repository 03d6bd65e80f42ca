package io.fettle.fault;

import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lists travel to PostgreSQL as one array per column. */
final class Columns {
  private Columns() {}

  static <T> @Nullable String[] of(Collection<T> rows, Function<T, @Nullable Object> value) {
    @Nullable String[] out = new String[rows.size()];
    int i = 0;
    for (T row : rows) {
      Object one = value.apply(row);
      out[i++] = one == null ? null : one.toString();
    }
    return out;
  }
}
