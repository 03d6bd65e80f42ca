package io.fettle.pack.account;

import static io.fettle.transport.ssh.SshCommand.quoted;

import java.util.List;

/**
 * Asks a machine everything about some accounts in one script that only reads. No secret is printed
 * (of a password hash only its kind). The sshd that serves this very session is asked, with the
 * configuration file that it runs with.
 */
final class AccountSurvey {
  /** Sets {@code client} to the address that this connection comes from, as sshd knows it. */
  static final String CLIENT =
      """
      client=; p=$$
      while [ -z "$client" ] && [ "${p:-0}" -gt 1 ]; do
        client=$(tr '\\000' '\\n' 2>/dev/null </proc/$p/environ | sed -n 's/^SSH_CONNECTION=\\([^ ]*\\).*/\\1/p' | head -1)
        p=$(sed -n 's/^PPid:[[:space:]]*//p' /proc/$p/status 2>/dev/null)
      done
      """;

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
      if grep -q -s -E '^passwd:.*[[:space:]]sss([[:space:]]|$)' /etc/nsswitch.conf && [ -f /etc/sssd/sssd.conf ]; then
        if [ -d /run/systemd/system ]; then state=$(systemctl is-active sssd 2>&1)
        elif kill -0 "$(cat /run/sssd.pid 2>/dev/null || echo none)" 2>/dev/null; then state=active
        else state='no process'; fi
        [ "$state" = active ] || say sssd_down "$state"
      fi
      command -v visudo >/dev/null 2>&1 && { visudo -c >/dev/null 2>&1 || say sudoers_broken "$(visudo -c 2>&1 | grep -v 'parsed OK' | head -3)"; }
      modes() { # what path
        if [ -L "$2" ]; then say "$1" "symlink - - $2"
        elif [ -e "$2" ]; then say "$1" "$(stat -c '%F|%u|%a' "$2" | tr ' ' '_' | tr '|' ' ') $2"
        else say "$1" "missing - - $2"; fi
      }
      account_phase() {
        case "$conf_of" in *'usepam no'*) return 0 ;; esac
        [ -f /etc/pam.d/sshd ] || return 0
        if grep -q -s -E '^[^#]*pam_tally' /etc/pam.d/*; then say pam 'skipped pam_tally a failure count would be reset'; return 0; fi
        if grep -q -s -E '^[^#]*pam_faillock' /etc/pam.d/* && ! { command -v faillock >/dev/null 2>&1 && [ "$(faillock --user "$u" 2>/dev/null | tail -n +3 | wc -l)" = 0 ]; }; then say pam 'skipped pam_faillock a failure count would be reset'; return 0; fi
        t=; command -v timeout >/dev/null 2>&1 && t='timeout -k 2 8'
        py=$(command -v python3 || command -v /usr/libexec/platform-python || command -v python)
        if command -v pamtester >/dev/null 2>&1; then
          how=pamtester; words=$($t pamtester -I rhost="${client:-127.0.0.1}" -I tty=ssh sshd "$u" acct_mgmt </dev/null 2>&1); rc=$?
        elif [ -n "$py" ]; then
          how=libpam; words=$($t "$py" -c "$phase" "$u" "${client:-127.0.0.1}" </dev/null 2>&1); rc=$?
        elif [ -d "$home" ] && [ -n "$t" ]; then
          how=su; words=$(cd / && $t su -s /bin/sh -c : "$u" </dev/null 2>&1); rc=$?
        else return 0; fi
        case "$rc" in
          0) say pam "ok $how $words" ;;
          1) say pam "refused $how $words" ;;
          *) say pam "unclear $how exit $rc $words" ;;
        esac
      }
      faillock_option() {
        o=$(cat /etc/pam.d/sshd /etc/pam.d/common-auth /etc/pam.d/password-auth /etc/security/faillock.conf 2>/dev/null | grep -v '^ *#' | grep -E "pam_faillock|^ *$1" | grep -o -E "(^|[^_a-z])$1 *= *[0-9a-z]+" | head -1 | sed 's/.*= *//')
        echo "${o:--}"
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
        g=$(id -gn "$u" 2>/dev/null)
        [ "$g" = "$u" ] && [ "$(getent passwd | awk -F: -v g="$(id -g "$u")" '$4 == g' | wc -l)" = 1 ] &&
          case "$(getent group "$g" | cut -d: -f4)" in ''|"$u") say private_group "$g" ;; esac
        conf_of=$("$sshd" -T -f "$conf" -C user="$u",host=localhost,addr="${client:-127.0.0.1}" 2>/dev/null)
        printf '%s\\n' "$conf_of" |
          grep -E '^(denyusers|allowusers|denygroups|allowgroups|pubkeyauthentication|authorizedkeysfile|authenticationmethods|strictmodes|usepam) ' |
          while IFS= read -r l; do say sshd "$l"; done
        case "$(printf '%s\\n' "$conf_of" | grep -E '^pubkeyaccepted(algorithms|keytypes) ')" in ''|*ssh-ed25519*) ;; *) say no_ed25519 yes ;; esac
        file=$(printf '%s\\n' "$conf_of" | sed -n 's/^authorizedkeysfile \\([^ ]*\\).*/\\1/p')
        file=$(printf '%s' "${file:-.ssh/authorized_keys}" | sed "s|%%|%|g; s|%h|$home|g; s|%u|$u|g")
        case "$file" in /*) ;; *) file=$home/$file ;; esac
        modes home "$home"
        modes folder "${file%/*}"
        modes file "$file"
        [ -f "$file" ] && head -c 60000 "$file" | awk '{ for (i = 1; i < NF; i++) if ($i ~ /^(ssh-|ecdsa-|sk-)/) { print $i, $(i + 1); break } }' | head -50 | while IFS= read -r l; do say key "$l"; done
        [ -d "$home" ] && command -v setpriv >/dev/null 2>&1 && say as_user "$(cd / && setpriv --reuid "$uid" --regid "$(id -g "$u")" --init-groups sh -c 'cd "$0" && test -w . && test -r "$1" && echo ok' "$home" "$file" 2>&1 | tail -1)"
        say faillock_rule "$(faillock_option deny) $(faillock_option fail_interval) $(faillock_option unlock_time)"
        command -v faillock >/dev/null 2>&1 && faillock --user "$u" 2>/dev/null | grep 'V *$' | tail -20 | while read -r day time kind source rest; do
          say failure "$(( $(date +%s) - $(date -d "$day $time" +%s 2>/dev/null || date +%s) )) $kind $source"
        done
        account_phase
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

  /**
   * Runs PAM's account phase of the service sshd for argument 1 from the address argument 2, and
   * nothing else: no log-in, no session. Exit 0 let in, 1 refused; says PAM's words.
   */
  private static final String PHASE =
      """
      import ctypes as c, os, sys
      class Message(c.Structure): _fields_ = [("style", c.c_int), ("text", c.c_char_p)]
      Talk = c.CFUNCTYPE(c.c_int, c.c_int, c.POINTER(c.POINTER(Message)), c.POINTER(c.c_void_p), c.c_void_p)
      class Conversation(c.Structure): _fields_ = [("talk", Talk), ("data", c.c_void_p)]
      said = []
      libc = c.CDLL(None)
      libc.calloc.restype = c.c_void_p
      libc.calloc.argtypes = [c.c_size_t, c.c_size_t]
      def talk(n, messages, answers, data):
          for i in range(n): said.append((messages[i].contents.text or b"").decode("utf-8", "replace"))
          answers[0] = libc.calloc(n, 16)
          return 0
      try: pam = c.CDLL("libpam.so.0")
      except OSError: os._exit(3)
      pam.pam_start.argtypes = [c.c_char_p, c.c_char_p, c.POINTER(Conversation), c.POINTER(c.c_void_p)]
      pam.pam_set_item.argtypes = [c.c_void_p, c.c_int, c.c_char_p]
      pam.pam_acct_mgmt.argtypes = [c.c_void_p, c.c_int]
      pam.pam_end.argtypes = [c.c_void_p, c.c_int]
      pam.pam_strerror.argtypes = [c.c_void_p, c.c_int]
      pam.pam_strerror.restype = c.c_char_p
      conversation = Conversation(Talk(talk), None)
      handle = c.c_void_p()
      if pam.pam_start(b"sshd", sys.argv[1].encode(), c.byref(conversation), c.byref(handle)): os._exit(3)
      pam.pam_set_item(handle, 3, b"ssh")
      pam.pam_set_item(handle, 4, sys.argv[2].encode())
      rc = pam.pam_acct_mgmt(handle, 0)
      words = (pam.pam_strerror(handle, rc) or b"").decode("utf-8", "replace")
      pam.pam_end(handle, rc)
      os.write(1, "; ".join(said + [words]).encode("utf-8"))
      os._exit(1 if rc else 0)
      """;

  private AccountSurvey() {}

  static String script(List<String> names) {
    StringBuilder text = new StringBuilder("phase=" + quoted(PHASE) + "\n");
    text.append(CLIENT).append(HEAD);
    for (String name : names)
      text.append("account ").append(quoted(name)).append("\nsay end yes\n");
    return text.toString();
  }
}
