package io.fettle.pack.account;

import static io.fettle.pack.account.AccountSurvey.quoted;

import io.fettle.pack.account.WhyNot.Because;
import java.time.LocalDate;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The safe repair of one cause, as a script for root. Exact paths, no recursion, symbolic links
 * refused; what lies in a user's home is done as that user, so that nothing swapped there leads
 * root elsewhere. A script says {@code done …}, or {@code refused …} with exit 9 and then has
 * changed nothing.
 */
final class Repair {
  private static final Pattern LIMITS =
      Pattern.compile("(/etc/security/limits(?:\\.conf|\\.d/[A-Za-z0-9._-]+\\.conf)):.*");

  private static final String HEAD =
      """
      LC_ALL=C; export LC_ALL; umask 022
      refused() { printf 'refused\\t%%s\\n' "$1"; exit 9; }
      done_() { printf 'done\\t%%s\\n' "$1"; exit 0; }
      u=%s
      [ "$u" != root ] || refused 'never root'
      uid=$(id -u "$u" 2>/dev/null || true)
      [ "$uid" != 0 ] || refused 'its uid is 0'
      home=$(getent passwd "$u" | cut -d: -f6)
      as_user() { ( cd / && exec setpriv --reuid "$uid" --regid "$(id -g "$u")" --init-groups --inh-caps=-all "$@" ); }
      """;

  private Repair() {}

  /** Empty when a person has to decide; so always while its uid is wrong or another's too. */
  static Optional<String> of(Declared declared, Because because, Facts facts) {
    if (WhyNot.whoseIsItInDoubt(declared, facts)) return Optional.empty();
    return body(declared, because, facts)
        .map(body -> HEAD.formatted(quoted(declared.name())) + body);
  }

  private static Optional<String> body(Declared declared, Because because, Facts facts) {
    return switch (because.cause()) {
      case USER_MISSING -> Optional.of(create(declared));
      case EXPIRED -> Optional.of(expiry(declared));
      case CHANGE_FORCED, PASSWORD_EXPIRED ->
          noPassword(facts) ? Optional.of(REFRESH) : Optional.empty();
      case SHELL_REFUSES -> declared.shell().map(Repair::shell);
      case SHELL_MISSING -> Optional.of(shell(declared.shell().orElse("/bin/bash")));
      case HOME_MISSING -> Optional.of(HOME);
      case HOME_OPEN -> facts.node("home").map(n -> close(n.path(), "go-w"));
      case FOLDER_OPEN -> facts.node("folder").map(n -> close(n.path(), "700"));
      case FILE_OPEN -> facts.node("file").map(n -> close(n.path(), "600"));
      case KEY_MISSING -> facts.node("file").map(n -> key(n.path(), because.detail()));
      case NOLOGIN -> Optional.of(NOLOGIN);
      case DENIED -> Optional.of(sshd(facts, DENY_EDIT));
      case NOT_ALLOWED -> Optional.of(sshd(facts, ALLOW_EDIT));
      case FAILLOCK -> Optional.of(FAILLOCK);
      case LIMIT_ZERO -> limit(because.detail());
      case SUDO_MISSING -> declared.sudo().map(Repair::sudo);
      case UID_WRONG,
          UID_CLASH,
          SYMLINK,
          SHUTDOWN,
          ACCESS_CONF,
          GROUP_REFUSED,
          PUBKEY_OFF,
          SUDOERS_BROKEN,
          DISK_FULL,
          SSHD_BROKEN ->
          Optional.empty();
    };
  }

  /** A password that somebody uses is theirs to change. */
  private static boolean noPassword(Facts facts) {
    String shadow = facts.one("shadow").orElse("");
    return shadow.startsWith("locked|") || shadow.startsWith("none|");
  }

