package io.fettle.batch;

import io.fettle.kernel.Label;
import io.fettle.kernel.Page;
import io.fettle.kernel.Viewer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Front door of jobs. Everything is cut to the machines that the viewer may see. */
public interface Jobs {
  /**
   * What a wish would come to; writes nothing, sends nothing.
   *
   * @throws io.fettle.kernel.Problem 422 for a wish that cannot be accepted
   */
  Preview preview(Wish wish, Viewer viewer);

  /**
   * Freezes the list and starts, or waits for a second person where the wish is dangerous.
   *
   * @throws io.fettle.kernel.Problem 422 for a wish that cannot be accepted, also when its count is
   *     needed and is not the one that was previewed
   */
  Job start(Wish wish, Viewer viewer);

  /** A second person agrees; the one who started it may not. */
  Job approve(JobId id, Viewer viewer);

  /** A second person, or the one who started it, calls it off before anything was sent. */
  Job reject(JobId id, String reason, Viewer viewer);

  /** Begins nothing more; what was begun comes to its end. */
  Job stop(JobId id, Viewer viewer);

  /** A person says that a paused job goes on, whatever failed so far. */
  Job goOn(JobId id, Viewer viewer);

  /**
   * A new job on those machines of an ended one on which surely nothing ran. Machines that a rerun
   * has already, or had and may have run on, are left out: that one is run again instead.
   *
   * @param named where this is not empty, on exactly the machines with these verdicts instead, even
   *     those on which it ran or may have run
   * @param limit on each machine; null: the same as before
   */
  Job rerun(JobId id, Set<Verdict> named, String reason, @Nullable Duration limit, Viewer viewer);

  /** Which machines {@link #rerun} would take, by how they ended; none for who may not do it. */
  Counts rerunnable(JobId id, Viewer viewer);

  /**
   * A new job on exactly the machines that an ended one changed and proved, which puts back what
   * each had before.
   *
   * @throws io.fettle.kernel.Problem 409 when there is nothing to put back
   */
  Job undo(JobId id, String reason, Viewer viewer);

  /** How many machines {@link #undo} would take now; 0 for who may not do it. */
  int undoable(Job job, Viewer viewer);

  /** True when this person may be the second one. */
  boolean mayApprove(Job job, Viewer viewer);

  /** Newest first. */
  Page<Listed> list(boolean open, @Nullable String cursor, int limit, Viewer viewer);

  /** Empty for another team's job too. */
  Optional<Job> find(JobId id, Viewer viewer);

  Counts counts(JobId id, Viewer viewer);

  /** Jobs that ran this one's machines again or took its changes back, oldest first. */
  List<Job> followUps(JobId id, Viewer viewer);

  /** In the order of the frozen list. */
  Page<Item> items(JobId id, ItemFilter filter, @Nullable String cursor, int limit, Viewer viewer);

  /** Equal ends and outputs with how many machines said so, the most frequent first. */
  Folds folds(JobId id, int limit, Viewer viewer);

  /** Files that came from its machines, in the order of its list. */
  Page<Fetched> files(JobId id, @Nullable String cursor, int limit, Viewer viewer);

  /** The file that came from one machine. */
  Optional<Fetched> file(JobId id, int no, Viewer viewer);

  /** What one machine said. */
  Optional<Output> output(JobId id, int no, Viewer viewer);

  /** The exact text that one machine gets or got; empty for an action. */
  Optional<String> text(JobId id, int no, Viewer viewer);

  /** What was heard after this event, oldest first; the last one's id is the next cursor. */
  List<Event> events(JobId id, long after, int limit, Viewer viewer);

  /** Wakes who follows the job; what comes after this call is not missed. Close it. */
  Follow follow(JobId id);

  /** What was heard last, oldest first, long pieces by their ends. */
  List<Event> latest(JobId id, int limit, Viewer viewer);

  /** Jobs under way, and those of them that wait for a person. */
  Open open();

  /** Waits for news of one job. */
  interface Follow extends AutoCloseable {
    /** Returns when there is something to look for, at the latest after so long. */
    void await(Duration most) throws InterruptedException;

    @Override
    void close();
  }

  /** A job with how far it is. */
  record Listed(Job job, Counts counts) {}

  /** Numbers of machines. */
  record Counts(int queued, int sending, Map<Verdict, Integer> verdicts) {
    public Counts {
      verdicts = Map.copyOf(verdicts);
    }

    public int of(Verdict verdict) {
      return verdicts.getOrDefault(verdict, 0);
    }

