package io.fettle.pack.account;

import static io.fettle.transport.ssh.SshCommand.quoted;

import java.time.Duration;

/**
 * The line of a one-time key in a user's key file: put there, and taken away again. Both are done
 * as that user, by a new file that takes the old one's place with the same owner, group and mode;
 * all other lines stay as they were, to the byte. The line says of itself what else was made for it
 * ({@code file}, {@code folder}), so that whoever takes it away leaves nothing behind. It cannot be
 * used from another address, for anything but {@code id}, or after its end.
 */
final class OneTimeLine {
  private static final String MARK = "fettle-proof-";

  private static final String PUT =
      """
      umask 077; f=$1; line=$2; made=old; was=
      no() { printf '%s\\n%s\\n' "$1" "$2"; exit 1; }
      [ -d "${f%/*}" ] || { mkdir "${f%/*}" && made=folder; } || no "cannot make ${f%/*}" "建不了 ${f%/*}"
      if [ -e "$f" ]; then
        was=$(stat -c %u:%g:%a "$f")
        [ "${was%%:*}" = "$(id -u)" ] || no "the key file is not the account's own" "公钥文件的属主不是该账号"
        before=$(cksum <"$f") || no "cannot read $f" "读不了 $f"
      elif [ "$made" = old ]; then made=file; fi
      t=$(mktemp "$f.fettle-XXXXXX") || no "cannot write beside $f" "$f 旁边写不了文件"
      trap 'rm -f "$t"' EXIT
      if [ -n "$was" ]; then
        cp -p "$f" "$t" && chmod u+w "$t" && { printf '%s-%s\\n' "$line" "$made"; cat "$f"; } >"$t" && chmod "${was##*:}" "$t" || no "cannot write $t" "写不了 $t"
        [ "$(stat -c %u:%g:%a "$t")" = "$was" ] || no "owner, group and mode of $f could not be kept" "无法保持 $f 的属主、组和权限"
        [ "$(cksum <"$f")" = "$before" ] || no "$f is being changed by somebody else" "$f 正被别人修改"
      else
        printf '%s-%s\\n' "$line" "$made" >"$t" && chmod 600 "$t" || no "cannot write $t" "写不了 $t"
      fi
      mv -f "$t" "$f" || no "cannot replace $f" "替换不了 $f"
      printf 'ok %s\\n' "$made"
      """;

  private static final String TAKE =
      """
      umask 077; f=$1; tag=$2
      no() { echo "$1"; exit 1; }
      [ -f "$f" ] && [ ! -L "$f" ] || { echo gone; exit 0; }
      re="^from=\\"[^\\"]*\\",restrict,command=\\"id\\",expiry-time=\\"[0-9]+Z?\\" ssh-ed25519 [A-Za-z0-9+/=]+ fettle-proof-$tag-(old|file|folder)\\$"
      made=$(grep -E "$re" "$f" | sed 's/.*-//' | sort | head -1)
      [ -n "$made" ] || { echo gone; exit 0; }
      was=$(stat -c %u:%g:%a "$f"); before=$(cksum <"$f") || no "cannot read $f"
      t=$(mktemp "$f.fettle-XXXXXX") || no "cannot write beside $f"
      trap 'rm -f "$t"' EXIT
      cp -p "$f" "$t" && chmod u+w "$t" && sed -E "\\\\#$re#d" "$f" >"$t" && chmod "${was##*:}" "$t" || no "cannot write $t"
      [ "$(stat -c %u:%g:%a "$t")" = "$was" ] || no "owner, group and mode of $f could not be kept"
      [ "$(cksum <"$f")" = "$before" ] || no "$f is being changed by somebody else"
      if [ ! -s "$t" ] && [ "$made" != old ]; then
        rm -f "$f"
        [ "$made" = file ] || { rm -f "$t"; rmdir "${f%/*}" 2>/dev/null; }
      else
        mv -f "$t" "$f" || no "cannot replace $f"
      fi
      echo removed
      """;

