package io.fettle.pack.host;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.monitoring.check.Visit;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Has the machine started anew within the last half hour? Nothing can be repaired about that; it is
 * noticed, with how it went down, and is over by itself. On the way the operating system's facts go
 * to the register.
 */
@Component
class RebootCheck implements Check {
  static final Duration NEWS = Duration.ofMinutes(30);

  @Override
  public String name() {
    return "host.reboot";
  }

  @Override
  public Label label() {
    return new Label("重启", "Reboot");
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
            say boot_id "$(cat /proc/sys/kernel/random/boot_id)"
            up=$(cut -d. -f1 /proc/uptime)
            say uptime "$up"
            say kernel "$(uname -r)"
            say distro "$(. /etc/os-release 2>/dev/null && printf %%s "$NAME")"
            say version "$(. /etc/os-release 2>/dev/null && printf %%s "$VERSION_ID")"
            [ "${up:-0}" -lt %d ] || exit 0
            command -v last >/dev/null 2>&1 && last -x -F -n 6 shutdown reboot 2>/dev/null | head -6 | while IFS= read -r l; do say last "$l"; done
            for f in /sys/fs/pstore/*; do [ -e "$f" ] && say crash_record "$f"; done
            command -v journalctl >/dev/null 2>&1 && say last_words "$(timeout 5 journalctl -b -1 -n 3 -o cat --no-pager 2>/dev/null)"
            exit 0
            """
                .formatted(NEWS.toSeconds()));
  }

  @Override
  public List<Reading> judge(Visit visit) {
    Optional<Visit.Section> section = NotAsked.whole(visit, this);
    if (section.isEmpty()) return NotAsked.because(visit);
    Said said = Said.read(section.get().out());
    claim(visit, said);
    Optional<Double> uptime = said.number("uptime");
    if (uptime.isEmpty())
      return List.of(NotAsked.unknown("机器没有说出运行时间", "The machine told no uptime"));
    Map<String, Object> evidence = new LinkedHashMap<>();
    said.one("boot_id").ifPresent(id -> evidence.put("boot_id", id));
    evidence.put("uptime_seconds", uptime.get().longValue());
    long minutes = uptime.get().longValue() / 60;
    if (uptime.get() >= NEWS.toSeconds())
      return List.of(
          Reading.ok(
              "", new Label("已运行 " + minutes + " 分钟", "Up for " + minutes + " min"), evidence));
    evidence.put("last", said.all("last"));
    evidence.put("crash_records", said.all("crash_record"));
    said.one("last_words").ifPresent(words -> evidence.put("last_words", words));
    boolean crashed = !said.all("crash_record").isEmpty();
    return List.of(
        Reading.bad(
            "",
            crashed ? Severity.CRITICAL : Severity.WARNING,
            new Label(
                minutes + " 分钟前重启" + (crashed ? "，留有内核崩溃记录" : ""),
                "It restarted "
                    + minutes
                    + " min ago"
                    + (crashed ? " and left a record of a kernel crash" : "")),
            evidence));
  }

  private static void claim(Visit visit, Said said) {
    Map<String, Object> facts = new LinkedHashMap<>();
    for (String word : List.of("boot_id", "kernel", "distro", "version"))
      said.one(word).ifPresent(value -> facts.put(word, value));
    if (!facts.isEmpty()) visit.claim("os", facts, false);
  }
}
