package io.fettle.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.fault.FaultSorting;
import io.fettle.fault.FaultState;
import io.fettle.kernel.Problem;
import org.junit.jupiter.api.Test;

class FaultFilterFormTest {
  @Test
  void aTurnMeansItsStates() {
    assertThat(form("person").filter(null).states())
        .containsExactlyInAnyOrder(FaultState.ESCALATED, FaultState.AWAITING);
    assertThat(form("none").filter(null).states()).containsExactly(FaultState.RECOVERED);
    assertThat(form("closed").filter(null).states()).containsExactly(FaultState.CLOSED);
    assertThat(form("open").filter(null).states()).isEmpty();
  }

  @Test
  void aWordThatIsNoStateSaysWhatAre() {
    assertThatThrownBy(() -> form("green").filter(null))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("person");
  }

  @Test
  void theAddressKeepsTheOtherFilters() {
    FaultFilterForm form =
        new FaultFilterForm(
            "held", "host.disk", "10.8.3.17:22", FaultSorting.parse("opened"), "c1");

    assertThat(form.withState("open"))
        .isEqualTo("/faults?class=host.disk&machine=10.8.3.17%3A22&sort=opened");
    assertThat(form.next("c2"))
        .isEqualTo(
            "/faults?state=held&class=host.disk&machine=10.8.3.17%3A22&sort=opened&cursor=c2");
    assertThat(form.sorted(FaultSorting.NEWEST))
        .isEqualTo("/faults?state=held&class=host.disk&machine=10.8.3.17%3A22");
  }

  private static FaultFilterForm form(String state) {
    return new FaultFilterForm(state, null, null, FaultSorting.NEWEST, null);
  }
}