  /**
   * Defines {@code sweep FILE}, after {@link Repair#head}: takes away the lines of interrupted
   * proofs whose end has passed.
   */
  private static final String SWEEP =
      """
      sweep() {
        grep -q ' %1$s' "$1" 2>/dev/null || return 0
        old=$(awk -v z="$(date -u +%%Y%%m%%d%%H%%M%%S)" -v l="$(date +%%Y%%m%%d%%H%%M%%S)" '
          $NF ~ /^%1$s[0-9a-f]+-(old|file|folder)$/ && match($0, /expiry-time="[0-9]+Z?"/) {
            e = substr($0, RSTART + 13, RLENGTH - 14); at = e; sub(/Z/, "", at)
            if (at < (e ~ /Z/ ? z : l)) { split($NF, p, "-"); print p[3] } }' "$1")
        for ended in $old; do as_user sh -c %2$s sh "$1" "$ended" >/dev/null 2>&1; done
        return 0
      }
      """
          .formatted(MARK, quoted(TAKE));

  private OneTimeLine() {}

  /**
   * As root: puts the line there and says {@code done LINE}, or {@code refused WHY} and {@code zh
   * WHY}. Lines of interrupted proofs that have ended go first.
   */
  static String put(Declared declared, String file, String key, String tag, Duration life) {
    return Repair.head(declared)
        + AccountSurvey.CLIENT
        + SWEEP
        + """
        f=%s; key=%s; tag=%s; life=%d
        case "$f" in "$home"/*) ;; *) refused "$f is not in its home" "$f 不在它的主目录里" ;; esac
        [ ! -L "$f" ] && [ ! -L "${f%%/*}" ] || refused "a symbolic link stands at $f" "$f 处有符号链接"
        sweep "$f"
        case "$client" in ''|*[!0-9A-Fa-f.:]*) refused "the machine does not know the address of this connection: $client" "机器不知道这条连接的来源地址：$client" ;; esac
        sshd=$(command -v sshd || echo /usr/sbin/sshd)
        v=$("$sshd" -V 2>&1 | sed -n 's/.*OpenSSH_\\([0-9]*\\)\\.\\([0-9]*\\).*/\\1 * 100 + \\2/p' | head -1)
        v=$(( ${v:-0} ))
        [ "$v" -ge 707 ] || refused 'this sshd knows no keys that expire' '这台机器的 sshd 不支持会过期的公钥'
        end=$(( $(date +%%s) + life ))
        if [ "$v" -ge 901 ]; then end=$(date -u -d "@$end" +%%Y%%m%%d%%H%%M%%SZ); else end=$(date -d "@$end" +%%Y%%m%%d%%H%%M%%S); fi
        line="from=\\"$client\\",restrict,command=\\"id\\",expiry-time=\\"$end\\" $key %s$tag"
        said=$(as_user sh -c %s sh "$f" "$line" 2>&1) || refused "$(printf '%%s\n' "$said" | head -1)" "$(printf '%%s\n' "$said" | sed -n 2p)"
        done_ "$f: $line-${said#ok }"
        """
            .formatted(quoted(file), quoted(key), quoted(tag), life.toSeconds(), MARK, quoted(PUT));
  }

  /**
   * As root: takes this one line away and says {@code done removed} or {@code done gone}; then what
   * sshd logged of the user lately, as {@code log LINE}. Lines of interrupted proofs that have
   * ended go too.
   */
  static String take(Declared declared, String file, String tag) {
    return Repair.head(declared)
        + SWEEP
        + """
        f=%s
        { journalctl -q -t sshd -t sshd-session --since -2min --no-pager -o cat 2>/dev/null || tail -n 200 /var/log/auth.log /var/log/secure 2>/dev/null; } |
          grep -F -- "$u" | tail -n 5 | while IFS= read -r l; do printf 'log\\t%%s\\n' "$l"; done
        said=$(as_user sh -c %s sh "$f" %s 2>&1) || refused "$said"
        [ ! -L "$f" ] && [ ! -L "${f%%/*}" ] && sweep "$f"
        done_ "$said"
        """
            .formatted(quoted(file), quoted(TAKE), quoted(tag));
  }
}
