package io.fettle.batch;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** How values become columns and come back. */
final class Columns {
  private static final JsonMapper JSON = JsonMapper.shared();

  private Columns() {}

  /** One column of many rows, as text that the statement casts. */
  static <T> @Nullable String[] of(List<T> rows, Function<T, @Nullable Object> value) {
    @Nullable String[] column = new @Nullable String[rows.size()];
    for (int i = 0; i < column.length; i++) {
      Object v = value.apply(rows.get(i));
      column[i] = v == null ? null : v.toString();
    }
    return column;
  }

  static @Nullable Timestamp at(@Nullable Instant instant) {
    return instant == null ? null : Timestamp.from(instant);
  }

  static Instant instant(ResultSet rs, String column) throws SQLException {
    return rs.getObject(column, OffsetDateTime.class).toInstant();
  }

  static @Nullable Instant maybe(ResultSet rs, String column) throws SQLException {
    OffsetDateTime time = rs.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  static String json(Object value) {
    return JSON.writeValueAsString(value);
  }

  static List<String> texts(String json) {
    return JSON.readValue(json, new TypeReference<List<String>>() {});
  }

  static List<Integer> numbers(String json) {
    return JSON.readValue(json, new TypeReference<List<Integer>>() {});
  }

  static <T> T read(String json, Class<T> type) {
    return JSON.readValue(json, type);
  }

  static Map<String, Object> map(String json) {
    return JSON.readValue(json, new TypeReference<Map<String, Object>>() {});
  }
}
