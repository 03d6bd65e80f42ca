package io.fettle.cmdb;

import io.fettle.kernel.AssetId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How values travel to and from PostgreSQL; lists go as one array. */
final class Sql {
  private Sql() {}

  static OffsetDateTime at(Instant instant) {
    return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  /** The database keeps microseconds; comparing needs the same here. */
  static Instant micros(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS);
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  static @Nullable Instant maybe(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  static AssetId asset(ResultSet row, String column) throws SQLException {
    return AssetId.of(row.getString(column));
  }

  static String[] ids(Collection<AssetId> ids) {
    return ids.stream().map(AssetId::toString).toArray(String[]::new);
  }

  static <T> @Nullable String[] texts(Collection<T> items, Function<T, @Nullable Object> value) {
    @Nullable String[] out = new String[items.size()];
    int i = 0;
    for (T item : items) {
      Object one = value.apply(item);
      out[i++] = one == null ? null : one.toString();
    }
    return out;
  }
}