    /** Every machine of the frozen list. */
    public int all() {
      return queued + sending + ended() + of(Verdict.SKIPPED);
    }

    /** Ended ones, without those that were skipped. */
    public int ended() {
      return verdicts.values().stream().mapToInt(Integer::intValue).sum() - of(Verdict.SKIPPED);
    }

    public int failures() {
      return verdicts.entrySet().stream()
          .filter(e -> e.getKey().failure())
          .mapToInt(Map.Entry::getValue)
          .sum();
    }

    /** Those on which surely nothing ran. */
    public int missed() {
      return verdicts.entrySet().stream()
          .filter(e -> e.getKey().missed())
          .mapToInt(Map.Entry::getValue)
          .sum();
    }
  }

  /** Machines under way and waiting. */
  record Open(long all, long forAPerson) {}

  /**
   * Which items.
   *
   * @param verdict a verdict, QUEUED or SENDING; empty for all
   * @param digest of an output; empty for all
   * @param said a text in the output; empty for all
   */
  record ItemFilter(String verdict, String digest, String said) {}

  /**
   * Machines that ended alike.
   *
   * @param digest of the output
   * @param first number of the first of them, whose output stands for all
   * @param names of the first of them
   * @param why the most frequent reason of theirs
   * @param reasons how many different ones they have
   */
  record Fold(
      Verdict verdict,
      @Nullable Integer exit,
      String digest,
      int machines,
      int first,
      List<String> names,
      int lines,
      boolean cut,
      @Nullable Label why,
      int reasons) {
    public Fold {
      names = List.copyOf(names);
    }
  }

  /**
   * The most frequent folds.
   *
   * @param moreFolds how many there are beyond these
   * @param moreMachines on how many machines
   */
  record Folds(List<Fold> folds, int moreFolds, int moreMachines) {
    public Folds {
      folds = List.copyOf(folds);
    }
  }

  /**
   * A file that came from a machine.
   *
   * @param no the machine's number in the job
   * @param name the machine's
   * @param path where it lay there
   * @param size bytes
   */
  record Fetched(int no, String name, String path, long size, String sha256) {}

  /**
   * What one machine said, in order.
   *
   * @param before parameters of the action that put back what it changed here; empty when it
   *     changed nothing or has no way back
   */
  record Output(Item item, List<Said> said, Map<String, Object> before) {
    public Output {
      said = List.copyOf(said);
      before = Map.copyOf(before);
    }

    /** One stream or both as one text. */
    public String text() {
      StringBuilder all = new StringBuilder();
      said.forEach(s -> all.append(s.text()));
      return all.toString();
    }
  }

  /** A stretch of output. */
  record Said(boolean error, String text) {}

  /**
   * Something heard of one machine.
   *
   * @param kind OUT, ERR or END
   * @param verdict null unless it is an end
   */
  record Event(
      long id,
      int no,
      String machine,
      String kind,
      String text,
      @Nullable Verdict verdict,
      @Nullable Integer exit,
      @Nullable Label why) {}

  /**
   * What a wish would come to.
   *
   * @param machines on which it would run
   * @param names of the first of them
   * @param skipped those left out, by reason
   * @param outside how many match that this person may not see
   * @param steps up to how many machines each step goes
   * @param countNeeded true when the number has to be typed
   * @param dangers dangerous patterns found; with any, a second person has to agree
   * @param text what would be sent
   */
  record Preview(
      int machines,
      List<String> names,
      Map<String, Integer> racks,
      Map<String, Integer> owners,
      Map<String, Integer> services,
      List<Skipped> skipped,
      long outside,
      List<Integer> steps,
      boolean countNeeded,
      List<Danger> dangers,
      Text text) {}

  /**
   * What would be sent.
   *
   * @param path of the script in the library; null when it was typed
   * @param commit at which the script was taken
   * @param sent the text as the first machine gets it; the text itself without variables
   * @param machine which machine that is; null without variables
   * @param variables names that become values of each machine
   * @param lacking how many machines are left out for lack of a value, by variable
   * @param unknown names with a dot that are no variable and stay as they are
   */
  record Text(
      @Nullable String path,
      @Nullable String commit,
      String sent,
      @Nullable String machine,
      List<String> variables,
      Map<String, Integer> lacking,
      List<String> unknown) {}

  /** Machines left out for one reason. */
  record Skipped(Skip reason, Label label, int machines, List<String> names) {}

  /** A dangerous pattern. */
  record Danger(String name, Label label) {}
}
