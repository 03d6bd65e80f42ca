package io.fettle.console;

import io.fettle.fault.Fault;
import io.fettle.fault.FaultFilter;
import io.fettle.fault.FaultState;
import io.fettle.fault.Faults;
import io.fettle.fault.Turn;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.remediation.Remediation;
import io.fettle.remediation.Remediation.RunView;
import io.fettle.web.Allow;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** What Fettle is doing now, and what it repaired last. */
@Controller
class RepairPages {
  private static final int ROWS = 100;
  private static final Set<FaultState> AT_IT =
      Arrays.stream(FaultState.values())
          .filter(state -> Turn.of(state) == Turn.FETTLE)
          .collect(Collectors.toSet());

  private final Faults faults;
  private final FaultRows rows;
  private final Remediation remediation;

  RepairPages(Faults faults, FaultRows rows, Remediation remediation) {
    this.faults = faults;
    this.rows = rows;
    this.remediation = remediation;
  }

  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/repairs")
  String list(Viewer viewer, Model model) {
    Map<Long, RunView> runs =
        remediation.active(5 * ROWS).stream()
            .collect(Collectors.toMap(r -> r.fault().value(), Function.identity(), (a, b) -> b));
    model.addAttribute("now", rows.of(list(AT_IT, viewer)));
    model.addAttribute("runs", runs);
    model.addAttribute("counts", remediation.counts());
    model.addAttribute(
        "done", rows.of(list(Set.of(FaultState.RECOVERED, FaultState.CLOSED), viewer)));
    return "console/repairs";
  }

  private List<Fault> list(Set<FaultState> states, Viewer viewer) {
    return faults.list(new FaultFilter(states, null, null), viewer, null, ROWS).items();
  }
}
