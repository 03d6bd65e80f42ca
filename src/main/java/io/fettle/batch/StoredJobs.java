package io.fettle.batch;

import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Jobs as people see them, each cut to what the viewer may see; what they do goes to the desk. */
final class StoredJobs implements Jobs {
  private static final int LATEST = 1_000;

  private static final int MOST = 500;

  private final Desk desk;
  private final JobDesk deeds;
  private final Sequels sequels;

  StoredJobs(Desk desk, JobDesk deeds) {
    this.desk = desk;
    this.deeds = deeds;
    this.sequels = new Sequels(desk, deeds);
  }

  @Override
  public Preview preview(Wish wish, Viewer viewer) {
    return deeds.preview(wish, viewer);
  }

  @Override
  public Job start(Wish wish, Viewer viewer) {
    return deeds.start(wish, viewer);
  }

  @Override
  public Job approve(JobId id, Viewer viewer) {
    return deeds.approve(id, viewer);
  }

  @Override
  public Job reject(JobId id, String reason, Viewer viewer) {
    return deeds.reject(id, reason, viewer);
  }

  @Override
  public Job stop(JobId id, Viewer viewer) {
    return deeds.stop(id, viewer);
  }

  @Override
  public Job goOn(JobId id, Viewer viewer) {
    return deeds.goOn(id, viewer);
  }

  @Override
  public Job rerun(
      JobId id, Set<Verdict> named, String reason, @Nullable Duration limit, Viewer viewer) {
    return sequels.rerun(id, named, reason, limit, viewer);
  }

  @Override
  public Counts rerunnable(JobId id, Viewer viewer) {
    if (!viewer.is(Role.OPERATOR)) return new Counts(0, 0, Map.of());
    return new Counts(0, 0, desk.views().rerunnableCounts(id));
  }

  @Override
  public Job undo(JobId id, String reason, Viewer viewer) {
    return sequels.undo(id, reason, viewer);
  }

  @Override
  public int undoable(Job job, Viewer viewer) {
    boolean may = job.kind() == JobKind.ACTION && job.state() == JobState.ENDED;
    return may && viewer.is(Role.OPERATOR) ? desk.effects().undoable(job.id()).size() : 0;
  }

  @Override
  public boolean mayApprove(Job job, Viewer viewer) {
    return deeds.mayApprove(job, viewer);
  }

  @Override
  public Page<Listed> list(boolean open, @Nullable String cursor, int limit, Viewer viewer) {
    int rows = Math.clamp(limit, 1, MOST);
    String @Nullable [] teams = teams(viewer);
    List<Job> found = desk.jobs().list(teams, open, before(cursor), rows + 1);
    List<Listed> shown =
        found.stream()
            .limit(rows)
            .map(job -> new Listed(shown(job, viewer), desk.views().counts(job.id(), teams)))
            .toList();
    boolean more = found.size() > rows;
    return new Page<>(shown, more ? "" + shown.getLast().job().id().value() : null);
  }

  private static long before(@Nullable String cursor) {
    return cursor == null || cursor.isEmpty() ? Long.MAX_VALUE : number(cursor);
  }

  private static long number(String cursor) {
    try {
      return Long.parseLong(cursor);
    } catch (NumberFormatException e) {
      throw Problem.badInput("cursor", "", "游标无效", "no such cursor");
    }
  }

  /** Null for who sees every machine. */
  private static String @Nullable [] teams(Viewer viewer) {
    return viewer.seesAll() ? null : viewer.teams().toArray(String[]::new);
  }

  @Override
  public Optional<Job> find(JobId id, Viewer viewer) {
    return desk.jobs()
        .find(id)
        .filter(job ->
            viewer.seesAll()
                || !desk.views()
                    .items(id, teams(viewer), new ItemFilter("", "", ""), -1, 1)
                    .isEmpty())
        .map(job -> shown(job, viewer));
  }

  private static Job shown(Job job, Viewer viewer) {
    return viewer.seesAll() ? job : job.withoutQuery();
  }

  @Override
  public Counts counts(JobId id, Viewer viewer) {
    return desk.views().counts(id, teams(viewer));
  }

  @Override
  public List<Job> followUps(JobId id, Viewer viewer) {
    return desk.jobs().followUps(id).stream()
        .flatMap(job -> find(job.id(), viewer).stream())
        .toList();
  }

