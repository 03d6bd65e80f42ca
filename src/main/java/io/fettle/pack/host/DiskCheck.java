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
 * Is a local file system nearly out of blocks or inodes? One reading per mount point. Network file
 * systems are left out: a hung server must not hang the visit.
 */
@Component
class DiskCheck implements Check {
  static final String NAME = "host.disk";

  /** Evidence: the places where a runbook may make space, as {@code place KiB}. */
  static final String RECLAIMABLE = "reclaimable";

  static final int FULL = 90;
  private static final int CRITICAL = 97;
  private static final Set<String> NEVER_FILL =
      Set.of(
          "tmpfs",
          "devtmpfs",
          "ramfs",
          "overlay",
          "squashfs",
          "iso9660",
          "udf",
          "efivarfs",
          "autofs",
          "fuse.snapfuse",
          "fuse.lxcfs");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Label label() {
    return new Label("磁盘空间", "Disk space");
  }

  @Override
  public String appliesTo() {
    return "net.address != null";
  }

  @Override
  public Optional<String> section(MachineDoc machine) {
    return Optional.of(
        Said.SHELL
            + Reclaim.PLACES
            + """
            df -l --output=fstype,size,used,pcent,ipcent,target 2>/dev/null | tail -n +2 |
              while read -r type size used blocks inodes target; do
                say fs "$type $size $used $blocks $inodes $target"
                b=${blocks%%"%%"} i=${inodes%%"%%"}
                [ "${b:-0}" -ge %1$d ] 2>/dev/null || [ "${i:-0}" -ge %1$d ] 2>/dev/null || continue
                case $type in tmpfs|devtmpfs|overlay|squashfs|iso9660) continue ;; esac
                m=$target
                for place in $PLACES; do
                  on_it "$place" && say place "$(timeout 2 du -sxk "$place" 2>/dev/null | cut -f1) $place $m"
                done
                timeout 3 nice du -xk -d 2 "$m" 2>/dev/null | sort -rn | head -6 |
                  while read -r kib folder; do say big "$kib $folder $m"; done
              done
            """
                .formatted(FULL));
  }

  /** A mounted file system as df sees it. */
  private record Mount(String type, long size, long used, int blocks, int inodes, String target) {}

  @Override
  public List<Reading> judge(Visit visit) {
    Optional<Visit.Section> section = NotAsked.whole(visit, this);
    if (section.isEmpty()) return NotAsked.because(visit);
    Said said = Said.read(section.get().out());
    List<Reading> readings = new ArrayList<>();
    for (String line : said.all("fs"))
      mount(line)
          .filter(m -> !NEVER_FILL.contains(m.type()))
          .ifPresent(m -> readings.add(judge(m, said)));
    return readings.isEmpty()
        ? List.of(NotAsked.unknown("df 没有给出文件系统", "df named no file system"))
        : readings;
  }

  private static Optional<Mount> mount(String line) {
    String[] f = line.split(" ", 6);
    if (f.length < 6 || !f[1].matches("\\d{1,18}") || !f[2].matches("\\d{1,18}"))
      return Optional.empty();
    return Optional.of(
        new Mount(
            f[0], Long.parseLong(f[1]), Long.parseLong(f[2]), percent(f[3]), percent(f[4]), f[5]));
  }

  /** 0 for a file system that does not count (btrfs has no inodes). */
  private static int percent(String text) {
    return text.matches("\\d{1,3}%") ? Integer.parseInt(text.substring(0, text.length() - 1)) : 0;
  }

  private static Reading judge(Mount mount, Said said) {
    Map<String, Object> evidence = new LinkedHashMap<>();
    evidence.put("size_kib", mount.size());
    evidence.put("used_kib", mount.used());
    evidence.put("blocks_percent", mount.blocks());
    evidence.put("inodes_percent", mount.inodes());
    int most = Math.max(mount.blocks(), mount.inodes());
    String facts = mount.blocks() + "% / inode " + mount.inodes() + "%";
    if (most < FULL)
      return Reading.ok(
          mount.target(),
          new Label(mount.target() + " 已用 " + facts, mount.target() + " is at " + facts),
          evidence);
    evidence.put(
        RECLAIMABLE, of("place", mount, said).stream().filter(p -> !p.startsWith("0 ")).toList());
    evidence.put("largest", of("big", mount, said));
    boolean inodes = mount.inodes() > mount.blocks();
    return Reading.bad(
        mount.target(),
        most >= CRITICAL ? Severity.CRITICAL : Severity.WARNING,
        inodes
            ? new Label(
                mount.target() + " 的 inode 已用 " + mount.inodes() + "%",
                mount.target() + " has used " + mount.inodes() + "% of its inodes")
            : new Label(
                mount.target() + " 已用 " + mount.blocks() + "%",
                mount.target() + " is " + mount.blocks() + "% full"),
        evidence);
  }

  /** The lines of this word that end in the mount point, without it. */
  private static List<String> of(String word, Mount mount, Said said) {
    return said.all(word).stream()
        .filter(l -> l.endsWith(" " + mount.target()))
        .map(l -> l.substring(0, l.length() - mount.target().length() - 1))
        .toList();
  }
}
