package io.fettle;

import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

/** The walls between the rooms. */
class HouseTest {
  @Test
  void roomsUseOnlyWhatTheyMay() {
    ApplicationModules.of(Fettle.class).verify();
  }
}
