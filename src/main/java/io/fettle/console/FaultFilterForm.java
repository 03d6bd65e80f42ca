package io.fettle.console;

import io.fettle.fault.FaultFilter;
import io.fettle.fault.FaultSorting;
import io.fettle.fault.FaultState;
import io.fettle.fault.Turn;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The filter of the faults list as it stands in the address.
 *
 * @param state open, a turn (person, nobody, fettle, held, unknown, none), closed, or one state
 */
public record FaultFilterForm(
    String state,
    @Nullable String faultClass,
    @Nullable String machine,
    FaultSorting sorting,
    @Nullable String cursor) {

  FaultFilter filter(@Nullable AssetId asset) {
    return new FaultFilter(states(), faultClass, asset);
  }

  private Set<FaultState> states() {
    if (state.equals("open")) return Set.of();
    for (FaultState one : FaultState.values())
      if (one.name().equalsIgnoreCase(state)) return Set.of(one);
    Set<FaultState> found = EnumSet.noneOf(FaultState.class);
    for (FaultState one : FaultState.values())
      if (one != FaultState.CLOSED && Turn.of(one).name().equalsIgnoreCase(state)) found.add(one);
    if (found.isEmpty())
      throw Problem.badInput(
          "state",
          state.length() > 40 ? state.substring(0, 40) : state,
          "状态可以是 open、" + words("、"),
          "state is one of open, " + words(", "));
    return found;
  }

  private static String words(String between) {
    return String.join(
        between, Arrays.stream(Turn.values()).map(t -> t.name().toLowerCase(Locale.ROOT)).toList());
  }

  /** The address of this list with another state. */
  public String withState(String other) {
    return address(other, faultClass, machine, sorting, null);
  }

  /** The address of this list with another class; null: all. */
  public String withClass(@Nullable String other) {
    return address(state, other, machine, sorting, null);
  }

  /** The address of the page that goes on at this cursor. */
  public String next(String at) {
    return address(state, faultClass, machine, sorting, at);
  }

  /** The address without the machine. */
  public String anyMachine() {
    return address(state, faultClass, null, sorting, null);
  }

  /** The address of this list for one machine. */
  public String withMachine(String key) {
    return address(state, faultClass, key, sorting, null);
  }

  /** The address of this list in another order. */
  public String sorted(FaultSorting other) {
    return address(state, faultClass, machine, other, null);
  }

  private static String address(
      String state,
      @Nullable String faultClass,
      @Nullable String machine,
      FaultSorting sorting,
      @Nullable String cursor) {
    StringBuilder out = new StringBuilder("/faults");
    add(out, "state", state.equals("open") ? null : state);
    add(out, "class", faultClass);
    add(out, "machine", machine);
    add(out, "sort", sorting.equals(FaultSorting.NEWEST) ? null : sorting.text());
    add(out, "cursor", cursor);
    return out.toString();
  }

  private static void add(StringBuilder out, String name, @Nullable String value) {
    if (value == null || value.isEmpty()) return;
    out.append(out.indexOf("?") < 0 ? '?' : '&').append(name).append('=');
    out.append(URLEncoder.encode(value, StandardCharsets.UTF_8));
  }
}
