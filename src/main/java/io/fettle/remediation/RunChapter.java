package io.fettle.remediation;

import io.fettle.fault.Fault;
import io.fettle.fault.FaultChapter;
import io.fettle.fault.StoryEntry;
import io.fettle.kernel.Label;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Remediation's chapter of a fault's story: each attempt with what was sent and answered, how each
 * run ended, and why nothing else was done. Decisions stand in the story itself.
 */
final class RunChapter implements FaultChapter {
  private final PlanTable plans;
  private final RunTable runs;
  private final AttemptTable attempts;

  RunChapter(PlanTable plans, RunTable runs, AttemptTable attempts) {
    this.plans = plans;
    this.runs = runs;
    this.attempts = attempts;
  }

  @Override
  public List<StoryEntry> of(Fault fault) {
    List<StoryEntry> chapter = new ArrayList<>();
    for (Rows.Run run : runs.of(fault.id())) {
      for (Rows.Attempt attempt : attempts.of(run.id())) chapter.add(entry(run, attempt));
      if (run.endedAt() != null) chapter.add(end(run, run.endedAt()));
    }
    plans.of(fault.id()).filter(p -> !p.notUsed().isEmpty()).ifPresent(p -> chapter.add(whyNot(p)));
    return chapter;
  }

  private static StoryEntry entry(Rows.Run run, Rows.Attempt attempt) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("run", run.id());
    details.put("runbook", run.runbook());
    details.put("policy", run.policy());
    details.put("step", attempt.step() + 1);
    details.put("steps", run.orders().size());
    details.put("attempt", attempt.n());
    details.put("undo", attempt.undo());
    details.put("action", attempt.action());
    details.put("params", attempt.params());
    details.put("status", attempt.status().name());
    details.put("fence", run.fence());
    details.put("sent_at", attempt.sentAt().toString());
    Instant ended = attempt.endedAt();
    if (ended != null) {
      details.put("ended_at", ended.toString());
      details.put("took_ms", ended.toEpochMilli() - attempt.sentAt().toEpochMilli());
    }
    details.put("transcript", attempt.transcript().lines().toList());
    Label words =
        attempt.words() == null
            ? new Label("已写下，正在发送", "written down, being sent")
            : attempt.words();
    Label title =
        new Label(attempt.action() + "：" + words.zh(), attempt.action() + ": " + words.en());
    return new StoryEntry(attempt.sentAt(), "attempt", title, details);
  }

  private static StoryEntry end(Rows.Run run, Instant at) {
    Label words =
        switch (String.valueOf(run.outcome())) {
          case "VERIFIED" -> new Label("已验证修好", "proven");
          case "FAILED" -> new Label("没有修好", "did not repair it");
          case "UNPROVEN" -> new Label("到期未能证实", "could not be proven in time");
          case "DOUBT" -> new Label("结果存疑，交给人", "in doubt, handed to a person");
          case "STOPPED" -> new Label("在发送前停下", "stopped before sending");
          default -> new Label("已取消", "cancelled");
        };
    Label title =
        new Label(
            "预案 " + run.runbook() + "：" + words.zh(),
            "Runbook " + run.runbook() + ": " + words.en());
    return new StoryEntry(
        at,
        "run",
        title,
        Map.of(
            "run",
            run.id(),
            "outcome",
            String.valueOf(run.outcome()),
            "rung",
            run.rung() + 1,
            "policy",
            run.policy(),
            "revision",
            run.revision(),
            "trial",
            run.trial()));
  }

  private static StoryEntry whyNot(Rows.Plan plan) {
    Label title = new Label("为什么没有做别的", "Why nothing else was done");
    return new StoryEntry(plan.decidedAt(), "why_not", title, Map.of("not_used", plan.notUsed()));
  }
}
