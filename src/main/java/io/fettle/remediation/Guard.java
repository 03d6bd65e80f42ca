package io.fettle.remediation;

import io.fettle.kernel.Label;
import java.util.Map;

/** One condition that was looked at before acting, with what was seen. */
record Guard(String name, boolean ok, Label seen) {
  /** As the story keeps it. */
  Map<String, Object> facts() {
    return Map.of("name", name, "ok", ok, "zh", seen.zh(), "en", seen.en());
  }
}
