package io.fettle.pack.account;

import static io.fettle.transport.ssh.SshCommand.quoted;

import io.fettle.pack.account.WhyNot.Because;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The safe repair of one cause, as a script for root. Exact paths, no recursion, symbolic links
 * refused; what lies in a user's home is done as that user, so that nothing swapped there leads
 * root elsewhere. A script says {@code done …}, or {@code refused …} with exit 9 and then has
 * changed nothing. Only what the declaration speaks of is put right: a bar that somebody may have
 * set on purpose is undone where {@code unbar} is declared, and else goes to a person.
 */
final class Repair {
  private static final Pattern LIMITS =
      Pattern.compile("(/etc/security/limits(?:\\.conf|\\.d/[A-Za-z0-9._-]+\\.conf)):.*");

  private static final String HEAD =
      """
      LC_ALL=C; export LC_ALL; umask 022
      refused() { printf 'refused\\t%%s\\n' "$1"; [ -z "$2" ] || printf 'zh\\t%%s\\n' "$2"; exit 9; }
      done_() { printf 'done\\t%%s\\n' "$1"; exit 0; }
      u=%s
      [ "$u" != root ] || refused 'never root'
      uid=$(id -u "$u" 2>/dev/null || true)
      [ "$uid" != 0 ] || refused 'its uid is 0'
      home=$(getent passwd "$u" | cut -d: -f6)
      as_user() { ( cd / && exec setpriv --reuid "$uid" --regid "$(id -g "$u")" --init-groups --inh-caps=-all "$@" ); }
      """;

  /** Not repaired while a symbolic link stands anywhere on the way to the keys. */
  private static final Set<Cause> IN_HOME =
      EnumSet.of(Cause.HOME_OPEN, Cause.FOLDER_OPEN, Cause.FILE_OPEN, Cause.KEY_MISSING);

  private Repair() {}

  /**
   * Empty when a person has to decide: so for what is not declared, and always while its uid is
   * wrong or another's too.
   */
  static Optional<String> of(Declared declared, Because because, Facts facts) {
    if (WhyNot.whoseIsItInDoubt(declared, facts)) return Optional.empty();
    boolean linked =
        Stream.of("home", "folder", "file")
            .anyMatch(n -> facts.node(n).filter(Facts.Node::symlink).isPresent());
    if (linked && IN_HOME.contains(because.cause())) return Optional.empty();
    return body(declared, because, facts).map(body -> head(declared) + body);
  }

  /** Common to all: {@code $u}, {@code $uid}, {@code $home}, and how to answer. */
  static String head(Declared declared) {
    return HEAD.formatted(quoted(declared.name()));
  }

  private static Optional<String> body(Declared declared, Because because, Facts facts) {
    return switch (because.cause()) {
      case USER_MISSING ->
          declared.uid().isPresent()
              ? Optional.of(create(declared, declared.uid().getAsInt()))
              : Optional.empty();
      case EXPIRED -> declared.end().map(Repair::expiry);
      case CHANGE_FORCED, PASSWORD_EXPIRED ->
          declared.noPassword() && noPassword(facts) ? Optional.of(REFRESH) : Optional.empty();
      case SHELL_REFUSES, SHELL_MISSING -> declared.shell().map(Repair::shell);
      case HOME_MISSING ->
          declared.home().isPresent() || !declared.keys().isEmpty()
              ? Optional.of(HOME)
              : Optional.empty();
      case HOME_OPEN -> facts.node("home").map(n -> close(n.path(), "go-w"));
      case FOLDER_OPEN -> facts.node("folder").map(n -> close(n.path(), "700"));
      case FILE_OPEN -> facts.node("file").map(n -> close(n.path(), "600"));
      case KEY_MISSING -> facts.node("file").map(n -> key(n.path(), because.said()));
      case NOLOGIN -> unbar(declared, NOLOGIN);
      case DENIED -> unbar(declared, SshdChange.script(facts, DENY_EDIT, SshdChange.WATCH));
      case NOT_ALLOWED -> unbar(declared, SshdChange.script(facts, ALLOW_EDIT, SshdChange.WATCH));
      case FAILLOCK -> Failures.of(facts).over() ? Optional.of(tally(facts)) : Optional.empty();
      case LIMIT_ZERO -> declared.unbar() ? limit(because.said()) : Optional.empty();
      case SUDO_MISSING -> declared.sudo().map(Repair::sudo);
      case SUDOERS_BROKEN ->
          OWN_DROP_IN.matcher(because.said()).find() ? Optional.of(ASIDE) : Optional.empty();
      case NSS_DOWN -> Optional.of(SSSD);
      case GROUP_REFUSED -> groups(declared, because.said(), facts);
      case UID_WRONG,
          UID_CLASH,
          SYMLINK,
          SHUTDOWN,
          ACCESS_CONF,
          PAM_REFUSED,
          LOGIN_REFUSED,
          PUBKEY_OFF,
          DISK_FULL,
          SSHD_BROKEN ->
          Optional.empty();
    };
  }

