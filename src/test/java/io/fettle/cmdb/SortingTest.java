package io.fettle.cmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Viewer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SortingTest {
  private static final Room ROOM = new Room();
  private static final Viewer ALL = Viewer.system("test");

  @BeforeAll
  static void fleet() {
    ROOM.load(
        """
        资产号,序列号,厂商,型号,机柜,团队
        A1,SERIAL01,Dell,R740,F06,pay
        A2,SERIAL02,Dell,R640,F05,pay
        A3,SERIAL03,HPE,DL380,F06,ads
        A4,SERIAL04,HPE,DL380,,
        """);
  }

  @ParameterizedTest
  @CsvSource({
    "name, A1 A2 A3 A4",
    "-name, A4 A3 A2 A1",
    "place, A4 A2 A1 A3",
    "-place, A3 A1 A2 A4",
    "team, A4 A3 A1 A2",
    "-team, A2 A1 A3 A4"
  })
  void everyOrderIsWholePageByPage(String sort, String names) {
    assertThat(String.join(" ", walk(Sorting.parse(sort), 1))).isEqualTo(names);
    assertThat(String.join(" ", walk(Sorting.parse(sort), 3))).isEqualTo(names);
  }

  @Test
  void aCursorOfAnotherOrderIsRefused() {
    String cursor = page(Sorting.NAME, null, 2).next();

    assertThatThrownBy(() -> page(Sorting.parse("place"), cursor, 2)).isInstanceOf(Problem.class);
    assertThatThrownBy(() -> Sorting.parse("colour")).isInstanceOf(Problem.class);
  }

  private static List<String> walk(Sorting sorting, int size) {
    List<String> names = new ArrayList<>();
    for (String cursor = null; ; ) {
      Page<MachineCard> page = page(sorting, cursor, size);
      page.items().forEach(card -> names.add(card.name()));
      cursor = page.next();
      if (cursor == null) return names;
    }
  }

  private static Page<MachineCard> page(Sorting sorting, @Nullable String cursor, int size) {
    MachineLists lists = (MachineLists) ROOM.register;
    return lists.list(ROOM.register.query(""), ALL, sorting, cursor, size);
  }
}
