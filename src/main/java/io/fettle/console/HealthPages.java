package io.fettle.console;

import io.fettle.kernel.Role;
import io.fettle.web.Allow;
import io.fettle.web.Live;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** Health of Fettle itself. */
@Controller
class HealthPages {
  private final Health health;
  private final Live live;

  HealthPages(Health health, Live live) {
    this.health = health;
    this.live = live;
  }

  @Allow({Role.OPERATOR, Role.AUDITOR})
  @GetMapping("/health")
  String health(Model model) {
    Health.Seen seen = health.seen();
    model.addAttribute("parts", seen.parts());
    model.addAttribute("at", seen.at());
    model.addAttribute("streams", live.open());
    Runtime jvm = Runtime.getRuntime();
    model.addAttribute("heapUsed", (jvm.totalMemory() - jvm.freeMemory()) >> 20);
    model.addAttribute("heapMost", jvm.maxMemory() >> 20);
    return "console/health";
  }
}
