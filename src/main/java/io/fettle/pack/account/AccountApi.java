package io.fettle.pack.account;

import io.fettle.cmdb.Intents;
import io.fettle.cmdb.MachineDoc;
import io.fettle.cmdb.Register;
import io.fettle.cmdb.Resolution;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Shown;
import io.fettle.kernel.Viewer;
import io.fettle.pack.account.WhyNot.Because;
import io.fettle.reach.Reach;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import io.fettle.web.Allow;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Declared accounts, and in one step why a person cannot log in to a machine. */
@RestController
@RequestMapping("/api/v1/accounts")
class AccountApi {
  private final Register register;
  private final Intents intents;
  private final Reach reach;

  AccountApi(Register register, Intents intents, Reach reach) {
    this.register = register;
    this.intents = intents;
    this.reach = reach;
  }

  /** One cause, as people read it. */
  record Cause(String cause, Label label, String detail, boolean repairable) {}

  /**
   * The answer.
   *
   * @param declared false: the account is not declared for this machine; it was looked at as it is
   * @param canLogIn null when the machine could not be asked
   * @param trouble why it could not be asked; null when it was
   */
  record Why(
      String user,
      String assetNo,
      boolean declared,
      @Nullable Boolean canLogIn,
      List<Cause> causes,
      Map<String, Object> proof,
      @Nullable String trouble) {}

  @GetMapping("/why")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Why why(
      @RequestParam String user,
      @RequestParam(required = false) @Nullable String key,
      @RequestParam(required = false) @Nullable String machine,
      Viewer viewer) {
    MachineDoc found = find(Objects.requireNonNullElse(key == null ? machine : key, ""), viewer);
    Optional<JsonNode> item = Declared.find(found, user);
    Declared declared = declared(user, item);
    String name = found.text("asset_no").orElse(found.id().toString());
    SshOutcome outcome =
        reach.ssh(found.id(), SshCommand.asRoot(AccountSurvey.script(List.of(user))));
    return switch (outcome) {
      case SshOutcome.Failed failed ->
          new Why(user, name, item.isPresent(), null, List.of(), Map.of(), failed.why());
      case SshOutcome.Ran ran ->
          answer(declared, name, item.isPresent(), Facts.read(ran.out()).get(user));
    };
  }

  private static Why answer(
      Declared declared, String assetNo, boolean isDeclared, @Nullable Facts facts) {
    if (facts == null || !facts.complete())
      return new Why(
          declared.name(),
          assetNo,
          isDeclared,
          null,
          List.of(),
          Map.of(),
          "The machine's answer was not complete");
    List<Because> causes = WhyNot.of(declared, facts);
    return new Why(
        declared.name(),
        assetNo,
        isDeclared,
        causes.isEmpty(),
        causes.stream()
            .map(b ->
                new Cause(
                    b.cause().word(),
                    b.cause().label(),
                    Shown.text(b.detail(), 500),
                    isDeclared && Repair.of(declared, b, facts).isPresent()))
            .toList(),
        Survey.proof(facts),
        null);
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

  @GetMapping
  @Allow({Role.OPERATOR, Role.AUDITOR})
  List<Declarations.Row> list() {
    return Declarations.rows(intents.list());
  }

  /**
   * Declares accounts; the body is an intent document ({@code for:} and {@code set: accounts:}).
   */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Allow(Role.ADMINISTRATOR)
  List<Declarations.Row> declare(
      @RequestBody byte[] yaml,
      @RequestParam(required = false) @Nullable String name,
      Viewer viewer) {
    String text = new String(yaml, StandardCharsets.UTF_8);
    String under = name == null ? Declarations.name(text) : "accounts/" + name;
    Declarations.check(text);
    return Declarations.rows(intents.declare(under, text, viewer.actor()));
  }
}
