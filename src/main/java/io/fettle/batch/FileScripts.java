package io.fettle.batch;

import io.fettle.transport.ssh.SshCommand;

/**
 * What is run on a machine around a transfer, in POSIX sh with the coreutils of every Linux. Values
 * stand in it as quoted words.
 */
final class FileScripts {
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

  /**
   * Puts what arrived in its place: copied into the same folder, compared, then renamed over it in
   * one step, provided that there is still what was there when somebody looked. The old one is kept
   * beside it.
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
    t=%s; a=%s; n=%s; k=%s; m=%s
    no() { rm -f -- "$n" "$n.old" "$a"; echo "$1" >&2; exit 30; }
    is() { s=$(sha256sum <"$1") && echo "${s%%%% *}"; }
    if [ -L "$t" ] || [ -d "$t" ]; then no 'it has become a link or a folder meanwhile'; fi
    h=none; if [ -e "$t" ]; then h=$(is "$t"); fi
    [ "$h" = %s ] || no 'it has become another file meanwhile'
    [ "$(is "$a")" = %s ] || no 'what arrived is not what was sent'
    cp -- "$a" "$n" || no 'there is no room or no right to write there'
    if [ -e "$t" ]; then
      chmod "$(stat -c %%a -- "$t")" "$n" && chown --reference="$t" -- "$n" 2>/dev/null
      [ -n "$m" ] || m=$(stat -c %%a -- "$t")
    fi
    chmod "${m:-644}" "$n" || no 'its mode could not be set'
    [ "$(is "$n")" = %s ] || no 'it was not written whole'
    sync -- "$n" 2>/dev/null || sync
    if [ -n "$k" ] && [ -e "$t" ]; then
      cp -p -- "$t" "$n.old" && mv -fT -- "$n.old" "$k" || no 'the old one could not be kept'
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
            SshCommand.quoted(want));
  }

  /** Takes back: only when what lies there is still what was put. */
  static String back(String path, String placed, String keep) {
    return """
    t=%s; k=%s
    no() { echo "$1" >&2; exit 30; }
    if [ -L "$t" ] || [ ! -f "$t" ]; then no 'it is no longer there'; fi
    s=$(sha256sum <"$t"); [ "${s%%%% *}" = %s ] || no 'somebody has changed it since'
    if [ -z "$k" ]; then rm -f -- "$t"; exit; fi
    [ -f "$k" ] || no 'the old one is no longer kept'
    mv -fT -- "$k" "$t" || no 'it could not be put back'
    """
        .formatted(SshCommand.quoted(path), SshCommand.quoted(keep), SshCommand.quoted(placed));
  }

  /** A copy that the user who logs in may read; for what only root may. */
  static String lend(String path, String copy) {
    return "umask 077; cp -- %1$s %2$s && chown -- \"${SUDO_USER:-root}\" %2$s\n"
        .formatted(SshCommand.quoted(path), SshCommand.quoted(copy));
  }

  static String remove(String path) {
    return "rm -f -- " + SshCommand.quoted(path) + "\n";
  }
}
