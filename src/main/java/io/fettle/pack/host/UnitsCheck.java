package io.fettle.pack.host;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.monitoring.check.Visit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Has a systemd unit failed? One reading for the machine, naming them all. */
@Component
class UnitsCheck implements Check {
  static final String NAME = "host.units";

  /** Evidence: names of the failed units. */
  static final String FAILED = "failed";

  private static final int MOST_NAMED = 5;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Label label() {
    return new Label("系统服务", "Failed units");
  }

  @Override
  public String appliesTo() {
    return "net.address != null";
  }

  @Override
  public Optional<String> section(MachineDoc machine) {
    return Optional.of(
        Said.SHELL
            + """
            command -v systemctl >/dev/null 2>&1 || { say none 'no systemd'; exit 0; }
            list=$(timeout 10 systemctl list-units --failed --plain --no-legend --no-pager) || { say trouble 'systemctl does not answer'; exit 0; }
            say asked yes
            printf '%s\\n' "$list" | head -50 | while read -r unit rest; do
              [ -n "$unit" ] || continue
              say unit "$unit"
              say why "$unit $(timeout 5 systemctl show --no-pager -p Result -p ExecMainStatus -p NRestarts "$unit" 2>/dev/null | tr '\\n' ' ')"
            done
            """);
  }

  @Override
  public List<Reading> judge(Visit visit) {
    Optional<Visit.Section> section = NotAsked.whole(visit, this);
    if (section.isEmpty()) return NotAsked.because(visit);
    Said said = Said.read(section.get().out());
    if (said.one("none").isPresent()) return List.of();
    if (said.one("asked").isEmpty())
      return List.of(NotAsked.unknown("systemctl 没有应答", "systemctl did not answer"));
    List<String> failed = said.all("unit");
    if (failed.isEmpty())
      return List.of(
          Reading.ok("", new Label("没有失败的服务", "No unit has failed"), Map.of(FAILED, failed)));
    Map<String, Object> evidence = new LinkedHashMap<>();
    evidence.put(FAILED, failed);
    evidence.put("why", said.all("why"));
    String names =
        String.join(", ", failed.subList(0, Math.min(MOST_NAMED, failed.size())))
            + (failed.size() > MOST_NAMED ? " …" : "");
    return List.of(
        Reading.bad(
            "",
            Severity.WARNING,
            new Label(
                failed.size() + " 个服务失败：" + names,
                failed.size()
                    + (failed.size() == 1 ? " unit has" : " units have")
                    + " failed: "
                    + names),
            evidence));
  }
}
