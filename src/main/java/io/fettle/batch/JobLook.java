package io.fettle.batch;

import io.fettle.kernel.Label;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a job and its machines look on pages. */
public final class JobLook {
  /** So many machines of a search are shown. */
  public static final int FOUND = 100;

  private JobLook() {}

  /** One of the latest lines. */
  public record Line(String machine, boolean error, String text) {
    /** The last so many lines of these events, oldest first. */
    static List<Line> of(List<Jobs.Event> events, int most) {
      List<Line> lines =
          events.stream()
              .filter(event -> !event.kind().equals("NONE"))
              .flatMap(event ->
                  event
                      .text()
                      .lines()
                      .map(text -> new Line(event.machine(), event.kind().equals("ERR"), text)))
              .toList();
      return lines.subList(Math.max(0, lines.size() - most), lines.size());
    }
  }

  /** A fold with its text, and how that differs from the most frequent one's. */
  public record Folded(Jobs.Fold fold, String text, List<Difference.Line> difference) {
    private static final int BRIEF = 3;

    public Folded {
      difference = List.copyOf(difference);
    }

    /** A machine that said a few words of its own, or was done something to: one line. */
    public boolean isBrief() {
      return fold.machines() == 1
          && fold.verdict() == Verdict.OK
          && !fold.cut()
          && difference.isEmpty()
          && !text.isEmpty()
          && (fold.why() != null || text.lines().count() <= BRIEF);
    }

    /** What went to and fro where a sentence says how it ended well: opened on demand. */
    public boolean isTranscript() {
      return fold.verdict() == Verdict.OK && fold.why() != null && text.lines().count() > BRIEF;
    }
  }

  /** A stretch of the bar that says how machines ended. */
  public record Share(String css, int from, int machines) {}

  /** What ended well first, then what did not, then what is at work; the rest is empty. */
  public static List<Share> shares(Jobs.Counts counts) {
    Map<String, Integer> by = new LinkedHashMap<>();
    for (Verdict verdict : Verdict.values())
      if (verdict != Verdict.SKIPPED) by.merge(css(verdict), counts.of(verdict), Integer::sum);
    by.put("is-busy", counts.sending());
    List<Share> shares = new ArrayList<>();
    int from = 0;
    for (Map.Entry<String, Integer> one : by.entrySet()) {
      if (one.getValue() > 0) shares.add(new Share(one.getKey(), from, one.getValue()));
      from += one.getValue();
    }
    return shares;
  }

  /** A machine with the beginning of what it said. */
  public record Shown(Item item, String text) {}

  /** The colour of a machine in the grid. */
  public static String css(Item item) {
    Verdict verdict = item.verdict();
    if (verdict == null) return item.state() == Item.State.SENDING ? "is-busy" : "is-unknown";
    return css(verdict);
  }

  /** The colour of a verdict. */
  public static String css(Verdict verdict) {
    return switch (verdict) {
      case OK -> "is-ok";
      case UNKNOWN -> "is-person";
      case NOT_STARTED, SKIPPED -> "is-held";
      case EXIT,
          FAILED,
          UNPROVEN,
          AUTH_REFUSED,
          SUDO_REFUSED,
          REFUSED,
          CONNECT_TIMEOUT,
          BANNER_TIMEOUT,
          AUTH_TIMEOUT,
          HOST_KEY_CHANGED,
          KILLED ->
          "is-bad";
    };
  }

  /** The colour of a job. */
  public static String css(Job job) {
    return switch (job.state()) {
      case AWAITING, PAUSED -> "is-person";
      case RUNNING, STOPPING -> "is-busy";
      case ENDED -> "DONE".equals(job.outcome()) ? "is-ok" : "is-held";
    };
  }

  /** Key of the words for where a job stands. */
  public static String key(Job job) {
    String more = job.pausedFor() == null ? job.outcome() : job.pausedFor();
    return "batch.state." + (more == null ? job.state().name() : more);
  }

  /** A verdict with its exit status. */
  public static Label words(Verdict verdict, @Nullable Integer exit) {
    Label label = verdict.label();
    return verdict == Verdict.EXIT && exit != null
        ? new Label("退出码 " + exit, "exit " + exit)
        : label;
  }

  /** A dry run's text as the change it stands for. */
  public static List<Difference.Line> change(String text) {
    return text.lines()
        .map(line -> {
          boolean signed = line.startsWith("- ") || line.startsWith("+ ");
          return new Difference.Line(
              signed ? line.charAt(0) : ' ', signed ? line.substring(2) : line);
        })
        .toList();
  }

  /** Parameters as they are typed, one {@code name=value} per line. */
  public static String typed(Map<String, Object> params) {
    return params.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(e -> e.getKey() + "=" + e.getValue())
        .collect(Collectors.joining("\n"));
  }

  /** The first line of what is done, for a list. */
  public static String title(Job job) {
    return title(job.file(), job.body());
  }

  /** The same of what is not started yet. */
  public static String title(@Nullable String file, String body) {
    if (file != null) return file;
    String first = body.lines().findFirst().orElse("");
    return first.length() > 120 ? first.substring(0, 120) + "…" : first;
  }
}
