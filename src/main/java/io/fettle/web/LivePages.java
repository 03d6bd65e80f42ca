package io.fettle.web;

import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The live stream: {@code changed} events whose data are hints such as {@code fault:12
 * machine:0198…}; {@code *} means anything. A browser that loses it comes back by itself.
 */
@Controller
class LivePages {
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final Duration GATHER = Duration.ofMillis(150);

  private static final Duration AGAIN = Duration.ofSeconds(30);

  private final Live live;
  private final CurrentViewer who;

  LivePages(Live live, CurrentViewer who) {
    this.live = live;
    this.who = who;
  }

  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping(path = "/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> live(
      @RequestParam(required = false) @Nullable Instant since,
      Viewer viewer,
      HttpServletRequest request) {
    HttpSession session = request.getSession(false);
    LiveConnection connection =
        live.connect(viewer, session == null ? "" : session.getId()).orElse(null);
    if (connection == null)
      return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
          .header("Retry-After", "30")
          .build();
    if (since != null && live.changedSince(since)) connection.offerEverything();
    SseEmitter emitter = new SseEmitter(0L);
    emitter.onCompletion(() -> live.disconnect(connection));
    emitter.onError(e -> live.disconnect(connection));
    Supplier<Optional<Viewer>> again = who.later();
    Thread.ofVirtual()
        .name("live")
        .start(() -> pump(connection, emitter, () -> valid(session) && again.get().isPresent()));
    return ResponseEntity.ok()
        .header("X-Accel-Buffering", "no")
        .header("Cache-Control", "no-store")
        .body(emitter);
  }

  /**
   * @param may false once whoever listens may no longer
   */
  private void pump(LiveConnection connection, SseEmitter emitter, BooleanSupplier may) {
    try {
      emitter.send(SseEmitter.event().reconnectTime(3_000).comment("hello"));
      long looked = System.nanoTime();
      while (!connection.closed()) {
        if (System.nanoTime() - looked > AGAIN.toNanos()) {
          if (!may.getAsBoolean()) break;
          looked = System.nanoTime();
        }
        Set<String> news = connection.take(HEARTBEAT);
        if (connection.closed()) break;
        if (news.isEmpty()) emitter.send(SseEmitter.event().comment("still here"));
        else emitter.send(SseEmitter.event().name("changed").data(String.join(" ", news)));
        connection.gather(GATHER);
      }
      emitter.complete();
    } catch (IOException | IllegalStateException | DataAccessException e) {
      emitter.complete(); // the page is gone, the server stops, or it cannot be known who asks
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      live.disconnect(connection);
    }
  }

  private static boolean valid(@Nullable HttpSession session) {
    if (session == null) return true;
    try {
      return session.getCreationTime() > 0;
    } catch (IllegalStateException e) {
      return false;
    }
  }
}
