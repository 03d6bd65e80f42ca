package io.fettle.kernel;

import java.util.List;

/**
 * An expected refusal that reaches a person: becomes {@code application/problem+json} (RFC 9457) on
 * the API, a sentence on a page, one line on the CLI.
 */
public class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * One thing wrong with the input.
   *
   * @param field name of the field, column or JSON pointer
   * @param value what was given, shortened, never a secret; empty when absent
   * @param reason what is wrong and what to do, in both languages
   */
  public record Fault(String field, String value, Label reason) {}

  private final int status;
  private final String slug;
  private final transient Label title;
  private final transient List<Fault> faults;

  /**
   * @param status HTTP status
   * @param slug kebab-case kind, the last part of the problem's type URI
   */
  public Problem(int status, String slug, Label title, List<Fault> faults) {
    super(slug + ": " + title.en());
    this.status = status;
    this.slug = slug;
    this.title = title;
    this.faults = List.copyOf(faults);
  }

  /** 422: the input is well-formed but cannot be accepted. */
  public static Problem badInput(String field, String value, String zh, String en) {
    Label reason = new Label(zh, en);
    return new Problem(422, "bad-input", reason, List.of(new Fault(field, value, reason)));
  }

  /** 404: not there, or not for this viewer (the two are not told apart). */
  public static Problem notFound(String what, String key) {
    return new Problem(
        404,
        "not-found",
        new Label("找不到" + Nouns.zh(what) + "：" + key, "No such " + what + ": " + key),
        List.of());
  }

  /** 409: the thing is not in a state that allows this. */
  public static Problem conflict(String zh, String en) {
    return new Problem(409, "conflict", new Label(zh, en), List.of());
  }

  /** 403: signed in, but not allowed. */
  public static Problem forbidden(String zh, String en) {
    return new Problem(403, "forbidden", new Label(zh, en), List.of());
  }

  public int status() {
    return status;
  }

  public String slug() {
    return slug;
  }

  public Label title() {
    return title;
  }

  public List<Fault> faults() {
    return faults;
  }
}