  private static Optional<String> unbar(Declared declared, String script) {
    return declared.unbar() ? Optional.of(script) : Optional.empty();
  }

  /** A password that somebody uses is theirs to change. */
  private static boolean noPassword(Facts facts) {
    String shadow = facts.one("shadow").orElse("");
    return shadow.startsWith("locked|") || shadow.startsWith("none|");
  }

  private static String create(Declared declared, int uid) {
    return """
    [ -z "$uid" ] || refused 'it exists'
    grep -s -E '^passwd:' /etc/nsswitch.conf | grep -q -E 'sss|ldap|winbind|nis' && refused 'accounts come from a directory here; a local one would hide it'
    want=%d; shell=%s; home=%s
    [ "$want" -ge 100 ] || refused "uid $want is the system's"
    ! getent passwd "$want" >/dev/null || refused "uid $want is $(getent passwd "$want" | cut -d: -f1)'s"
    [ -e "$home" ] || [ -L "$home" ] && refused "$home exists already"
    [ -x "$shell" ] || shell=/bin/sh
    set -- -m -d "$home" -s "$shell" -p '*' -u "$want"
    getent group "$u" >/dev/null && set -- "$@" -g "$u"
    said=$(useradd "$@" "$u" 2>&1) || refused "useradd: $said"
    done_ "created $(getent passwd "$u")"
    """
        .formatted(
            uid,
            quoted(declared.shell().orElse("/bin/bash")),
            quoted(declared.home().orElse("/home/" + declared.name())));
  }

