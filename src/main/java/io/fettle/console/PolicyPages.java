package io.fettle.console;

import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.remediation.Remediation;
import io.fettle.remediation.Remediation.Mode;
import io.fettle.remediation.Remediation.PolicyView;
import io.fettle.web.Allow;
import java.util.List;
import java.util.Locale;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Policies with their mode switch, and the one switch that stops every action. */
@Controller
class PolicyPages {
  private static final int SHOWN = 40;

  private final Remediation remediation;
  private final ClassNames names;

  PolicyPages(Remediation remediation, ClassNames names) {
    this.remediation = remediation;
    this.names = names;
  }

  @Allow({Role.OPERATOR, Role.AUDITOR})
  @GetMapping("/policies")
  String list(Model model) {
    model.addAttribute("policies", remediation.policies());
    model.addAttribute("names", names.all());
    model.addAttribute("freeze", remediation.freeze());
    return "console/policies";
  }

  @Allow({Role.OPERATOR, Role.AUDITOR})
  @GetMapping("/policies/{name}")
  String show(@PathVariable String name, Model model) {
    PolicyView policy = find(name);
    model.addAttribute("policy", policy);
    model.addAttribute("label", names.of(policy.faultClass()));
    return "console/policy";
  }

  /** What the policy would touch in this mode, for the form that changes it. */
  @Allow({Role.OPERATOR, Role.AUDITOR})
  @GetMapping("/policies/{name}/touch")
  String touch(@PathVariable String name, @RequestParam String mode, Model model) {
    Mode wanted = mode(mode);
    PolicyView policy = find(name);
    model.addAttribute("policy", policy);
    model.addAttribute("mode", wanted);
    model.addAttribute("raises", wanted.compareTo(policy.mode()) > 0);
    model.addAttribute("touch", remediation.wouldTouch(name, wanted, SHOWN));
    return "console/touch";
  }

  @Allow(Role.ADMINISTRATOR)
  @PostMapping("/policies/{name}/mode")
  String change(
      @PathVariable String name,
      @RequestParam String mode,
      @RequestParam(defaultValue = "") String reason,
      Viewer viewer) {
    PolicyView changed = remediation.setMode(name, mode(mode), reason.strip(), viewer.actor());
    return "redirect:/policies/" + Links.encode(changed.name());
  }

  @Allow(Role.OPERATOR)
  @PostMapping("/freeze")
  String freeze(
      @RequestParam boolean on,
      @RequestParam(defaultValue = "") String reason,
      @RequestParam(defaultValue = "/") String back,
      Viewer viewer) {
    remediation.setFreeze(on, reason.strip(), viewer.actor());
    return "redirect:" + Links.local(back);
  }

  private PolicyView find(String name) {
    return remediation.policy(name).orElseThrow(() -> Problem.notFound("policy", name));
  }

  private static Mode mode(String text) {
    try {
      return Mode.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      Label why = new Label("模式只有 observe、suggest、auto", "A mode is observe, suggest or auto");
      throw new Problem(422, "bad-input", why, List.of(new Problem.Fault("mode", "", why)));
    }
  }
}
