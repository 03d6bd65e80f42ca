package io.fettle.web;

import io.fettle.kernel.DatabaseState;
import io.fettle.kernel.Label;
import io.fettle.kernel.Viewer;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Component;

/** Makes the {@link Layout} of a request. */
@Component
class Layouts {
  private static final Logger LOG = LoggerFactory.getLogger(Layouts.class);

  private final Messages messages;
  private final Assets assets;
  private final Clock clock;
  private final Language language;
  private final ObjectProvider<CurrentViewer> viewers;
  private final ObjectProvider<Frame> frame;
  private final ObjectProvider<DatabaseState> database;

  /** What any page showed last, for the freeze that is not forgotten in an outage. */
  private volatile Frame.Facts last = Frame.Facts.NONE;

  Layouts(
      Messages messages,
      Assets assets,
      Clock clock,
      Language language,
      ObjectProvider<CurrentViewer> viewers,
      ObjectProvider<Frame> frame,
      ObjectProvider<DatabaseState> database) {
    this.messages = messages;
    this.assets = assets;
    this.clock = clock;
    this.language = language;
    this.viewers = viewers;
    this.frame = frame;
    this.database = database;
  }

  Layout of(HttpServletRequest request) {
    Viewer viewer = viewer();
    boolean fragment = fragment(request);
    CsrfToken csrf = (CsrfToken) request.getAttribute(CsrfToken.class.getName());
    Locale locale = language.resolveLocale(request);
    String path = path(request);
    String query = request.getQueryString();
    return new Layout(
        viewer,
        locale,
        Language.theme(request).orElse(null),
        path,
        query == null ? path : path + "?" + query,
        fragment,
        csrf == null ? "" : csrf.getParameterName(),
        csrf == null ? "" : csrf.getToken(),
        viewer == null || fragment ? Frame.Facts.NONE : facts(viewer),
        clock.instant(),
        ZoneId.systemDefault(),
        messages,
        assets);
  }

  private @Nullable Viewer viewer() {
    CurrentViewer current = viewers.getIfAvailable();
    return current == null ? null : current.viewer().orElse(null);
  }

  /** A page is a page without its numbers too: also while the database is away. */
  private Frame.Facts facts(Viewer viewer) {
    DatabaseState state = database.getIfAvailable();
    if (state != null && !state.answers()) return last.during(state.why());
    try {
      Frame source = frame.getIfAvailable();
      if (source == null) return Frame.Facts.NONE;
      last = source.facts(viewer);
      return last;
    } catch (RuntimeException e) {
      LOG.warn("the frame goes without numbers: {}", e.toString());
      return last.during(new Label("数据库没有应答", "the database does not answer"));
    }
  }

  private static boolean fragment(HttpServletRequest request) {
    return request.getHeader("HX-Request") != null
        && request.getHeader("HX-History-Restore-Request") == null;
  }

  private static String path(HttpServletRequest request) {
    Object failed = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    return failed == null ? request.getRequestURI() : failed.toString();
  }
}