  private static String expiry(Declared.End end) {
    String until = end.day().map(LocalDate::toString).orElse("");
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
    if [ "$p" = "$home" ]; then
      case "$home" in /?*/?*) ;; *) refused "$home is no usual home" ;; esac
      case $(stat -c %%a "$p") in [1-7]???) refused "$p is sticky or set-gid: is it shared?" ;; esac
      n=$(getent passwd "$o" | cut -d: -f1)
      [ "$o" = "$uid" ] || refused "$p belongs to ${n:-uid $o}"
    fi
    if [ "$o" != "$uid" ]; then
      n=$(getent passwd "$o" | cut -d: -f1)
      [ "$o" = 0 ] || [ -z "$n" ] || refused "$p belongs to $n"
      real=$(cd -P "$home" 2>/dev/null && pwd -P); below=${p%%/*}; below=${below#"$home"}
      cd -P "${p%%/*}" 2>/dev/null && [ -n "$real" ] && [ "$(pwd -P)" = "$real$below" ] || refused "a symbolic link stands on the way to $p"
      [ -d "./${p##*/}" ] || [ "$(stat -c %%h "./${p##*/}")" = 1 ] || refused "$p has other names too"
      chown -h "$u:" "./${p##*/}" || refused chown
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

  private static final String DENY_EDIT = drop("DenyUsers");
  private static final String ALLOW_EDIT = add("AllowUsers");

  /** Takes {@code $u} from a setting's list; a line left without names becomes a comment. */
  private static String drop(String setting) {
    return """
    word=%s
    edit() { awk -v u="$u" -v w="$word" 'tolower($1) == "match" { m = 1 } !m && tolower($1) == tolower(w) { o = $1; n = 0; for (i = 2; i <= NF; i++) if ($i != u) { o = o " " $i; n++ } print (n ? o : "# fettle: " $0); next } { print }' "$1"; }
    """
        .formatted(setting);
  }

  /** Adds {@code $u} to the first line of a setting's list. */
  private static String add(String setting) {
    return """
    word=%s
    edit() { awk -v u="$u" -v w="$word" 'tolower($1) == "match" { m = 1 } !m && !d && tolower($1) == tolower(w) { d = 1; print $0 " " u; next } { print }' "$1"; }
    """
        .formatted(setting);
  }

  /**
   * A declared group that sshd lets in is joined. Else, where bars are to be undone, only a group
   * that is the account's alone is named or no longer denied: any other would let in, or shut out,
   * other people too.
   */
  private static Optional<String> groups(Declared declared, String detail, Facts facts) {
    boolean own =
        declared.unbar() && facts.one("private_group").equals(Optional.of(declared.name()));
    List<String> named = List.of(detail.split(" "));
    if (named.getFirst().equals("DenyGroups"))
      return own && named.contains(declared.name())
          ? Optional.of(PRIVATE + SshdChange.script(facts, drop("DenyGroups"), SshdChange.WATCH))
          : Optional.empty();
    Optional<String> declaredGroup =
        named.stream().skip(1).filter(declared.groups()::contains).findFirst();
    if (declaredGroup.isPresent()) return Optional.of(join(declaredGroup.get()));
    return own
        ? Optional.of(PRIVATE + SshdChange.script(facts, add("AllowGroups"), SshdChange.WATCH))
        : Optional.empty();
  }

  private static final String PRIVATE =
      """
      [ "$(id -gn "$u")" = "$u" ] && [ "$(getent passwd | awk -F: -v g="$(id -g "$u")" '$4 == g' | wc -l)" = 1 ] || refused "the group $u is not its alone"
      case "$(getent group "$u" | cut -d: -f4)" in ''|"$u") ;; *) refused "the group $u has other members" ;; esac
      """;

  private static String join(String group) {
    return """
    g=%s
    gid=$(getent group "$g" | cut -d: -f3)
    [ -n "$gid" ] || refused "there is no group $g"
    [ "$gid" -ge 100 ] || refused "the group $g is the system's"
    usermod -a -G "$g" "$u" 2>&1 || refused usermod
    done_ "$(id "$u")"
    """
        .formatted(quoted(group));
  }

  private static final Pattern OWN_DROP_IN =
      Pattern.compile("/etc/sudoers\\.d/fettle-[a-z0-9_-]+:");

  /** Fettle's own drop-ins that visudo finds broken are put where sudo does not read. */
  private static final String ASIDE =
      """
      moved=
      for f in /etc/sudoers.d/fettle-*; do
        case "$f" in *.*.*|*~) continue ;; esac
        [ -f "$f" ] && [ ! -L "$f" ] || continue
        visudo -c -f "$f" >/dev/null 2>&1 && continue
        mkdir -p -m 700 /var/lib/fettle && mv -f "$f" "/var/lib/fettle/${f##*/}.broken" || refused "cannot move $f"
        moved="$moved $f"
      done
      [ -n "$moved" ] || refused 'none of the broken files is of Fettle'
      done_ "moved to /var/lib/fettle:$moved; $(visudo -c 2>&1 | head -2 | tr '\n' ' ')"
      """;

  private static final String SSSD =
      """
      if [ -d /run/systemd/system ]; then systemctl restart sssd || refused "systemctl: $(systemctl is-failed sssd)"
      else service sssd restart >/dev/null 2>&1 || refused 'sssd does not start'; fi
      command -v sss_cache >/dev/null 2>&1 && sss_cache -u "$u" 2>/dev/null
      i=0; while ! getent passwd "$u" >/dev/null && [ "$i" -lt 10 ]; do sleep 1; i=$((i + 1)); done
      done_ "sssd restarted; $(getent passwd "$u" || echo "$u is still not there")"
      """;

  /** Looks once more whether the failures have ended: they may have begun again since. */
  private static String tally(Facts facts) {
    return """
    rows=$(faillock --user "$u" | tail -n +3)
    last=$(printf '%%s\\n' "$rows" | grep 'V *$' | while read -r day time rest; do date -d "$day $time" +%%s; done | sort -n | tail -1)
    [ -n "$last" ] && [ $(( $(date +%%s) - last )) -ge %d ] || refused 'wrong passwords are still being tried'
    faillock --user "$u" --reset || refused faillock
    done_ "tally reset; it was: $(printf '%%s\\n' "$rows" | tail -5 | tr '\\n' ';')"
    """
        .formatted(Failures.of(facts).interval());
  }

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
