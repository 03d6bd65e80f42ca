package io.fettle.batch;

import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A job under a name, to be started again and again.
 *
 * @param version rises with every change
 * @param wish with its exact text; a script of the library at its commit
 * @param most machines on which it may run at one time; with more it does not start
 * @param roles that may start it, beside the owners of these teams on their own machines
 * @param dangers in its text; with any, a second person agrees to this version once
 * @param by who wrote this version
 * @param next when it starts by itself; null without a timetable
 */
public record Saved(
    String name,
    int version,
    Wish wish,
    List<Parameter> parameters,
    int most,
    Set<Role> roles,
    Set<String> teams,
    List<String> dangers,
    String by,
    Instant at,
    @Nullable String approvedBy,
    @Nullable Timetable timetable,
    @Nullable Instant next) {
  public Saved {
    parameters = List.copyOf(parameters);
    roles = Set.copyOf(roles);
    teams = Set.copyOf(teams);
    dangers = List.copyOf(dangers);
  }

  /** True while a second person has not agreed to what is dangerous in it. */
  public boolean waits() {
    return !dangers.isEmpty() && approvedBy == null;
  }

  /**
   * All its parameters: those given, and for the others their usual values.
   *
   * @throws Problem 422 for a value that does not fit, one that is missing and one too many
   */
  Map<String, String> values(Map<String, String> given) {
    Map<String, String> values = new LinkedHashMap<>();
    Set<String> left = new HashSet<>(given.keySet());
    for (Parameter parameter : parameters) {
      left.remove(parameter.name());
      String value = given.getOrDefault(parameter.name(), parameter.usual());
      if (value == null)
        throw Problem.badInput(
            parameter.name(), "", "请给出这个参数的值", "give a value for this parameter");
      values.put(parameter.name(), parameter.checked(value));
    }
    if (!left.isEmpty())
      throw Problem.badInput(
          "set", String.join(", ", left), "没有这个参数", "there is no such parameter");
    return values;
  }

  /** What it wishes with these values of its parameters. */
  Wish with(Map<String, String> values) {
    Map<String, Object> all = new LinkedHashMap<>(wish.params());
    all.putAll(values);
    return wish.saved(name, all);
  }

  /** True when this viewer may start it. */
  public boolean startedBy(Viewer viewer) {
    return roles.stream().anyMatch(viewer::is)
        || viewer.is(Role.OWNER) && viewer.teams().stream().anyMatch(teams::contains);
  }

  /** True when this viewer may see it. */
  boolean seenBy(Viewer viewer) {
    return viewer.seesAll() || startedBy(viewer);
  }

  /** What became of a start. */
  public enum Outcome {
    STARTED,
    /** It could not start: no machine, too many, not approved … */
    REFUSED,
    /** Fettle was not there in time. */
    MISSED,
    /** The one before was still under way. */
    OVERLAPPED
  }

  /**
   * One time of a timetable.
   *
   * @param times how many times this stands for; more than one only when MISSED
   */
  public record Turn(
      Instant due, Outcome outcome, int times, @Nullable JobId job, @Nullable Label why) {}
}
