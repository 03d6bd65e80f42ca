package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FillingTest {
  private static Filling.Filled filled(String body, int machines) {
    Map<AssetId, Map<String, String>> values = new HashMap<>();
    for (int i = 0; i < machines; i++)
      values.put(
          new AssetId(new UUID(0, i)), Map.of("asset_no", i == machines - 1 ? "; mkfs" : "A" + i));
    return new Filling.Filled(
        new Targets.Chosen(List.of(), Map.of(), 0),
        Template.of(body, Set.of("asset_no")),
        values,
        Set.of("asset_no"),
        Map.of());
  }

  @Test
  void everyTextIsSearchedForDangerOrNoneRuns() {
    String body = "echo {asset_no} " + "x".repeat(100_000);

    assertThat(filled(body, 70).read(body))
        .hasSize(71)
        .anyMatch(text -> text.startsWith("echo ; mkfs"));
    assertThatThrownBy(() -> filled(body, 100).read(body))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("more than 8 million characters, too much to be searched for danger");
  }
}
