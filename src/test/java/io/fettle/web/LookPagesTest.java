package io.fettle.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LookPagesTest {
  @Test
  void goesBackToThePageItCameFrom() {
    assertThat(LookPages.local("/faults?state=HELD&class=bmc.nic_mode"))
        .isEqualTo("/faults?state=HELD&class=bmc.nic_mode");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "",
        "/a\r\nX: 1",
        "/\u0007"
      })
  void neverLeavesThisServer(String back) {
    assertThat(LookPages.local(back)).isEqualTo("/");
  }
}
