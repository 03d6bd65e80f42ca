package io.fettle.console;

import io.fettle.kernel.Endpoint;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.transport.HostKey;
import io.fettle.transport.HostKeys;
import io.fettle.transport.HostKeys.Choice;
import io.fettle.web.Allow;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Keys of SSH servers; a changed one is accepted or refused by a person, also many at once. */
@Controller
class HostKeyPages {
  private static final int ROWS = 100;

  private final HostKeys keys;

  HostKeyPages(HostKeys keys) {
    this.keys = keys;
  }

  @Allow({Role.OPERATOR, Role.AUDITOR})
  @GetMapping("/host-keys")
  String list(
      @RequestParam(defaultValue = "changed") String state,
      @RequestParam(required = false) @Nullable String cursor,
      Model model) {
    Page<HostKey> page = keys.list(state(state), cursor, ROWS);
    model.addAttribute("keys", page.items());
    model.addAttribute("next", page.next());
    model.addAttribute("state", state);
    return "console/host_keys";
  }

  /**
   * @param chosen {@code address fingerprint} of each offered key the person saw: a key that
   *     changed again since is not taken
   */
  @Allow(Role.OPERATOR)
  @PostMapping("/host-keys")
  String decide(
      @RequestParam String verdict,
      @RequestParam(required = false) @Nullable List<String> chosen,
      @RequestParam(defaultValue = "") String reason,
      Viewer viewer) {
    if (chosen == null || chosen.isEmpty())
      throw Problem.badInput("chosen", "", "先勾选要处理的密钥", "Tick the keys to decide about first");
    if (reason.isBlank())
      throw Problem.badInput("reason", "", "请写明原因，例如“重装系统”", "Say why, e.g. 'reinstalled'");
    Set<Endpoint> endpoints = new HashSet<>();
    Set<String> fingerprints = new HashSet<>();
    for (String one : chosen) {
      int space = one.indexOf(' ');
      if (space < 0)
        throw Problem.badInput("chosen", one, "格式不对", "Not an address and fingerprint");
      endpoints.add(Endpoint.parse(one.substring(0, space), 22));
      fingerprints.add(one.substring(space + 1));
    }
    switch (verdict) {
      case "accept" ->
          keys.accept(endpoints, Choice.of(fingerprints), viewer.actor(), reason.strip());
      case "refuse" ->
          keys.refuse(endpoints, Choice.of(fingerprints), viewer.actor(), reason.strip());
      default ->
          throw Problem.badInput("verdict", verdict, "只有 accept 或 refuse", "accept or refuse");
    }
    return "redirect:/host-keys";
  }

  private static HostKey.@Nullable State state(String text) {
    if (text.equals("all")) return null;
    try {
      return HostKey.State.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw Problem.badInput(
          "state", "", "只有 changed、refused、pinned、all", "changed, refused, pinned or all");
    }
  }
}
