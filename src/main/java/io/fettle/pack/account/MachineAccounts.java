package io.fettle.pack.account;

import io.fettle.cmdb.Intents;
import io.fettle.cmdb.MachineDoc;
import io.fettle.cmdb.Register;
import io.fettle.cmdb.Resolution;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Shown;
import io.fettle.kernel.Viewer;
import io.fettle.reach.Reach;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Service;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks the machine itself, every time. */
@Service
class MachineAccounts implements Accounts {
  private final Register register;
  private final Intents intents;
  private final Reach reach;
  private final LoginProofs proofs;

  MachineAccounts(Register register, Intents intents, Reach reach, LoginProofs proofs) {
    this.register = register;
    this.intents = intents;
    this.reach = reach;
    this.proofs = proofs;
  }

  @Override
  public List<Declaration> declared() {
    return Declarations.rows(intents.list());
  }

  @Override
  public Why why(String user, String machine, boolean logIn, Viewer viewer) {
    MachineDoc found = find(machine, viewer);
    Optional<JsonNode> item = Declared.find(found, user);
    Declared declared = declared(user, item);
    String name = found.text("asset_no").orElse(found.id().toString());
    SshOutcome outcome =
        reach.ssh(found.id(), SshCommand.asRoot(AccountSurvey.script(List.of(user))));
    return switch (outcome) {
      case SshOutcome.Failed failed -> unasked(user, name, item.isPresent(), failed.words());
      case SshOutcome.Ran ran -> {
        Facts facts = Facts.read(ran.out()).get(user);
        if (facts == null || !facts.complete())
          yield unasked(
              user,
              name,
              item.isPresent(),
              new Label("机器没有答全", "The machine's answer was not complete"));
        Asked asked = new Asked(found, name, declared, item.isPresent(), facts);
        yield logIn && item.isPresent() && declared.loginProof()
            ? proven(asked, viewer)
            : looked(asked);
      }
    };
  }

  /** One machine's facts of one account. */
  private record Asked(
      MachineDoc machine, String name, Declared declared, boolean isDeclared, Facts facts) {}

  /** Nothing is tried; what the last real log-in showed still holds. */
  private Why looked(Asked asked) {
    List<WhyNot.Because> causes = new ArrayList<>(WhyNot.of(asked.declared(), asked.facts()));
    if (causes.isEmpty() && asked.isDeclared() && asked.declared().loginProof())
      proofs
          .refusal(asked.machine().id(), asked.declared().name())
          .ifPresent(why -> causes.add(new WhyNot.Because(Cause.LOGIN_REFUSED, why)));
    return answer(asked, causes, Survey.proof(asked.facts()));
  }

  /** A log-in is tried only where nothing known stands in its way. */
  private Why proven(Asked asked, Viewer viewer) {
    List<WhyNot.Because> causes = new ArrayList<>(WhyNot.of(asked.declared(), asked.facts()));
    if (!causes.isEmpty()) return answer(asked, causes, Survey.proof(asked.facts()));
    LoginProofs.Made made =
        proofs.alone(asked.machine(), asked.declared(), asked.facts(), viewer.actor());
    if (made.outcome() instanceof LoginProof.Outcome.Refused(Label why))
      causes.add(new WhyNot.Because(Cause.LOGIN_REFUSED, why));
    Map<String, Object> proof = Survey.proof(asked.facts(), made.outcome());
    proof.put("transcript", made.transcript().stream().map(l -> Shown.text(l, 1_000)).toList());
    return answer(asked, causes, proof);
  }

  private static Why unasked(String user, String assetNo, boolean isDeclared, Label trouble) {
    return new Why(user, assetNo, isDeclared, null, List.of(), Map.of(), shown(trouble, 1_000));
  }

  private static Why answer(Asked asked, List<WhyNot.Because> causes, Map<String, Object> proof) {
    return new Why(
        asked.declared().name(),
        asked.name(),
        asked.isDeclared(),
        causes.isEmpty(),
        causes.stream().map(b -> because(asked, b)).toList(),
        proof,
        null);
  }

  private static Because because(Asked asked, WhyNot.Because b) {
    return new Because(
        b.cause().word(),
        b.cause().label(),
        shown(b.detail(), 500),
        asked.isDeclared() && Repair.of(asked.declared(), b, asked.facts()).isPresent(),
        b.cause().hint());
  }

  private static Label shown(Label label, int most) {
    return new Label(Shown.text(label.zh(), most), Shown.text(label.en(), most));
  }

  private MachineDoc find(String key, Viewer viewer) {
    List<Resolution.Hit> hits = register.find(key, viewer).hits();
    if (hits.size() > 1)
      throw Problem.badInput(
          "key",
          key,
          "有 " + hits.size() + " 台机器符合，请用资产号",
          hits.size() + " machines match; use the asset number");
    return hits.stream()
        .findFirst()
        .flatMap(hit -> register.machine(hit.id()))
        .orElseThrow(() -> Problem.notFound("machine", key));
  }

  /** Looked at as it is when it is not declared. */
  private static Declared declared(String user, Optional<JsonNode> item) {
    JsonNode bare = JsonMapper.shared().createObjectNode().put("name", user);
    try {
      return Declared.of(item.orElse(bare));
    } catch (Declared.Unusable e) {
      throw Problem.badInput(
          "user",
          user,
          "账号名或其声明不可用：" + e.getMessage(),
          "The account's name or declaration cannot be used: " + e.getMessage());
    }
  }
}
