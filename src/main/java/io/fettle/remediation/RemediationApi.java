package io.fettle.remediation;

import io.fettle.cmdb.Register;
import io.fettle.fault.Fault;
import io.fettle.fault.FaultId;
import io.fettle.fault.Faults;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Policies, freeze, runs, 'I fixed it': the room as JSON. */
@RestController
@RequestMapping("/api/v1")
class RemediationApi {
  private final Remediation remediation;
  private final Faults faults;
  private final Register register;

  RemediationApi(Remediation remediation, Faults faults, Register register) {
    this.remediation = remediation;
    this.faults = faults;
    this.register = register;
  }

  /** A list under a name, so that fields can be added. */
  record Items<T>(List<T> items) {}

  /** A change of mode. */
  record ModeChange(@Nullable String mode, @Nullable String reason) {}

  /** What a change of mode came to. */
  record ModeChanged(Remediation.PolicyView policy, Remediation.WouldTouch touches) {}

  /** A person's word on the suggestion of this plan. */
  record Approve(@Nullable String plan) {}

  /** A change of the freeze. */
  record FreezeChange(@Nullable Boolean on, @Nullable String reason) {}

  @GetMapping("/policies")
  @Allow({Role.OPERATOR, Role.AUDITOR})
  Items<Remediation.PolicyView> policies() {
    return new Items<>(remediation.policies());
  }

  @GetMapping("/policies/{name}")
  @Allow({Role.OPERATOR, Role.AUDITOR})
  Remediation.PolicyView policy(@PathVariable("name") String name) {
    return remediation.policy(name).orElseThrow(() -> Problem.notFound("policy", name));
  }

  @PostMapping("/policies/{name}/mode")
  @Allow({Role.ADMINISTRATOR})
  ModeChanged mode(
      @PathVariable("name") String name, @RequestBody ModeChange change, Viewer viewer) {
    Remediation.Mode mode = mode(change.mode());
    String reason = change.reason() == null ? "" : change.reason();
    var touches = remediation.wouldTouch(name, mode, 100);
    return new ModeChanged(remediation.setMode(name, mode, reason, viewer.actor()), touches);
  }

  @GetMapping("/policies/{name}/would-touch")
  @Allow({Role.OPERATOR, Role.AUDITOR})
  Remediation.WouldTouch wouldTouch(
      @PathVariable("name") String name,
      @RequestParam(name = "mode", defaultValue = "auto") String mode,
      @RequestParam(name = "limit", defaultValue = "100") int limit) {
    return remediation.wouldTouch(name, mode(mode), limit);
  }

  @GetMapping("/freeze")
  @Allow({Role.OPERATOR, Role.AUDITOR})
  Remediation.Freeze freeze() {
    return remediation.freeze();
  }

  @PostMapping("/freeze")
  @Allow({Role.OPERATOR})
  Remediation.Freeze freeze(@RequestBody FreezeChange change, Viewer viewer) {
    if (change.on() == null)
      throw Problem.badInput("on", "", "请给出 true 或 false", "Give true or false");
    remediation.setFreeze(
        change.on(), change.reason() == null ? "" : change.reason(), viewer.actor());
    return remediation.freeze();
  }

  @GetMapping("/runs")
  @Allow({Role.OPERATOR, Role.AUDITOR})
  Items<Remediation.RunView> active(@RequestParam(name = "limit", defaultValue = "100") int limit) {
    return new Items<>(remediation.active(limit));
  }

  @GetMapping("/faults/{id}/runs")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Items<Remediation.RunView> runs(@PathVariable("id") String id, Viewer viewer) {
    return new Items<>(remediation.runs(visible(id, viewer).id()));
  }

  @GetMapping("/faults/{id}/suggestion")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Remediation.Suggestion suggestion(@PathVariable("id") String id, Viewer viewer) {
    return remediation
        .suggestion(visible(id, viewer).id())
        .orElseThrow(() -> Problem.notFound("suggestion", id));
  }

  @PostMapping("/faults/{id}/run-suggested")
  @Allow({Role.OPERATOR})
  Items<Remediation.RunView> runSuggested(
      @PathVariable("id") String id, @RequestBody Approve approve, Viewer viewer) {
    FaultId fault = visible(id, viewer).id();
    if (approve.plan() == null || approve.plan().isBlank())
      throw Problem.badInput(
          "plan",
          "",
          "请给出所看到的建议的 plan（见 /faults/{id}/suggestion）",
          "Give the plan of the suggestion you saw (see /faults/{id}/suggestion)");
    remediation.runSuggested(fault, approve.plan(), viewer.actor());
    return new Items<>(remediation.runs(fault));
  }

  @PostMapping("/faults/{id}/said-fixed")
  @Allow({Role.OPERATOR})
  Items<Remediation.RunView> saidFixed(@PathVariable("id") String id, Viewer viewer) {
    FaultId fault = visible(id, viewer).id();
    remediation.saidFixed(fault, viewer.actor());
    return new Items<>(remediation.runs(fault));
  }

  private Fault visible(String text, Viewer viewer) {
    return number(text)
        .flatMap(faults::find)
        .filter(fault -> register.visible(fault.machine(), viewer))
        .orElseThrow(() -> Problem.notFound("fault", text));
  }

  private static java.util.Optional<FaultId> number(String text) {
    try {
      return java.util.Optional.of(FaultId.of(text));
    } catch (NumberFormatException e) {
      return java.util.Optional.empty();
    }
  }

  private static Remediation.Mode mode(@Nullable String text) {
    try {
      return Remediation.Mode.valueOf(String.valueOf(text).toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw Problem.badInput(
          "mode",
          String.valueOf(text),
          "模式只有 observe、suggest、auto",
          "The modes are observe, suggest and auto");
    }
  }
}
