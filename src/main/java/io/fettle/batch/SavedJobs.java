package io.fettle.batch;

import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.remediation.Remediation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Front door of jobs that are kept under a name. */
public interface SavedJobs {
  /**
   * What is to be kept.
   *
   * @param parameters as {@link Parameter} reads them
   * @param most machines at one time; null: as many as need no count
   * @param roles that may start it; empty: operators
   * @param cron with a zone; null to start by hand only
   */
  record Keep(
      String name,
      Wish wish,
      List<String> parameters,
      @Nullable Integer most,
      Set<Role> roles,
      Set<String> teams,
      @Nullable String cron,
      @Nullable String zone) {}

  /**
   * Writes a new version, or the first.
   *
   * @throws io.fettle.kernel.Problem 422 for what could not be started later
   */
  Saved save(Keep keep, Viewer viewer);

  /** A second person agrees to what is dangerous in this version. */
  Saved approve(String name, int version, Viewer viewer);

  /**
   * Starts it now.
   *
   * @param values of its parameters
   * @param query narrows further: only machines that match this too; null for all of its own
   */
  Job start(
      String name,
      Map<String, String> values,
      @Nullable String query,
      @Nullable String reason,
      Viewer viewer);

  /** What a start would come to; writes nothing. */
  Jobs.Preview preview(
      String name, Map<String, String> values, @Nullable String query, Viewer viewer);

  /**
   * Removes it.
   *
   * @throws io.fettle.kernel.Problem 409 while it is a step of a runbook
   */
  void forget(String name, Viewer viewer);

  /** Steps of runbooks in force that run it. */
  List<Remediation.StepUse> uses(String name);

  /** By name. */
  List<Saved> list(Viewer viewer);

  Optional<Saved> find(String name, Viewer viewer);

  /** Newest first, of its timetable. */
  List<Saved.Turn> turns(String name);

  /** Its newest jobs. */
  List<Jobs.Listed> jobs(String name, int limit, Viewer viewer);
}
