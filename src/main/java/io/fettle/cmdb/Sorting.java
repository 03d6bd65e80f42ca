package io.fettle.cmdb;

import io.fettle.kernel.Problem;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** In which order a list of machines comes; a value that is not known sorts as empty text. */
public record Sorting(By by, boolean descending) {
  public static final Sorting NAME = new Sorting(By.NAME, false);

  /** What can be sorted by; each has an index. */
  public enum By {
    NAME,
    PLACE,
    TEAM
  }

  /**
   * Reads {@code name}, {@code place}, {@code team}, each with {@code -} before it for descending.
   *
   * @throws Problem 422 for another word
   */
  public static Sorting parse(String text) {
    boolean descending = text.startsWith("-");
    String word = descending ? text.substring(1) : text;
    for (By by : By.values())
      if (by.name().toLowerCase(Locale.ROOT).equals(word)) return new Sorting(by, descending);
    throw Problem.badInput(
        "sort",
        text.length() > 40 ? text.substring(0, 40) : text,
        "排序可以是 name、place、team，前加 - 为倒序",
        "sort is name, place or team, with - before it for descending");
  }

  /** As {@link #parse} reads it. */
  public String text() {
    return (descending ? "-" : "") + by.name().toLowerCase(Locale.ROOT);
  }

  /** The columns of {@code asset_doc d}, as its indexes have them. */
  List<String> columns() {
    return switch (by) {
      case NAME -> List.of("d.name");
      case PLACE ->
          List.of("coalesce(d.site, '')", "coalesce(d.room, '')", "coalesce(d.rack, '')", "d.name");
      case TEAM -> List.of("coalesce(d.team, '')", "d.name");
    };
  }

  /** A machine's values of {@link #columns}. */
  List<String> keys(MachineCard card) {
    return switch (by) {
      case NAME -> List.of(card.name());
      case PLACE -> List.of(text(card.site()), text(card.room()), text(card.rack()), card.name());
      case TEAM -> List.of(text(card.team()), card.name());
    };
  }

  private static String text(@Nullable String value) {
    return Objects.requireNonNullElse(value, "");
  }
}
