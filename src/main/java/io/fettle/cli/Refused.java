package io.fettle.cli;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The server answered no, or the input cannot be used: exit code 1. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient byte[] document;
  private final transient List<String> lines;

  private Refused(byte[] document, List<String> lines) {
    super(lines.getFirst());
    this.document = document;
    this.lines = lines;
  }

  /** From problem+json: one line per thing that is wrong, with field, value and remedy. */
  static Refused by(byte[] body, int status) {
    Json problem = Json.parse(body.length > 0 && body[0] == '{' ? body : bytes("{}"));
    List<Json> errors = problem.get("errors").items();
    if (errors.isEmpty() && body.length == 0) return because(title(problem, status));
    if (errors.isEmpty()) return new Refused(body, List.of(title(problem, status)));
    return new Refused(body, errors.stream().map(Refused::line).toList());
  }

  static Refused because(String sentence) {
    return new Refused(bytes(Json.write(Map.of("title", sentence))), List.of(sentence));
  }

  private static String line(Json error) {
    String value = error.get("value").text();
    return error.get("field").text()
        + (value.isEmpty() ? "" : " '" + value + "'")
        + ": "
        + error.get("reason").text();
  }

  private static String title(Json problem, int status) {
    String title = problem.get("title").text();
    String detail = problem.get("detail").text();
    if (title.isEmpty()) title = "HTTP " + status;
    if (status == 401)
      title += "; " + Words.say("请用 FETTLE_TOKEN 给出有效令牌", "give a valid token in FETTLE_TOKEN");
    return detail.isEmpty() ? title : title + ": " + detail;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The problem document for {@code --json}. */
  byte[] document() {
    return document;
  }

  List<String> lines() {
    return lines;
  }
}