  @Override
  public Page<Item> items(
      JobId id, ItemFilter filter, @Nullable String cursor, int limit, Viewer viewer) {
    int rows = Math.clamp(limit, 1, 20 * MOST);
    int after = cursor == null || cursor.isEmpty() ? -1 : (int) number(cursor);
    List<Item> found = desk.views().items(id, teams(viewer), filter, after, rows + 1);
    boolean more = found.size() > rows;
    List<Item> shown = more ? found.subList(0, rows) : found;
    return new Page<>(shown, more ? "" + shown.getLast().no() : null);
  }

  @Override
  public Folds folds(JobId id, int limit, Viewer viewer) {
    return desk.views().folds(id, teams(viewer), Math.clamp(limit, 1, MOST));
  }

  @Override
  public Page<Fetched> files(JobId id, @Nullable String cursor, int limit, Viewer viewer) {
    int rows = Math.clamp(limit, 1, MOST);
    int after = cursor == null || cursor.isEmpty() ? -1 : (int) number(cursor);
    List<Fetched> found = desk.files().fetched(id, teams(viewer), after, rows + 1);
    boolean more = found.size() > rows;
    List<Fetched> shown = more ? found.subList(0, rows) : found;
    return new Page<>(shown, more ? "" + shown.getLast().no() : null);
  }

  @Override
  public Optional<Fetched> file(JobId id, int no, Viewer viewer) {
    return desk.files().fetched(id, teams(viewer), no - 1, 1).stream()
        .filter(file -> file.no() == no)
        .findFirst();
  }

  @Override
  public Optional<Output> output(JobId id, int no, Viewer viewer) {
    return desk.views()
        .item(id, no)
        .filter(item -> viewer.seesAll() || viewer.teams().contains(item.team()))
        .map(item ->
            new Output(
                item,
                desk.feed().of(id, no).stream()
                    .map(h -> new Said(h.kind().equals("ERR"), h.body()))
                    .toList(),
                desk.effects().wayBack(id, no).orElse(Map.of())));
  }

  @Override
  public Optional<String> text(JobId id, int no, Viewer viewer) {
    return desk.jobs()
        .find(id)
        .filter(job -> job.kind() != JobKind.ACTION)
        .filter(job ->
            desk.views()
                .item(id, no)
                .filter(item -> item.verdict() != Verdict.SKIPPED)
                .filter(item -> viewer.seesAll() || viewer.teams().contains(item.team()))
                .isPresent())
        .map(job -> new Texts(desk.values()).of(job, no));
  }

  /** Ends come with their verdict; an owner hears of their own machines only. */
  @Override
  public List<Event> events(JobId id, long after, int limit, Viewer viewer) {
    return events(id, desk.feed().after(id, after, Math.clamp(limit, 1, 2_000)), viewer);
  }

  @Override
  public Follow follow(JobId id) {
    return desk.bell().follow(id);
  }

  @Override
  public List<Event> latest(JobId id, int limit, Viewer viewer) {
    return events(id, desk.feed().last(id, Math.clamp(limit, 1, 100), LATEST), viewer);
  }

  private List<Event> events(JobId id, List<HeardTable.Heard> heard, Viewer viewer) {
    if (heard.isEmpty()) return List.of();
    Map<Integer, Item> items =
        desk.views().numbered(id, heard.stream().map(HeardTable.Heard::no).distinct().toList());
    List<Event> events = new ArrayList<>();
    for (HeardTable.Heard one : heard) {
      Item item = items.get(one.no());
      if (item != null) events.add(event(one, item, viewer));
    }
    return events;
  }

  /** What another team's machine said stays unsaid, though its number moves the cursor. */
  private static Event event(HeardTable.Heard heard, Item item, Viewer viewer) {
    boolean mine = viewer.seesAll() || viewer.teams().contains(item.team());
    boolean end = heard.kind().equals("END") && mine;
    return new Event(
        heard.id(),
        mine ? item.no() : -1,
        mine ? item.name() : "",
        mine ? heard.kind() : "NONE",
        mine ? heard.body() : "",
        end ? item.verdict() : null,
        end ? item.exit() : null,
        end ? item.why() : null);
  }

  @Override
  public Open open() {
    long[] open = desk.jobs().open();
    return new Open(open[0], open[1]);
  }
}
