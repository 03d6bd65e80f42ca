package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DifferenceTest {
  @Test
  void whatOnlyOneHasIsMarked() {
    assertThat(Difference.of("a\nb\nc\n", "a\nx\nc\nd\n"))
        .extracting(line -> line.sign() + line.text())
        .containsExactly(" a", "-b", "+x", " c", "+d");
    assertThat(Difference.of("", "a")).extracting(Difference.Line::sign).containsExactly('+');
    assertThat(Difference.of("a\n".repeat(500), "b")).isEmpty();
  }
}
