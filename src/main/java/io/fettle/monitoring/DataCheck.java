package io.fettle.monitoring;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.monitoring.check.Visit;
import io.fettle.transport.ssh.SshOutcome;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A check that is data: a shell section, judged by its exit code and its output. */
record DataCheck(
    String name,
    String faultClass,
    Label label,
    String appliesTo,
    Duration interval,
    String script,
    String component,
    Rule rule)
    implements Check {
  private static final int LINE_LIMIT = 2_000;
  private static final int TIMED_OUT = 124;

  /**
   * How an end is judged.
   *
   * @param badIf a line that matches is BAD; null when there is no such rule
   * @param okIf without a line that matches, an OK is BAD; null when there is no such rule
   */
  record Rule(
      List<Integer> ok,
      List<Integer> warning,
      List<Integer> critical,
      @Nullable Pattern badIf,
      @Nullable Pattern okIf,
      Severity severity) {}

  /** From a document that fits the schema; {@code bad} makes the complaint at a JSON pointer. */
  static DataCheck of(JsonNode doc, BiFunction<String, Label, Problem> bad) {
    String name = doc.path("name").asString();
    JsonNode verdict = doc.path("verdict");
    return new DataCheck(
        name,
        doc.path("class").asString(name),
        new Label(doc.path("label").path("zh").asString(), doc.path("label").path("en").asString()),
        doc.path("for").asString(),
        duration(doc.path("interval").asString("5m")),
        doc.path("section").asString(),
        doc.path("component").asString(""),
        new Rule(
            codes(verdict.path("ok"), 0),
            codes(verdict.path("warning"), 1),
            codes(verdict.path("critical"), 2),
            pattern(verdict, "bad_if", bad),
            pattern(verdict, "ok_if", bad),
            "critical".equals(verdict.path("severity").asString(""))
                ? Severity.CRITICAL
                : Severity.WARNING));
  }

  @Override
  public Optional<String> section(MachineDoc machine) {
    return Optional.of(script);
  }

  @Override
  public List<Reading> judge(Visit visit) {
    Optional<Visit.Section> section = visit.section(this);
    return List.of(section.isPresent() ? judge(section.get()) : notRun(visit.ssh()));
  }

  private Reading judge(Visit.Section section) {
    Map<String, Object> evidence = new LinkedHashMap<>();
    evidence.put("exit", section.exit());
    evidence.put("output", RemoteText.cut(section.out(), 4_000));
    if (!section.err().isBlank()) evidence.put("stderr", RemoteText.cut(section.err(), 1_000));
    Label said = said(section);
    Optional<String> bad = line(section.out(), rule.badIf());
    if (bad.isPresent()) {
      evidence.put("matched", bad.get());
      return Reading.bad(component, rule.severity(), Label.same(bad.get()), evidence);
    }
    if (rule.critical().contains(section.exit()))
      return Reading.bad(component, Severity.CRITICAL, said, evidence);
    if (rule.warning().contains(section.exit()))
      return Reading.bad(component, Severity.WARNING, said, evidence);
    if (!rule.ok().contains(section.exit()))
      return Reading.unknown(component, unknown(section.exit(), said), evidence);
    boolean missing = rule.okIf() != null && line(section.out(), rule.okIf()).isEmpty();
    if (missing)
      return Reading.bad(
          component,
          rule.severity(),
          new Label("输出里没有预期的内容", "the output lacks what was expected"),
          evidence);
    return Reading.ok(component, said, evidence);
  }

  private Reading notRun(SshOutcome outcome) {
    String why =
        switch (outcome) {
          case SshOutcome.Failed failed -> failed.kind() + ": " + failed.why();
          case SshOutcome.Ran ran -> "the section did not end, exit " + ran.exit();
        };
    return Reading.unknown(
        component,
        new Label("没有运行：" + why, "Not run: " + why),
        Map.of("ssh", RemoteText.cut(why, 1_000)));
  }

  /** A plug-in's first line without its performance data. */
  private Label said(Visit.Section section) {
    String first = section.out().lines().filter(l -> !l.isBlank()).findFirst().orElse("");
    if (first.isEmpty())
      first = section.err().lines().filter(l -> !l.isBlank()).findFirst().orElse("");
    if (first.isEmpty()) return new Label("退出码 " + section.exit(), "exit " + section.exit());
    int data = first.indexOf('|');
    return Label.same(RemoteText.cut((data > 0 ? first.substring(0, data) : first).strip(), 300));
  }

  private static Label unknown(int exit, Label said) {
    return switch (exit) {
      case TIMED_OUT -> new Label("超时", "timed out");
      case 126, 127 -> new Label("命令不存在或不可执行", "command not found or not executable");
      default -> said;
    };
  }

  private static Optional<String> line(String out, @Nullable Pattern pattern) {
    if (pattern == null) return Optional.empty();
    return out.lines()
        .map(line -> RemoteText.cut(line, LINE_LIMIT))
        .filter(line -> pattern.matcher(line).find())
        .findFirst()
        .map(line -> RemoteText.cut(line.strip(), 300));
  }

  private static List<Integer> codes(JsonNode node, int otherwise) {
    if (!node.isArray()) return List.of(otherwise);
    return node.valueStream().map(JsonNode::asInt).toList();
  }

  private static @Nullable Pattern pattern(
      JsonNode verdict, String key, BiFunction<String, Label, Problem> bad) {
    if (!verdict.path(key).isString()) return null;
    try {
      return Pattern.compile(verdict.path(key).asString());
    } catch (PatternSyntaxException e) {
      throw bad.apply(
          "/verdict/" + key,
          new Label("正则表达式有误：" + e.getDescription(), "regular expression: " + e.getDescription()));
    }
  }

  private static Duration duration(String text) {
    long n = Long.parseLong(text.substring(0, text.length() - 1));
    return switch (text.charAt(text.length() - 1)) {
      case 's' -> Duration.ofSeconds(n);
      case 'm' -> Duration.ofMinutes(n);
      default -> Duration.ofHours(n);
    };
  }
}
