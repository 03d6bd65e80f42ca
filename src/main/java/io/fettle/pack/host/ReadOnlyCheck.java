package io.fettle.pack.host;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.monitoring.check.Visit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Has a disk file system become read-only? One reading per mount point that {@code /etc/fstab}
 * names and wants writable; what others mounted, volumes and snapshots, is none of our business.
 * After an error ext4 says {@code ro}, from Linux 6.15 on {@code emergency_ro} beside {@code rw}.
 */
@Component
class ReadOnlyCheck implements Check {
  static final String NAME = "host.readonly";

  /** Evidence: why writing to it again could destroy data; empty when nothing says so. */
  static final String DAMAGE = "damage";

  private static final Set<String> ON_DISK =
      Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs");

  /**
   * Shell text: {@code damage SOURCE TARGET} says why the file system must not simply be written
   * again: the kernel complained of it, or it carries an error mark. ext4 keeps that mark in its
   * superblock (dumpe2fs) and counts errors in sysfs.
   */
  static final String DAMAGE_TEXT =
      """
      damage() {
        d=$(basename "$(readlink -f "$1")")
        n=$(cat "/sys/fs/ext4/$d/errors_count" 2>/dev/null)
        [ -n "$n" ] || { echo "whether it is damaged cannot be told: $d is no ext4"; return; }
        [ "$n" = 0 ] || { echo "ext4 counts $n errors"; return; }
        if command -v dumpe2fs >/dev/null 2>&1; then
          s=$(timeout 5 dumpe2fs -h "$1" 2>/dev/null | sed -n 's/^Filesystem state: *//p')
          case "$s" in *error*) echo "its state is: $s"; return ;; esac
        fi
        { dmesg 2>/dev/null || journalctl -k -b --no-pager -n 2000 -o cat 2>/dev/null; } | grep -F "$d" |
          grep -E 'I/O error|EXT4-fs error|Remounting filesystem read-only|metadata I/O|Corruption|Shutting down filesystem' | tail -n 1
      }
      """;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Label label() {
    return new Label("文件系统只读", "Read-only file system");
  }

  @Override
  public String appliesTo() {
    return "net.address != null";
  }

  @Override
  public Optional<String> section(MachineDoc machine) {
    return Optional.of(
        Said.SHELL
            + DAMAGE_TEXT
            + """
            while read -r source target type options rest; do
              case $type in ext[234]|xfs|btrfs|f2fs|jfs) ;; *) continue ;; esac
              wanted=$(grep -E "^[^#[:space:]]+[[:space:]]+$target[[:space:]]" /etc/fstab 2>/dev/null | head -n 1 | tr '\\t' ' ' | tr -s ' ' | cut -d' ' -f4)
              case ",$wanted," in ,,|*,ro,*) continue ;; esac
              case ",$options," in *,ro,*|*,emergency_ro,*) state=ro; say damage "$target $(damage "$source")" ;; *) state=rw ;; esac
              say mount "$type $state $target"
            done </proc/mounts
            """);
  }

  @Override
  public List<Reading> judge(Visit visit) {
    Optional<Visit.Section> section = NotAsked.whole(visit, this);
    if (section.isEmpty()) return NotAsked.because(visit);
    Said said = Said.read(section.get().out());
    Map<String, String[]> mounts = new LinkedHashMap<>();
    for (String line : said.all("mount")) {
      String[] f = line.split(" ", 3);
      if (f.length == 3 && ON_DISK.contains(f[0])) mounts.put(f[2], f);
    }
    List<Reading> readings = new ArrayList<>();
    mounts.forEach((target, f) -> readings.add(judge(target, f[0], f[1], said)));
    return readings;
  }

  private static Reading judge(String target, String type, String option, Said said) {
    Map<String, Object> evidence = new LinkedHashMap<>();
    evidence.put("type", type);
    if (!option.equals("ro"))
      return Reading.ok(target, new Label(target + " 可写", target + " is writable"), evidence);
    String damage =
        said.all("damage").stream()
            .filter(l -> l.startsWith(target + " "))
            .map(l -> l.substring(target.length() + 1))
            .findFirst()
            .orElse("");
    evidence.put(DAMAGE, damage);
    return Reading.bad(
        target,
        Severity.CRITICAL,
        new Label(
            target + " 变成只读" + (damage.isEmpty() ? "" : "：" + damage),
            target + " has become read-only" + (damage.isEmpty() ? "" : ": " + damage)),
        evidence);
  }
}
