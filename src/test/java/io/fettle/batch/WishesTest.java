package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How near a typed number has to be to what a query matches now. */
class WishesTest {
  @ParameterizedTest
  @CsvSource({
    "20, 20, true",
    "20, 19, false",
    "99, 100, false",
    "200, 202, true",
    "200, 203, false",
    "5000, 4950, true",
    "5000, 4949, false",
    "0, 1, false",
    "-1, 1, false",
    "2147483647, 5000, false"
  })
  void aHundredthOfALargeListMayHaveComeOrGone(int typed, int machines, boolean close) {
    assertThat(Wishes.close(typed, machines)).isEqualTo(close);
  }
}
