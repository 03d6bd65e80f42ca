package io.fettle.pack.account;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.monitoring.check.Visit;
import io.fettle.pack.account.LoginProof.Outcome;
import io.fettle.pack.account.WhyNot.Because;
import io.fettle.transport.ssh.SshOutcome;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * Can every declared account log in? One reading per account, all asked in the visit's one exec,
 * which only reads. Where a declared log-in proof is due or failed last, it is made again, as an
 * action of its own: nothing else takes a failed one back.
 */
@Component
class AccountLoginCheck implements Check {
  static final String NAME = "account.login";

  private final LoginProofs proofs;

  AccountLoginCheck(LoginProofs proofs) {
    this.proofs = proofs;
  }

  @Override
  public String name() {
    return NAME;
  }

  /** A log-in may have to be waited for. */
  @Override
  public boolean patient() {
    return true;
  }

  @Override
  public Label label() {
    return new Label("账号登录", "Account log-in");
  }

  @Override
  public String appliesTo() {
    return "intent.accounts != null";
  }

  @Override
  public Optional<String> section(MachineDoc machine) {
    List<String> names = Declared.all(machine).stream().map(Declared::name).toList();
    return names.isEmpty() ? Optional.empty() : Optional.of(AccountSurvey.script(names));
  }

  @Override
  public List<Reading> judge(Visit visit) {
    Map<String, Facts> facts = visit.section(this).map(s -> Facts.read(s.out())).orElse(Map.of());
    LocalDate today = LocalDate.ofInstant(visit.at(), ZoneOffset.UTC);
    List<Reading> readings = new ArrayList<>();
    for (JsonNode item : visit.machine().at("intent.accounts"))
      readings.add(judge(item, facts, today, visit));
    return readings;
  }

  private Reading judge(JsonNode item, Map<String, Facts> facts, LocalDate today, Visit visit) {
    String name = item.path("name").asString("");
    Declared declared;
    try {
      declared = Declared.of(item);
    } catch (Declared.Unusable e) {
      return unknown(
          name, "声明不可用：" + e.getMessage(), "The declaration cannot be used: " + e.getMessage());
    }
    if (declared.ended(today))
      return Reading.ok(
          name, new Label("声明的有效期已过，不再检查", "Its declared end has passed; not checked"), Map.of());
    Facts known = facts.get(name);
    if (known == null || !known.complete())
      return visit.ssh() instanceof SshOutcome.Failed failed
          ? unknown(
              name,
              "登录不上机器：" + failed.words().zh(),
              "The machine could not be asked: " + failed.words().en())
          : unknown(name, "机器没有答全", "The machine's answer was not complete");
    List<Because> causes = WhyNot.of(declared, known);
    if (!causes.isEmpty())
      return Reading.bad(
          name, Severity.WARNING, summary(name, causes), Survey.evidence(declared, causes, known));
    Optional<Outcome> owed =
        declared.loginProof()
            ? proofs.owed(visit.machine(), declared, known, visit.asked())
            : Optional.empty();
    return owed.map(outcome -> judge(declared, known, outcome))
        .orElseGet(() -> ok(declared, Survey.evidence(declared, List.of(), known)));
  }

  private static Reading judge(Declared declared, Facts known, Outcome outcome) {
    List<Because> causes =
        outcome instanceof Outcome.Refused(Label why)
            ? List.of(new Because(Cause.LOGIN_REFUSED, why))
            : List.of();
    Map<String, Object> evidence = Survey.evidence(declared, causes, known);
    evidence.put("proof", Survey.proof(known, outcome));
    return switch (outcome) {
      case Outcome.Proven proven -> ok(declared, evidence);
      case Outcome.NotTried not -> ok(declared, evidence);
      case Outcome.Refused refused ->
          Reading.bad(
              declared.name(), Severity.WARNING, summary(declared.name(), causes), evidence);
      case Outcome.Later(Label why) ->
          unknown(
              declared.name(),
              "还欠一次真实登录证明：" + why.zh(),
              "A real log-in is still to be proven: " + why.en());
    };
  }

  private static Reading ok(Declared declared, Map<String, Object> evidence) {
    return Reading.ok(
        declared.name(),
        new Label(declared.name() + " 可以登录", declared.name() + " can log in"),
        evidence);
  }

  private static Reading unknown(String name, String zh, String en) {
    return Reading.unknown(name, new Label(zh, en), Map.of());
  }

  static Label summary(String name, List<Because> causes) {
    return new Label(
        name
            + " 不能按声明登录："
            + causes.stream()
                .map(b -> b.cause().label().zh())
                .distinct()
                .collect(Collectors.joining("；")),
        name
            + " cannot log in as declared: "
            + causes.stream()
                .map(b -> b.cause().label().en())
                .distinct()
                .collect(Collectors.joining("; ")));
  }
}
