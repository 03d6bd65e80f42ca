package io.fettle.batch;

import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import io.fettle.web.CurrentViewer;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import tools.jackson.databind.json.JsonMapper;

/** A job as it happens, and its whole output as text. */
@RestController
@RequestMapping("/api/v1/jobs")
class FollowApi {
  private static final int BITE = 500;
  private static final int PAGE = 200;

  /** Another process may have the job: its news come this late. */
  private static final Duration LOOK = Duration.ofMillis(500);

  private static final Duration STILL_HERE = Duration.ofSeconds(10);

  /** So long somebody who may no longer goes on to be told at most. */
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final Jobs jobs;
  private final JsonMapper json;
  private final CurrentViewer who;
  private volatile boolean closed;

  FollowApi(Jobs jobs, JsonMapper json, CurrentViewer who) {
    this.jobs = jobs;
    this.json = json;
    this.who = who;
  }

  /**
   * One line of the stream: what was heard of one machine, or how far the job is.
   *
   * @param job how far it is, on the first line, now and then, and on the last
   * @param event what was heard; its id is the cursor to come back with
   */
  record Line(@Nullable JobView job, Jobs.@Nullable Event event) {}

  @EventListener
  void on(ContextClosedEvent end) {
    closed = true;
  }

  /**
   * NDJSON: every event after the given one, then what comes, until the job has ended or waits for
   * a person, or the one who listens may no longer. Come back with the id of the last event.
   */
  @GetMapping(path = "/{id}/events", produces = MediaType.APPLICATION_NDJSON_VALUE)
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  ResponseEntity<ResponseBodyEmitter> events(
      @PathVariable("id") String id,
      @RequestParam(name = "after", defaultValue = "0") long after,
      Viewer viewer) {
    JobId job = BatchApi.visible(jobs, id, viewer).id();
    ResponseBodyEmitter emitter = new ResponseBodyEmitter(0L);
    Supplier<Optional<Viewer>> again = who.later();
    Thread.ofVirtual().name("follow-" + job).start(() -> pump(emitter, job, after, viewer, again));
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_NDJSON)
        .header("X-Accel-Buffering", "no")
        .header("Cache-Control", "no-store")
        .body(emitter);
  }

  private void pump(
      ResponseBodyEmitter emitter,
      JobId id,
      long after,
      Viewer asked,
      Supplier<Optional<Viewer>> again) {
    try (Jobs.Follow news = jobs.follow(id)) {
      long last = after;
      long spoken = 0;
      long looked = System.nanoTime();
      Viewer viewer = asked;
      while (!closed) {
        if (System.nanoTime() - looked > AGAIN.toNanos()) {
          Optional<Viewer> now = again.get();
          if (now.isEmpty()) break;
          viewer = now.get();
          looked = System.nanoTime();
        }
        Job job = BatchApi.visible(jobs, id.toString(), viewer);
        boolean waits = waits(job, viewer);
        List<Jobs.Event> events = jobs.events(id, last, BITE, viewer);
        boolean over = events.isEmpty() && waits;
        boolean due = System.nanoTime() - spoken > STILL_HERE.toNanos();
        if (spoken == 0 || over || due || !events.isEmpty()) {
          JobView view = JobView.of(job, jobs.counts(id, viewer));
          emitter.send(text(view, events), MediaType.TEXT_PLAIN);
          spoken = System.nanoTime();
        }
        if (over) break;
        if (!events.isEmpty()) last = events.getLast().id();
        if (events.size() < BITE && !waits) news.await(LOOK);
      }
      emitter.complete();
    } catch (IOException | IllegalStateException e) {
      emitter.complete(); // whoever listened is gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      emitter.completeWithError(e);
    }
  }

  /** Read before the events: what ended by then is among them. */
  private boolean waits(Job job, Viewer viewer) {
    return switch (job.state()) {
      case ENDED -> true;
      case PAUSED, AWAITING -> jobs.counts(job.id(), viewer).sending() == 0;
      case RUNNING, STOPPING -> false;
    };
  }

  private String text(JobView job, List<Jobs.Event> events) {
    StringBuilder text = new StringBuilder();
    for (Jobs.Event event : events)
      if (!event.kind().equals("NONE")) text.append(line(new Line(null, event)));
    return text.append(line(new Line(job, null))).toString();
  }

  private String line(Line line) {
    return json.writeValueAsString(line) + "\n";
  }

  /** Every line of every machine as {@code name: text}, in the order of the list. */
  @GetMapping(path = "/{id}/output", produces = MediaType.TEXT_PLAIN_VALUE)
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  void output(@PathVariable("id") String id, Viewer viewer, HttpServletResponse response)
      throws IOException {
    JobId job = BatchApi.visible(jobs, id, viewer).id();
    response.setContentType("text/plain;charset=UTF-8");
    response.setHeader("Content-Disposition", "attachment; filename=\"" + job + ".txt\"");
    Writer out = new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8);
    String cursor = null;
    do {
      var page = jobs.items(job, new Jobs.ItemFilter("", "", ""), cursor, PAGE, viewer);
      for (Item item : page.items()) write(out, job, item, viewer);
      cursor = page.next();
    } while (cursor != null);
    out.flush();
  }

  private void write(Writer out, JobId job, Item item, Viewer viewer) throws IOException {
    String name = item.name() + ": ";
    String said = jobs.output(job, item.no(), viewer).map(Jobs.Output::text).orElse("");
    for (String line : said.lines().toList()) out.write(name + line + "\n");
    Verdict verdict = item.verdict();
    if (verdict == null || verdict == Verdict.OK) return;
    String exit = item.exit() == null ? "" : " " + item.exit();
    String why = item.why() == null ? "" : ": " + item.why().en();
    out.write(name + "[" + verdict.label().en() + exit + "]" + why + "\n");
  }
}
