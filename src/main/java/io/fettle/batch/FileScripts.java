package io.fettle.batch;

import io.fettle.transport.ssh.SshCommand;

/**
 * What is run on a machine around a transfer, in POSIX sh with the coreutils of every Linux. Values
 * stand in it as quoted words.
 */
final class FileScripts {
  /**
   * As root, says why the folder of {@code $t} is no place to write in: reached over a link, or
   * open to others, here or above. Whoever may write there could plant a link under a name that
   * root is about to use. Other users only harm what is theirs.
   */
  private static final String GUARD =
      """
      guard() {
        [ "$(id -u)" = 0 ] || return 0
        d=$(dirname -- "$t"); p=$(cd -P -- "$d" 2>/dev/null && pwd -P) || return 0
        if [ "$p" != "$d" ]; then echo "unsafe link $p"; return 1; fi
        above=
        while :; do
          set -- $(stat -c '%u %a' -- "$p")
          if [ "$1" != 0 ]; then echo "unsafe owner $p"; return 1; fi
          case $above$2 in
            /[1357][0-7][0-7][0-7]) ;; # nobody renames what is root's below a sticky folder
            *[2367]?|*[2367]) echo "unsafe mode $p"; return 1 ;;
          esac
          if [ "$p" = / ]; then return 0; fi
          above=/; p=$(dirname -- "$p")
        done
      }
      """;

  private FileScripts() {}

  /**
   * Says {@code none}, {@code link}, {@code folder}, {@code other}, or a file with its facts.
   *
   * @param most bytes; of a larger file the checksum is not computed and said as {@code large}
   */
  static String look(String path, long most) {
    return """
    t=%s
    if [ -L "$t" ]; then echo link; exit 0; fi
    if [ -d "$t" ]; then echo folder; exit 0; fi
    if [ ! -e "$t" ]; then
      if [ -d "$(dirname -- "$t")" ]; then echo none; else echo nofolder; fi; exit 0
    fi
    if [ ! -f "$t" ]; then echo other; exit 0; fi
    set -- $(stat -c '%%a %%s' -- "$t") || exit 22
    if [ "$2" -gt %d ]; then echo "file large $1 $2"; exit 0; fi
    s=$(sha256sum <"$t") || exit 21
    echo "file ${s%%%% *} $1 $2"
    """
        .formatted(SshCommand.quoted(path), most);
  }

  /** As {@link #look}, or {@code unsafe} with the reason and the folder where nothing is put. */
  static String place(String path) {
    return "t=" + SshCommand.quoted(path) + "\n" + GUARD + "guard || exit 0\n" + look(path);
  }

  private static String look(String path) {
    return look(path, Long.MAX_VALUE);
  }

  /**
   * Puts what arrived in its place: copied into the same folder, compared, then renamed over it in
   * one step, provided that there is still what was there when somebody looked. The old one is kept
   * beside it. What is made is made anew, never through a link that somebody has planted.
   *
   * @param now checksum of what is to be there; {@code none}
   * @param keep where the old one is kept; empty when there is none
   * @param mode octal; empty for that of the old one, or 0644
   */
  static String install(
      String path,
      String arrived,
      String fresh,
      String want,
      String now,
      String keep,
      String mode) {
    return """
    t=%s; a=%s; n=%s; k=%s; m=%s; now=%s; want=%s
    umask 077
    %s
    no() { rm -f -- "$n" "$n.old" "$a"; echo "$1" >&2; exit 30; }
    is() { s=$(sha256sum <"$1") && echo "${s%%%% *}"; }
    copy() {
      ( set -C; cat <"$t" >"$n.old" ) && chown -h -- "$o" "$n.old" &&
        chmod "$(stat -c %%a -- "$t")" "$n.old" && touch -r "$t" -- "$n.old"
    }
    guard >/dev/null || no 'others may write to its folder'
    if [ -L "$t" ] || [ -d "$t" ]; then no 'it has become a link or a folder meanwhile'; fi
    h=none; if [ -e "$t" ]; then h=$(is "$t"); fi
    [ "$h" = "$now" ] || no 'it has become another file meanwhile'
    [ "$(is "$a")" = "$want" ] || no 'what arrived is not what was sent'
    ( set -C; cat <"$a" >"$n" ) || no 'there is no room or no right to write there'
    if [ -e "$t" ]; then
      o=$(stat -c %%u:%%g -- "$t")
      [ "$o" = "$(stat -c %%u:%%g -- "$n")" ] || chown -h -- "$o" "$n" 2>/dev/null ||
        no "its owner and group ($(stat -c %%U:%%G -- "$t")) could not be kept: only root can"
      [ -n "$m" ] || m=$(stat -c %%a -- "$t")
    fi
    chmod "${m:-644}" "$n" || no 'its mode could not be set'
    [ "$(is "$n")" = "$want" ] || no 'it was not written whole'
    sync -- "$n" 2>/dev/null || sync
    # One that was killed here has kept it already.
    if [ -n "$k" ] && [ -e "$t" ] && { [ -L "$k" ] || ! [ "$t" -ef "$k" ]; }; then
      ln -- "$t" "$n.old" 2>/dev/null || copy || no 'the old one could not be kept'
      mv -fT -- "$n.old" "$k" || no 'the old one could not be kept'
    fi
    mv -fT -- "$n" "$t" || no 'it could not be put in its place'
    rm -f -- "$a"
    sync -- "$(dirname -- "$t")" 2>/dev/null || :
    """
        .formatted(
            SshCommand.quoted(path),
            SshCommand.quoted(arrived),
            SshCommand.quoted(fresh),
            SshCommand.quoted(keep),
            SshCommand.quoted(mode),
            SshCommand.quoted(now),
            SshCommand.quoted(want),
            GUARD);
  }

  /** Takes back: only when what lies there is still what was put. */
  static String back(String path, String placed, String keep) {
    return """
    t=%s; k=%s
    %s
    no() { echo "$1" >&2; exit 30; }
    guard >/dev/null || no 'others may write to its folder'
    if [ -L "$t" ] || [ ! -f "$t" ]; then no 'it is no longer there'; fi
    s=$(sha256sum <"$t"); [ "${s%%%% *}" = %s ] || no 'somebody has changed it since'
    if [ -z "$k" ]; then rm -f -- "$t"; exit; fi
    if [ -L "$k" ] || [ ! -f "$k" ]; then no 'the old one is no longer kept'; fi
    mv -fT -- "$k" "$t" || no 'it could not be put back'
    """
        .formatted(
            SshCommand.quoted(path), SshCommand.quoted(keep), GUARD, SshCommand.quoted(placed));
  }

  /** A copy, made anew, that the user who logs in may read; for what only root may. */
  static String lend(String path, String copy) {
    return """
    umask 077
    ( set -C; cat <%1$s >%2$s ) && chown -h -- "${SUDO_USER:-root}" %2$s
    """
        .formatted(SshCommand.quoted(path), SshCommand.quoted(copy));
  }

  static String remove(String path) {
    return "rm -f -- " + SshCommand.quoted(path) + "\n";
  }
}
