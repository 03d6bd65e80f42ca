package io.fettle.fault;

import io.fettle.kernel.RemoteText;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Evidence and details to and from JSONB; remote text in them is cut and cleaned on the way in. */
final class Json {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};
  private static final int TEXT_LIMIT = 8_192;

  private Json() {}

  static String write(Map<String, ?> map) {
    return MAPPER.writeValueAsString(RemoteText.safe(map, TEXT_LIMIT));
  }

  static Map<String, Object> read(String json) {
    return MAPPER.readValue(json, MAP);
  }
}
