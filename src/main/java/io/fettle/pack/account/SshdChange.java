package io.fettle.pack.account;

import static io.fettle.transport.ssh.SshCommand.quoted;

import java.time.Duration;
import java.util.Optional;

/**
 * A change of one line of sshd's configuration that cannot lock Fettle out. Before anything is
 * written the new configuration must let Fettle's own user in by its lists; before the reload a
 * guard is left on the machine, free of this connection, that puts the old file back and reloads
 * again unless it is told in time that a second, new log-in succeeded. Guard and messenger both
 * make the same folder to go ahead, so exactly one of them does.
 */
final class SshdChange {
  /** How long the guard waits for the second log-in. */
  static final Duration WATCH = Duration.ofSeconds(60);

  private static final String GUARDED = "guard\t";

  private static final String GUARD =
      """
      d=$1; f=$2; conf=$3; listener=$4; sshd=$5; left=$6
      while [ "$left" -gt 0 ]; do
        [ -d "$d/decided" ] && { rm -rf "$d"; exit 0; }
        sleep 1; left=$((left - 1))
      done
      mkdir "$d/decided" 2>/dev/null || exit 0
      mv -f "$f.fettle-old" "$f"
      kill -HUP "$listener" 2>/dev/null || systemctl restart ssh 2>/dev/null || systemctl restart sshd 2>/dev/null || "$sshd" -f "$conf"
      rm -rf "$d"
      """;

  private SshdChange() {}

  /**
   * As root: changes the file, leaves the guard and reloads; says {@code guard FOLDER FILE} once
   * the new configuration is in force.
   *
   * @param edit defines {@code edit FILE}, which prints the new text, and sets {@code word} to the
   *     setting whose line it changes
   */
  static String script(Facts facts, String edit, Duration watch) {
    return edit
        + AccountSurvey.CLIENT
        + """
        conf=%s; listener=%s
        case "$conf" in /*) ;; *) refused "sshd runs with the relative path $conf: a reload would end it" ;; esac
        sshd=$(command -v sshd || echo /usr/sbin/sshd)
        [ -n "$listener" ] && kill -0 "$listener" 2>/dev/null || refused 'the listening sshd was not found'
        f=
        for c in "$conf" "${conf%%/*}"/sshd_config.d/*.conf; do
          [ -f "$c" ] && [ ! -L "$c" ] && grep -q -i -E "^[[:space:]]*$word[[:space:]]" "$c" && ! edit "$c" | cmp -s - "$c" && { f=$c; break; }
        done
        [ -n "$f" ] || refused "no $word line outside Match names it exactly"
        [ -e "$f.fettle-old" ] && ls -d /run/fettle-guard.* >/dev/null 2>&1 && refused 'another change of it is not decided yet'
        "$sshd" -t -f "$conf" || refused 'the configuration has other faults'
        me=${SUDO_USER:-root}
        mine() { "$sshd" -T -f "$conf" -C user="$me",host=localhost,addr="${client:-127.0.0.1}"; }
        fits() { set -f; for p in $2; do case "$1" in ${p%%%%@*}) set +f; return 0 ;; esac; done; set +f; return 1; }
        lets_me_in() {
          l=$(mine | sed -n 's/^denyusers //p'); [ -z "$l" ] || ! fits "$me" "$l" || return 1
          l=$(mine | sed -n 's/^allowusers //p'); [ -z "$l" ] || fits "$me" "$l" || return 1
          l=$(mine | sed -n 's/^denygroups //p'); for g in $(id -Gn "$me"); do [ -z "$l" ] || ! fits "$g" "$l" || return 1; done
          l=$(mine | sed -n 's/^allowgroups //p'); [ -z "$l" ] || { for g in $(id -Gn "$me"); do fits "$g" "$l" && return 0; done; return 1; }
        }
        cp -p "$f" "$f.fettle-old" && cp -p "$f" "$f.fettle-new" && edit "$f.fettle-old" >"$f.fettle-new" || refused 'cannot write'
        mv -f "$f.fettle-new" "$f"
        if ! "$sshd" -t -f "$conf"; then mv -f "$f.fettle-old" "$f"; refused 'sshd found a fault in the new configuration'; fi
        if ! lets_me_in; then mv -f "$f.fettle-old" "$f"; refused "the configuration on disk shuts out $me: a reload would lock Fettle out"; fi
        d=$(mktemp -d /run/fettle-guard.XXXXXX) || { mv -f "$f.fettle-old" "$f"; refused 'cannot leave a guard'; }
        guard=%s
        if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null 2>&1; then
          systemd-run --quiet --collect --unit="${d##*/}" /bin/sh -c "$guard" sh "$d" "$f" "$conf" "$listener" "$sshd" %d >/dev/null 2>&1
        else
          setsid /bin/sh -c "$guard" sh "$d" "$f" "$conf" "$listener" "$sshd" %d </dev/null >/dev/null 2>&1 &
        fi || { rm -rf "$d"; mv -f "$f.fettle-old" "$f"; refused 'cannot leave a guard'; }
        kill -HUP "$listener"
        sleep 1
        if ! kill -0 "$listener" 2>/dev/null; then
          mkdir "$d/decided" 2>/dev/null && mv -f "$f.fettle-old" "$f"
          systemctl restart ssh 2>/dev/null || systemctl restart sshd 2>/dev/null || "$sshd" -f "$conf"
          refused 'sshd did not survive the reload; the old file is back'
        fi
        printf 'guard\\t%%s %%s\\n' "$d" "$f"
        done_ "$word changed in $f, sshd -t passed, reloaded; a guard undoes it in %d s unless a new log-in succeeds"
        """
            .formatted(
                quoted(facts.one("sshd_config").orElse("")),
                quoted("" + facts.number("listener")).replace("'0'", "''"),
                quoted(GUARD),
                watch.toSeconds(),
                watch.toSeconds(),
                watch.toSeconds());
  }

  /**
   * What to send on a new connection after this answer, to tell the guard; empty when no guard was
   * left. It says {@code done} when it came in time.
   */
  static Optional<String> disarm(String answer) {
    return answer
        .lines()
        .filter(line -> line.startsWith(GUARDED))
        .map(line -> line.substring(GUARDED.length()).split(" ", 2))
        .filter(p -> p.length == 2 && p[0].matches("/run/fettle-guard\\.[A-Za-z0-9]{6}"))
        .findFirst()
        .map(parts ->
            """
            d=%s; f=%s
            mkdir "$d/decided" 2>/dev/null || { printf 'refused\\tthe guard was faster: the old file is back\\n'; exit 9; }
            rm -f "$f.fettle-old"
            printf 'done\\ta second log-in succeeded, the guard is gone\\n'
            """
                .formatted(quoted(parts[0]), quoted(parts[1])));
  }
}
