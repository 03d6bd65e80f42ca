package io.fettle.pack.host;

/** The only places where space is ever made. */
final class Reclaim {
  /** Shell text: the places, and whether one lies on the file system {@code $m}. */
  static final String PLACES =
      """
      PLACES='/var/cache/apt/archives /var/cache/dnf /var/cache/yum /var/log/journal /tmp /var/tmp'
      on_it() { [ -d "$1" ] && [ ! -L "$1" ] && [ "$(df --output=target "$1" 2>/dev/null | tail -n 1)" = "$m" ]; }
      """;

  /**
   * Shell text: makes space on {@code $m}. Package caches are emptied by the package manager that
   * owns them; the journal is cut to {@code $keep}, and of the folders for temporary files go those
   * that nobody has read, written or changed for {@code $days} days (as systemd-tmpfiles does); an
   * empty limit leaves its step out.
   */
  static final String STEPS =
      """
      if on_it /var/cache/apt/archives && command -v apt-get >/dev/null; then timeout 30 apt-get clean && say step 'apt-get clean'; fi
      for tool in dnf yum; do
        if on_it "/var/cache/$tool" && command -v "$tool" >/dev/null; then timeout 40 "$tool" -q clean packages && say step "$tool clean packages"; fi
      done
      if [ -n "$keep" ] && on_it /var/log/journal && command -v journalctl >/dev/null; then timeout 40 journalctl --vacuum-size="$keep" >/dev/null 2>&1 && say step "journalctl --vacuum-size=$keep"; fi
      for folder in /tmp /var/tmp; do
        [ -n "$days" ] && on_it "$folder" || continue
        timeout 60 find "$folder" -xdev -type f ! -path '*/systemd-private-*' -atime "+$days" -mtime "+$days" -ctime "+$days" -delete
        say step "find $folder, files untouched for $days days"
      done
      """;

  private Reclaim() {}
}
