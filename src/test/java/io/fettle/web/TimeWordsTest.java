package io.fettle.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class TimeWordsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T06:00:00Z");

  @Test
  void relativeTimes() {
    assertThat(TimeWords.ago(NOW.minusSeconds(3), NOW, Locale.CHINA)).isEqualTo("3 秒前");
    assertThat(TimeWords.ago(NOW.minusSeconds(7_500), NOW, Locale.ENGLISH)).isEqualTo("2 h ago");
    assertThat(TimeWords.ago(NOW.plusSeconds(90), NOW, Locale.CHINA)).isEqualTo("1 分钟后");
    assertThat(TimeWords.ago(NOW, NOW, Locale.ENGLISH)).isEqualTo("just now");
  }

  @Test
  void durationsAsPeopleSayThem() {
    assertThat(TimeWords.lasted(Duration.ofSeconds(178), Locale.CHINA)).isEqualTo("2 分 58 秒");
    assertThat(TimeWords.lasted(Duration.ofMillis(420), Locale.ENGLISH)).isEqualTo("0.4 s");
    assertThat(TimeWords.lasted(Duration.ofHours(50), Locale.ENGLISH)).isEqualTo("2 d 2 h");
  }
}
