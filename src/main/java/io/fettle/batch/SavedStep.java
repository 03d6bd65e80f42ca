package io.fettle.batch;

import io.fettle.cmdb.MachineDoc;
import io.fettle.cmdb.Register;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A saved job as a step of a runbook, on the machine under repair alone. The plan carries the exact
 * text with its values, so that what runs is what was decided; a job that is saved anew in between
 * makes the plan stale. No job of the batch room comes of it: lease, permits and record are the
 * repair's.
 */
final class SavedStep implements Action {
  static final String NAME = "job.run";
  static final String JOB = "job";
  private static final String TEXT = "job.text";
  private static final String ROOT = "job.root";
  private static final String LIMIT = "job.limit_s";
  private static final int MOST_TEXT = 64 * 1024;
  private static final Duration LONGEST = Duration.ofMinutes(15);
  private static final Duration TO_END = Duration.ofSeconds(15);

  private final SavedTable table;
  private final Register register;
  private final Filling filling;
  private final Dangers dangers;
  private final Duration usual;

  SavedStep(SavedTable table, Register register, Filling filling, Dangers dangers, Duration usual) {
    this.table = table;
    this.register = register;
    this.filling = filling;
    this.dangers = dangers;
    this.usual = usual;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Label label() {
    return new Label("运行保存的作业", "Run a saved job");
  }

  @Override
  public Effect effect() {
    return Effect.DISRUPTIVE;
  }

  @Override
  public Idempotence idempotence() {
    return Idempotence.NONE;
  }

  @Override
  public Duration timeLimit() {
    return LONGEST.plus(TO_END);
  }

  @Override
  public Duration timeLimit(Map<String, Object> params) {
    return limit(params).plus(TO_END);
  }

  private static Duration limit(Map<String, Object> params) {
    return params.get(LIMIT) instanceof Number seconds
        ? Duration.ofSeconds(seconds.longValue())
        : LONGEST;
  }

  @Override
  public String edition() {
    return table.edition();
  }

  @Override
  public List<Complaint> complaints(Map<String, Object> params) {
    if (!(params.get(JOB) instanceof String name) || name.isBlank() || name.startsWith("$"))
      return List.of(
          new Complaint(
              params.containsKey(JOB) ? JOB : "",
              new Label(
                  "请写明保存的作业：params: {job: 名称, 它的参数: 值}",
                  "name the saved job: params: {job: NAME, a parameter of it: its value}")));
    Optional<Saved> saved = table.find(name);
    if (saved.isEmpty()) return List.of(new Complaint(JOB, unknown(name)));
    if (saved.get().wish().kind() == JobKind.ACTION)
      return List.of(new Complaint(JOB, isAction(saved.get())));
    return parameters(saved.get(), params);
  }

  private Label unknown(String name) {
    List<String> names = table.all().stream().limit(20).map(Saved::name).toList();
    String all = String.join(", ", names);
    return new Label(
        "“"
            + name
            + "”：没有这个名称的保存的作业；"
            + (names.isEmpty() ? "请先保存（fettle job save 名称 …）" : "有：" + all),
        "'"
            + name
            + "': no saved job has this name; "
            + (names.isEmpty() ? "save it first (fettle job save NAME …)" : "there are " + all));
  }

  private static List<Complaint> parameters(Saved saved, Map<String, Object> params) {
    List<Complaint> wrong = new ArrayList<>();
    Map<String, Parameter> open = new LinkedHashMap<>();
    for (Parameter parameter : saved.parameters()) open.put(parameter.name(), parameter);
    if (open.remove(JOB) != null)
      wrong.add(
          new Complaint(
              JOB,
              new Label(
                  saved.name() + " 有一个名为 job 的参数，步骤无法给出：请换一个参数名再保存",
                  saved.name()
                      + " has a parameter called 'job', which a step cannot give: save it under"
                      + " another name")));
    List<String> missing =
        open.values().stream()
            .filter(p -> p.usual() == null && !params.containsKey(p.name()))
            .map(Parameter::name)
            .toList();
    if (!missing.isEmpty())
      wrong.add(
          new Complaint(
              "",
              new Label(
                  saved.name() + " 缺少参数值：" + String.join(", ", missing),
                  saved.name() + " needs a value of " + String.join(", ", missing) + ": give it")));
    params.forEach((name, value) -> {
      if (!name.equals(JOB)) wrong.addAll(parameter(saved, open, name, value));
    });
    return wrong;
  }

  private static List<Complaint> parameter(
      Saved saved, Map<String, Parameter> open, String name, Object value) {
    Parameter parameter = open.get(name);
    if (parameter == null)
      return List.of(
          new Complaint(
              name,
              new Label(
                  saved.name()
                      + " 没有参数“"
                      + name
                      + "”；"
                      + (open.isEmpty() ? "它没有参数" : "它有：" + String.join(", ", open.keySet())),
                  saved.name()
                      + " has no parameter '"
                      + name
                      + "'; "
                      + (open.isEmpty()
                          ? "it has none"
                          : "it has " + String.join(", ", open.keySet())))));
    String text = String.valueOf(value);
    if (value instanceof String && text.startsWith("$")) return List.of();
    try {
      parameter.checked(text);
      return List.of();
    } catch (Problem e) {
      String given = text.length() > 80 ? text.substring(0, 80) + "…" : text;
      return List.of(
          new Complaint(
              name,
              new Label(
                  "“" + given + "”：" + e.title().zh(), "'" + given + "': give " + e.title().en())));
    }
  }

  /** Why it must not be done as it stands; what it would be is in {@link #terms}. */
  @Override
  public Optional<Label> refuses(ActionContext context) {
    return terms(context) instanceof Terms.Refused refused
        ? Optional.of(refused.why())
        : Optional.empty();
  }

  @Override
  public Terms terms(ActionContext context) {
    Map<String, Object> params = context.params();
    String name = String.valueOf(params.get(JOB));
    Optional<Saved> saved = table.find(name);
    if (saved.isEmpty()) return no(name, "已被删除或改名", "has been forgotten or goes by another name");
    try {
      return terms(saved.get(), params, context.machine());
    } catch (Problem e) {
      return no(name, e.title().zh(), e.title().en());
    }
  }

  private Terms terms(Saved saved, Map<String, Object> params, MachineDoc machine) {
    String name = saved.name();
    if (saved.wish().kind() == JobKind.ACTION) return new Terms.Refused(isAction(saved));
    if (saved.waits())
      return no(
          name,
          "含有危险内容（" + String.join("、", saved.dangers()) + "），还没有第二个人批准；请另一位操作员在它的页面上批准",
          "holds something dangerous ("
              + String.join(", ", saved.dangers())
              + ") that no second person has agreed to; another operator agrees on its page");
    if (!register.query(saved.wish().query()).matches(machine.doc()))
      return no(
          name,
          "只能在符合 " + saved.wish().query() + " 的机器上运行，这台不是",
          "may run on machines that match " + saved.wish().query() + ", and this one does not");
    Map<String, String> values = saved.values(given(params));
    if (values.containsKey(JOB))
      return no(name, "有名为 job 的参数，步骤无法给值", "has a parameter called job, which a step cannot give");
    Filling.One one = filling.one(saved.with(values), machine);
    if (!one.lacking().isEmpty()) {
      String all = String.join(", ", one.lacking());
      return no(name, "登记簿中没有 " + all, "the register does not say " + all);
    }
    Optional<Jobs.Danger> danger =
        one.read().stream()
            .flatMap(text -> dangers.in(text).stream())
            .filter(d -> !saved.dangers().contains(d.name()))
            .findFirst();
    if (danger.isPresent())
      return no(
          name,
          "代入这些值后含有没有人批准过的危险内容：" + danger.get().label().zh(),
          "with these values holds something dangerous that nobody has agreed to: "
              + danger.get().label().en());
    String text = saved.wish().kind() == JobKind.SCRIPT ? script(saved, one) : one.sent();
    if (text.length() > MOST_TEXT)
      return no(name, "的文本超过 64 KiB，不能作为步骤", "is longer than 64 KiB, too long for a step");
    return agreed(saved, values, text);
  }

  private static String script(Saved saved, Filling.One one) {
    return Interpreter.sent(saved.wish().body(), one.sent());
  }

  private static Map<String, String> given(Map<String, Object> params) {
    Map<String, String> given = new LinkedHashMap<>();
    params.forEach((name, value) -> given.put(name, String.valueOf(value)));
    given.remove(JOB);
    return given;
  }

  /** What is added has a dot in its name, as no parameter has. */
  private Terms agreed(Saved saved, Map<String, String> values, String text) {
    Wish wish = saved.wish();
    Map<String, Object> params = new LinkedHashMap<>(values);
    params.put(JOB, saved.name());
    params.put("job.version", (long) saved.version());
    params.put("job.saved_by", Actor.parse(saved.by()).name());
    params.put("job.saved_at", saved.at().toString());
    if (saved.approvedBy() != null)
      params.put("job.agreed_by", Actor.parse(saved.approvedBy()).name());
    if (wish.origin().path() != null)
      params.put("job.library", wish.origin().path() + " @ " + wish.origin().commit());
    params.put("job.sha256", sha256(text));
    params.put(TEXT, text);
    params.put(ROOT, wish.root());
    Duration limit = wish.limit() == null ? usual : wish.limit();
    params.put(LIMIT, (limit.compareTo(LONGEST) > 0 ? LONGEST : limit).toSeconds());
    return new Terms.Agreed(params);
  }

  private static Label isAction(Saved saved) {
    String action = saved.wish().body();
    return new Label(
        "保存的作业 " + saved.name() + " 运行的是动作 " + action + "：直接把这个动作写成步骤",
        "the saved job "
            + saved.name()
            + " runs the action "
            + action
            + ": name that action itself as the step");
  }

  private static Terms no(String name, String zh, String en) {
    return new Terms.Refused(
        new Label("保存的作业 " + name + " " + zh, "The saved job " + name + " " + en));
  }

  @Override
  public Result run(ActionContext context) {
    return context.params().get(TEXT) instanceof String text
        ? new StepRun(context)
            .of(text, Boolean.TRUE.equals(context.params().get(ROOT)), limit(context.params()))
        : new Result.Failed(new Label("计划里没有它的文本", "the plan does not carry its text"));
  }

  /** What somebody has written leaves no trace that is known here: the check has the last word. */
  @Override
  public Presence probe(ActionContext context) {
    return Presence.UNKNOWN;
  }

  private static String sha256(String text) {
    try {
      byte[] sha =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sha);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
