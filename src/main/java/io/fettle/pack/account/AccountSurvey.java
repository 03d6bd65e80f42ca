package io.fettle.pack.account;

import java.util.List;

/**
 * Asks a machine everything about some accounts in one script. It only reads; no secret is printed
 * (of a password hash only its kind). The sshd that serves this very session is asked, with the
 * configuration file that it runs with.
 */
final class AccountSurvey {
  private static final String HEAD =
      """
      LC_ALL=C; export LC_ALL
      say() { printf '%s\\t%s\\n' "$1" "$(printf '%s' "$2" | tr '\\n\\t' '  ' | cut -c1-8000)"; }
      conf=/etc/ssh/sshd_config; listener=
      p=$$
      while [ "${p:-0}" -gt 1 ]; do
        if [ "$(cat /proc/$p/comm 2>/dev/null)" = sshd ]; then
          l=$(tr '\\000' ' ' </proc/$p/cmdline)
          case "$l" in *'[listener]'*) listener=$p ;; esac
          case "$l" in *' -f '*) conf=${l##* -f }; conf=${conf%% *} ;; esac
        fi
        p=$(sed -n 's/^PPid:[[:space:]]*//p' /proc/$p/status 2>/dev/null)
      done
      sshd=$(command -v sshd || echo /usr/sbin/sshd)
      say sshd_config "$conf"
      say listener "$listener"
      say today "$(( $(date +%s) / 86400 ))"
      for f in /etc/nologin /run/nologin; do [ -e "$f" ] && say nologin "$f"; done
      say shutdown "$( { systemctl list-jobs --no-legend 2>/dev/null; ls /run/systemd/shutdown/scheduled 2>/dev/null; } | grep -c -E 'shutdown|reboot|poweroff|halt|scheduled')"
      say sshd_test "$("$sshd" -t -f "$conf" 2>&1 | head -3)"
      command -v visudo >/dev/null 2>&1 && { visudo -c >/dev/null 2>&1 || say sudoers_broken "$(visudo -c 2>&1 | grep -v 'parsed OK' | head -3)"; }
      modes() { # what path
        if [ -L "$2" ]; then say "$1" "symlink - - $2"
        elif [ -e "$2" ]; then say "$1" "$(stat -c '%F|%u|%a' "$2" | tr ' ' '_' | tr '|' ' ') $2"
        else say "$1" "missing - - $2"; fi
      }
      account() {
        u=$1
        say account "$u"
        line=$(getent passwd "$u" 2>/dev/null | head -1)
        say passwd "$line"
        [ -n "$line" ] || return 0
        uid=$(printf '%s' "$line" | cut -d: -f3); home=$(printf '%s' "$line" | cut -d: -f6); shell=$(printf '%s' "$line" | cut -d: -f7)
        say twins "$(getent passwd | awk -F: -v u="$uid" '$3 == u { print $1 }' | sort -u | head -5)"
        say shadow "$(getent shadow "$u" | awk -F: '{ k = "hash"; if ($2 == "") k = "empty"; else if ($2 ~ /^!/) k = "locked"; else if ($2 ~ /^\\*/) k = "none"; printf "%s|%s|%s|%s|%s", k, $3, $5, $7, $8 }')"
        [ -x "$shell" ] && say shell_runs "$shell"
        grep -q -x -F -- "$shell" /etc/shells 2>/dev/null && say shell_listed "$shell"
        say groups "$(id -Gn "$u" 2>/dev/null)"
        "$sshd" -T -f "$conf" -C user="$u",host=localhost,addr=127.0.0.1 2>/dev/null |
          grep -E '^(denyusers|allowusers|denygroups|allowgroups|pubkeyauthentication|authorizedkeysfile|strictmodes|usepam) ' |
          while IFS= read -r l; do say sshd "$l"; done
        file=$("$sshd" -T -f "$conf" -C user="$u",host=localhost,addr=127.0.0.1 2>/dev/null | sed -n 's/^authorizedkeysfile \\([^ ]*\\).*/\\1/p')
        file=$(printf '%s' "${file:-.ssh/authorized_keys}" | sed "s|%%|%|g; s|%h|$home|g; s|%u|$u|g")
        case "$file" in /*) ;; *) file=$home/$file ;; esac
        modes home "$home"
        modes folder "${file%/*}"
        modes file "$file"
        [ -f "$file" ] && head -c 60000 "$file" | awk '{ for (i = 1; i < NF; i++) if ($i ~ /^(ssh-|ecdsa-|sk-)/) { print $i, $(i + 1); break } }' | head -50 | while IFS= read -r l; do say key "$l"; done
        [ -d "$home" ] && command -v setpriv >/dev/null 2>&1 && say as_user "$(cd / && setpriv --reuid "$uid" --regid "$(id -g "$u")" --init-groups sh -c 'cd "$0" && test -w . && test -r "$1" && echo ok' "$home" "$file" 2>&1 | tail -1)"
        command -v faillock >/dev/null 2>&1 && say faillock "$(faillock --user "$u" 2>/dev/null | grep -c 'V *$')"
        if grep -q -s -E '^[^#]*pam_access' /etc/pam.d/sshd /etc/pam.d/common-account /etc/pam.d/password-auth /etc/pam.d/system-auth; then
          for f in /etc/security/access.conf /etc/security/access.d/*.conf; do [ -f "$f" ] && grep -E '^[[:space:]]*[-+]' "$f" | head -100 | while IFS= read -r l; do say access "$l"; done; done
        fi
        for f in /etc/security/limits.conf /etc/security/limits.d/*.conf; do
          [ -f "$f" ] && awk -v u="$u" -v f="$f" '$1 == u && ($2 == "hard" || $2 == "-" || $2 == "soft") && ($3 == "nproc" || $3 == "maxlogins") && $4 == 0 { print f ":" $0 }' "$f" | while IFS= read -r l; do say limit "$l"; done
        done
        command -v sudo >/dev/null 2>&1 && sudo -n -l -U "$u" 2>/dev/null | grep -q -E '^ *\\(' && say sudo yes
        [ -d "$home" ] && say full "$(df -P "$home" | awk 'NR == 2 { print $5 }') $(df -iP "$home" | awk 'NR == 2 { print $5 }')"
        return 0
      }
      """;

  private AccountSurvey() {}

  static String script(List<String> names) {
    StringBuilder text = new StringBuilder(HEAD);
    for (String name : names) text.append("account ").append(quoted(name)).append('\n');
    return text.toString();
  }

  /** One word for a POSIX shell. */
  static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