  private static String create(Declared declared) {
    String uid = declared.uid().isPresent() ? "" + declared.uid().getAsInt() : "";
    return """
    [ -z "$uid" ] || refused 'it exists'
    want=%s; shell=%s; home=%s
    [ -z "$want" ] || [ "$want" -ge 100 ] || refused "uid $want is the system's"
    [ -z "$want" ] || ! getent passwd "$want" >/dev/null || refused "uid $want is $(getent passwd "$want" | cut -d: -f1)'s"
    [ -e "$home" ] || [ -L "$home" ] && refused "$home exists already"
    [ -x "$shell" ] || shell=/bin/sh
    set -- -m -d "$home" -s "$shell" -p '*'
    [ -z "$want" ] || set -- "$@" -u "$want"
    getent group "$u" >/dev/null && set -- "$@" -g "$u"
    said=$(useradd "$@" "$u" 2>&1) || refused "useradd: $said"
    done_ "created $(getent passwd "$u")"
    """
        .formatted(
            quoted(uid),
            quoted(declared.shell().orElse("/bin/bash")),
            quoted(declared.home().orElse("/home/" + declared.name())));
  }

  private static String expiry(Declared declared) {
    String until = declared.expires().map(LocalDate::toString).orElse("");
    return """
    until=%s
    if [ -n "$until" ]; then until=$(date -d "$until + 1 day" +%%F) || refused 'date'; else until=-1; fi
    chage -E "$until" "$u" || refused chage
    done_ "account expires: $until"
    """
        .formatted(quoted(until));
  }

  private static final String REFRESH =
      """
      chage -d "$(date +%F)" "$u" || refused chage
      done_ 'last password change set to today; it has no usable password'
      """;

  private static String shell(String shell) {
    return """
    shell=%s
    [ -x "$shell" ] || shell=/bin/sh
    grep -q -x -F -- "$shell" /etc/shells || refused "$shell is not in /etc/shells"
    usermod -s "$shell" "$u" 2>&1 || refused usermod
    done_ "shell is now $shell"
    """
        .formatted(quoted(shell));
  }

  private static final String HOME =
      """
      case "$home" in /?*/?*) ;; *) refused "$home is no usual home" ;; esac
      [ -e "$home" ] || [ -L "$home" ] && refused "$home exists"
      [ -d "${home%/*}" ] || refused "${home%/*} is missing: is it a mount?"
      awk -v h="$home" '$1 !~ /^#/ && $2 != "/" && $2 != "none" && index(h "/", $2 "/") == 1 { print $2 }' /etc/fstab 2>/dev/null |
        while IFS= read -r m; do mountpoint -q "$m" || exit 1; done || refused 'its file system is not mounted'
      install -d -m 700 -o "$u" -g "$(id -g "$u")" "$home" || refused install
      for f in /etc/skel/.[a-z]*; do [ -f "$f" ] && install -m 644 -o "$u" -g "$(id -g "$u")" "$f" "$home/"; done
      done_ "made $home"
      """;

  private static String close(String path, String mode) {
    return """
    p=%s; m=%s
    case "$p/" in "$home"/*) ;; *) refused "$p is not in its home" ;; esac
    [ ! -L "$p" ] || refused "$p is a symbolic link"
    [ -e "$p" ] || refused "$p is missing"
    o=$(stat -c %%u "$p")
    if [ "$o" != "$uid" ]; then
      n=$(getent passwd "$o" | cut -d: -f1)
      [ "$o" = 0 ] || [ -z "$n" ] || refused "$p belongs to $n"
      chown -h "$u:" "$p" || refused chown
    fi
    as_user chmod "$m" "$p" || refused chmod
    done_ "$(stat -c '%%n is %%U %%a' "$p")"
    """
        .formatted(quoted(path), quoted(mode));
  }

  private static String key(String file, String key) {
    return """
    f=%s; k=%s
    case "$f" in "$home"/*) ;; *) refused "$f is not in its home" ;; esac
    [ ! -L "$f" ] && [ ! -L "${f%%/*}" ] || refused "a symbolic link stands at $f"
    as_user sh -c 'umask 077; mkdir -p "${1%%/*}" && { [ ! -s "$1" ] || [ -z "$(tail -c 1 "$1")" ] || echo >>"$1"; } && printf "%%s\\n" "$2" >>"$1"' sh "$f" "$k" 2>&1 || refused "cannot write $f"
    done_ "added ${k%%%% *} key to $f"
    """
        .formatted(quoted(file), quoted(key));
  }

