package io.fettle.audit;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What the page was asked for, as typed; empty texts ask for nothing. */
public record AuditAsked(String actor, String action, String object) {
  AuditFilter filter() {
    return new AuditFilter(given(actor), given(action), given(object));
  }

  /** The address of the rows that go on from this cursor. */
  public String next(String cursor) {
    return address() + "&cursor=" + encode(cursor);
  }

  /** The address of everything done to one object. */
  public String with(String other) {
    return new AuditAsked("", "", other).address();
  }

  private String address() {
    return "/audit?actor="
        + encode(actor)
        + "&action="
        + encode(action)
        + "&object="
        + encode(object);
  }

  private static Optional<String> given(String text) {
    return Optional.of(text.strip()).filter(t -> !t.isEmpty());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
