package io.fettle.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FindPagesTest {
  @Test
  void aPastedListIsTakenApartWhateverStandsBetween() {
    assertThat(FindPages.keys(" ZC1,ZC2；10.8.3.17\n\tb0:26:28:00:11:22、ZC1 "))
        .containsExactly("ZC1", "ZC2", "10.8.3.17", "b0:26:28:00:11:22");
  }

  @Test
  void anEndlessWordIsCut() {
    assertThat(FindPages.keys("w".repeat(10_000)).getFirst()).hasSize(200);
  }

  @Test
  void aRackIsAQueryWhateverItsNameHolds() {
    assertThat(Links.rack("a'b\\c", null, "A1"))
        .isEqualTo(
            "q="
                + Links.encode(
                    "placement.rack == 'A1' and placement.site == 'a\\'b\\\\c'"
                        + " and placement.room == null"));
  }
}