  private static final String NOLOGIN =
      """
      pending=$( { systemctl list-jobs --no-legend 2>/dev/null; ls /run/systemd/shutdown/scheduled 2>/dev/null; } | grep -c -E 'shutdown|reboot|poweroff|halt|scheduled')
      [ "$pending" = 0 ] || refused 'a shutdown is pending'
      moved=
      for f in /etc/nologin /run/nologin; do
        [ -e "$f" ] || continue
        [ ! -L "$f" ] || refused "$f is a symbolic link"
        mv -f "$f" "$f.fettle-removed" || refused mv
        moved="$moved $f"
      done
      done_ "moved away:$moved"
      """;

  private static final String DENY_EDIT =
      """
      edit() { awk -v u="$u" 'tolower($1) == "match" { m = 1 } !m && tolower($1) == "denyusers" { o = $1; n = 0; for (i = 2; i <= NF; i++) if ($i != u) { o = o " " $i; n++ } print (n ? o : "# fettle: " $0); next } { print }' "$1"; }
      word=DenyUsers
      """;

  private static final String ALLOW_EDIT =
      """
      edit() { awk -v u="$u" 'tolower($1) == "match" { m = 1 } !m && !d && tolower($1) == "allowusers" { d = 1; print $0 " " u; next } { print }' "$1"; }
      word=AllowUsers
      """;

  /**
   * Changes one line of sshd's configuration. The old file comes back when sshd finds a fault in
   * the new one, or when the listener does not survive the reload.
   */
  private static String sshd(Facts facts, String edit) {
    return edit
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
        "$sshd" -t -f "$conf" || refused 'the configuration has other faults'
        cp -p "$f" "$f.fettle-old" && cp -p "$f" "$f.fettle-new" && edit "$f.fettle-old" >"$f.fettle-new" || refused 'cannot write'
        mv -f "$f.fettle-new" "$f"
        if ! "$sshd" -t -f "$conf"; then mv -f "$f.fettle-old" "$f"; refused 'sshd found a fault in the new configuration'; fi
        kill -HUP "$listener"
        sleep 1
        if ! kill -0 "$listener" 2>/dev/null; then
          mv -f "$f.fettle-old" "$f"
          systemctl restart ssh 2>/dev/null || systemctl restart sshd 2>/dev/null || "$sshd" -f "$conf"
          refused 'sshd did not survive the reload; the old file is back'
        fi
        done_ "$word changed in $f, sshd -t passed, reloaded"
        """
            .formatted(
                quoted(facts.one("sshd_config").orElse("")),
                quoted("" + facts.number("listener")).replace("'0'", "''"));
  }

  private static final String FAILLOCK =
      """
      rows=$(faillock --user "$u" | tail -n +3 | tail -5 | tr '\\n' ';')
      faillock --user "$u" --reset || refused faillock
      done_ "tally reset; it was: $rows"
      """;

  private static Optional<String> limit(String detail) {
    Matcher file = LIMITS.matcher(detail);
    if (!file.matches()) return Optional.empty();
    return Optional.of(
        """
        f=%s
        [ -f "$f" ] && [ ! -L "$f" ] || refused "$f is no plain file"
        cp -p "$f" "$f.fettle-new" || refused cp
        awk -v u="$u" '$1 == u && ($3 == "nproc" || $3 == "maxlogins") && $4 == 0 { print "# fettle: " $0; next } { print }' "$f" >"$f.fettle-new" || refused awk
        mv -f "$f.fettle-new" "$f"
        done_ "commented out in $f"
        """
            .formatted(quoted(file.group(1))));
  }

  private static String sudo(String rule) {
    return """
    f=/etc/sudoers.d/fettle-$u; n=/etc/sudoers.d/.fettle-$u
    [ ! -L "$f" ] || refused "$f is a symbolic link"
    visudo -c >/dev/null 2>&1 || refused 'sudoers has a fault already'
    ( umask 0337; rm -f "$n"; printf '%%s %%s\\n' "$u" %s >"$n" )
    visudo -c -f "$n" >/dev/null 2>&1 || { rm -f "$n"; refused 'visudo found a fault in the rule'; }
    mv -f "$n" "$f"
    visudo -c >/dev/null 2>&1 || { rm -f "$f"; refused 'visudo found a fault'; }
    done_ "wrote $f"
    """
        .formatted(quoted(rule));
  }
}
