package io.fettle.web;

import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import org.springframework.stereotype.Component;

/** Ends the live streams of a session with the session: signed out means silent. */
@Component
class LiveSessions implements HttpSessionListener {
  private final Live live;

  LiveSessions(Live live) {
    this.live = live;
  }

  @Override
  public void sessionDestroyed(HttpSessionEvent event) {
    live.closeSession(event.getSession().getId());
  }
}
