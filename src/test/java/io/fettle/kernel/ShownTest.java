package io.fettle.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ShownTest {
  @Test
  void controlsBecomeVisibleAndTextStays() {
    assertThat(Shown.text("a\tb\r\nc\u001b[2J\u0000\u009b\r"))
        .isEqualTo("a\tb\nc\\x1b[2J\\x00\\x9b\\x0d");
    assertThat(Shown.text("管理卡 ok ✓ 😀")).isEqualTo("管理卡 ok ✓ 😀");
    assertThat(Shown.text("a\u202eb\u2028c")).isEqualTo("a\\u{202e}b\\u{2028}c");
  }

  @Test
  void longTextIsCutBetweenCharacters() {
    assertThat(Shown.text("abcdef", 3)).isEqualTo("abc…");
    assertThat(Shown.text("ab😀", 3)).isEqualTo("ab…");
    assertThat(Shown.text("abc", 3)).isEqualTo("abc");
  }

  @Property
  void nothingThatMovesACursorGetsThrough(@ForAll String any) {
    assertThat(Shown.text(any).chars().filter(c -> c < ' ' && c != '\n' && c != '\t')).isEmpty();
    assertThat(Shown.text(Shown.text(any))).isEqualTo(Shown.text(any));
  }
}
