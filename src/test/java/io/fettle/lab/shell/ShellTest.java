package io.fettle.lab.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same script gives the same output and status as the system's own sh. */
class ShellTest {
  private static final class Bare implements Host {
    private final Fs fs = new Fs();

    Bare() {
      fs.folder("/tmp", 01777, 0);
      fs.folder("/root", 0700, 0);
    }

    @Override
    public String hostname() {
      return "bare";
    }

    @Override
    public Fs fs() {
      return fs;
    }

    @Override
    public Instant clock() {
      return Instant.EPOCH;
    }

    @Override
    public Instant bootedAt() {
      return Instant.EPOCH;
    }

    @Override
    public Map<String, Command> commands() {
      return Map.of();
    }

    @Override
    public Set<String> failedUnits() {
      return Set.of();
    }

    @Override
    public void journal(String what) {}
  }

  private record Answer(int exit, String out) {}

  private static Answer ours(String script) {
    Shell.Result result = new Shell(new Bare(), "root").run(script, In.empty());
    return new Answer(result.exit(), new String(result.out(), StandardCharsets.UTF_8));
  }

  private static Answer real(String script) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("sh", "-c", script).redirectErrorStream(false).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return new Answer(process.exitValue(), out);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo a b   c; echo 'x  y' \"z  $((1+2*3))\"",
        "a=5; b=$((a * 2 - 1)); echo $b ${b} \"$b\"; [ $b -eq 9 ] && echo nine || echo other",
        "for i in 1 2 3; do echo n$i; done; i=0; while [ $i -lt 3 ]; do i=$((i+1)); [ $i = 2 ] && continue; echo w$i; done",
        "f() { echo \"f got $# $1 $2\"; return 3; }; f one 'two three'; echo $?",
        "case abc.txt in *.log) echo log;; a*.txt|b) echo text;; *) echo no;; esac",
        "x='a:b:c'; echo ${x%%:*} ${x#*:} ${x##*:} ${x%:*} ${#x} ${nope:-default} ${x:+set}",
        "printf '%s|%5d|%-4s|\\n' abc 42 xy; printf '%s\\n' one two three; printf '%02x' 255; echo",
        "echo one two | (read a b; echo \"$b $a\"); printf 'x\\ny\\n' | while read -r l; do echo \"[$l]\"; done",
        "if false; then echo a; elif true; then echo b; else echo c; fi; ! true; echo $?",
        "cat <<EOF\nvalue $((2+2)) \\$home\nEOF\ncat <<'EOF'\nraw $((2+2))\nEOF",
        "out=$(printf 'a\\nb\\n'; exit 4); echo \"$out\" $?; echo \"`echo back`\"",
        "set -- a 'b c' d; echo $#; for x in \"$@\"; do echo \"<$x>\"; done; shift; echo $1",
        "(exit 7); echo $?; { echo grouped; } 2>/dev/null; nosuchcommand_xyz 2>/dev/null; echo $?",
        "printf 'b\\na\\nc\\na\\n' | sort | uniq -c | sed 's/^ *//'; printf 'k=v\\nq=w\\n' | grep -v '^q' | cut -d= -f2",
        "printf 'root:x:0\\nbob:x:7\\n' | sed -n 's/^\\([a-z]*\\):x:\\([0-9]*\\)$/\\2 \\1/p'; echo abc | tr a-c A-C; echo 'a  b' | tr -s ' '",
        "t=$(mktemp) && echo hello > $t && echo more >> $t && cat < $t && wc -l < $t | tr -d ' ' && rm -f $t && [ ! -e $t ] && echo gone",
        "IFS=:; set -- $(echo a:b:c); echo $2; unset IFS; v='p q'; set -- $v; echo $#",
        "echo err >&2; echo out 2>&1; sh -c 'echo $0 $1; exit 5' name arg; echo $?",
        "head -c 3 <<EOF\nabcdef\nEOF\necho; printf '1\\n2\\n3\\n' | tail -n 1; printf '1\\n2\\n3\\n' | head -n 2",
        "printf 'QQ==' | base64 -d; echo; printf 'A' | base64; a=1 sh -c 'echo $a'; echo \"${a:-unset}\"",
        "set -e; true; false; echo never",
        "x=$(cat <<EOF\ninner\nEOF\n); echo \"<$x>\"",
        "echo \"nested $(echo \"in $(echo deep)\")\"; echo $(( (1+2) * 3 )) $((7 % 4)) $((3 > 2 && 1))",
        "test -n '' ; echo $?; [ a = a -a 1 -lt 2 ]; echo $?; [ ! -f /nonexistent ] && echo nofile",
        "until [ \"${n:-0}\" -ge 2 ]; do n=$(( ${n:-0} + 1 )); done; echo $n; true && { echo x; false; } || echo y",
        "echo 'unterminated",
        "timeout 5 sh -c 'exit 9'; echo $?; command -v nosuchcommand_xyz; echo $?",
        "exec 4>&1; rc=$({ { sh -c 'echo out; exit 6' </dev/null 3>&- 4>&-; echo $? >&3; } | head -c 100 >&4; } 3>&1); echo rc=$rc",
        "{ echo a; echo b >&3; } 3>&1 | sort -r; (echo sub >&2) 2>&1 | cat",
        "v=\"a b\"; case $v in 'a b') echo same;; esac; echo ${v}c \"${v}\"d; echo '*' \"*\" \\*",
      })
  void answersAsTheRealOne(String script) throws Exception {
    assertThat(ours(script)).isEqualTo(real(script));
  }

  @Test
  void unknownCommandIs127AndAnEndlessLoopStops() {
    assertThat(ours("frobnicate --now").exit()).isEqualTo(127);
    assertThat(ours("while true; do :; done").exit()).isEqualTo(124);
  }

  @Test
  void nothingRealIsTouched() {
    ours("echo pwned > /tmp/fettle-shell-escape; rm -rf /etc/hostname");

    assertThat(java.nio.file.Path.of("/tmp/fettle-shell-escape")).doesNotExist();
    assertThat(java.nio.file.Path.of("/etc/hostname")).exists();
  }
}
