package io.fettle.batch;

import io.fettle.kernel.Role;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A saved job as JSON.
 *
 * @param with parameters with a fixed value
 * @param most machines at one time
 * @param waits true while a second person has not agreed to what is dangerous in it
 * @param next when it starts by itself
 * @param last what became of its newest turn; null for none, and in lists
 * @param runbooks those in force that have it as a step; it cannot be forgotten meanwhile
 */
record SavedView(
    String name,
    int version,
    JobKind kind,
    String body,
    @Nullable String file,
    @Nullable String libraryPath,
    @Nullable String libraryCommit,
    Map<String, Object> with,
    boolean root,
    String query,
    String reason,
    List<Parameter> parameters,
    int most,
    Set<Role> roles,
    Set<String> teams,
    List<String> dangers,
    boolean waits,
    String by,
    Instant at,
    @Nullable String approvedBy,
    @Nullable String cron,
    @Nullable String zone,
    @Nullable Instant next,
    Saved.@Nullable Turn last,
    List<String> runbooks) {
  static SavedView of(Saved saved, Saved.@Nullable Turn last, List<String> runbooks) {
    Wish wish = saved.wish();
    Timetable timetable = saved.timetable();
    return new SavedView(
        saved.name(),
        saved.version(),
        wish.kind(),
        wish.body(),
        wish.file(),
        wish.origin().path(),
        wish.origin().commit(),
        wish.params(),
        wish.root(),
        wish.query(),
        wish.reason(),
        saved.parameters(),
        saved.most(),
        saved.roles(),
        saved.teams(),
        saved.dangers(),
        saved.waits(),
        saved.by(),
        saved.at(),
        saved.approvedBy(),
        timetable == null ? null : timetable.cron(),
        timetable == null ? null : timetable.zone().getId(),
        saved.next(),
        last,
        runbooks);
  }
}
