package io.fettle.lab.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
      fs.put("/etc/passwd", 0644, 0, "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:::\n");
      fs.put("/etc/group", 0644, 0, "root:x:0:\nnogroup:x:65534:\n");
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

    @Override
    public void pause(Duration time) {
      try {
        Thread.sleep(time);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
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
        "sleep 0.1; echo $?; timeout 0.2 sleep 5; echo $?; timeout 1 sleep 0; echo $?; sleep x; echo $?",
        "timeout 0.3 sh -c 'sleep 3'; echo $?; timeout 2x true; echo $?",
        "timeout 5 sh -c 'exit 9'; echo $?; command -v nosuchcommand_xyz; echo $?",
        "exec 4>&1; rc=$({ { sh -c 'echo out; exit 6' </dev/null 3>&- 4>&-; echo $? >&3; } | head -c 100 >&4; } 3>&1); echo rc=$rc",
        "{ echo a; echo b >&3; } 3>&1 | sort -r; (echo sub >&2) 2>&1 | cat",
        "printf 'root:x:0:0\\nbob:x:7:7\\n' | awk -F: -v u=7 '$3 == u { print $1; n++ } END { print NR, n + 0, NF }'",
        "printf 'a 1\\nb 2\\na 3\\n' | awk '{ s[$1] += $2 } END { for (k in s) if (k == \"a\") print k, s[k]; print length(s[\"b\"]) }'",
        "printf 'x|hash|7\\n' | awk -F'|' '{ k = \"hash\"; if ($2 == \"\") k = \"empty\"; else if ($2 ~ /^!/) k = \"locked\"; printf \"%s|%s|%05.1f\\n\", k, $3, $3 / 2 }'",
        "echo 'one two three' | awk '{ for (i = NF; i > 0; i--) printf \"%s \", $i; print \"\"; $2 = \"2\"; print; print toupper(substr($0, 1, 3)) index($0, \"th\") }'",
        "printf 'a\\nb\\nc\\nd\\n' | awk '/b/,/c/ { print NR \": \" $0 } NR == 4 { exit 3 } END { print \"end\" }'; echo $?",
        "echo 'k=v; q=w' | awk '{ n = split($0, p, /; */); gsub(/=/, \" is \", p[2]); print n, p[1], p[2]; if (match($0, /q=./)) print RSTART, RLENGTH; print 1 == 1.0, \"10\" < \"9\", 10 < 9 ? \"y\" : \"n\" }'",
        "awk 'BEGIN { x = 1; while (x < 100) { x *= 3; if (x == 9) continue; if (x > 50) break } do x--; while (x > 70); print x, 7 % 4, 2 ^ 3, -x, !x, 0.1 + 0.2, 1e6, 1000 * 1000 }'",
        "printf 'b a\\n' | awk '!seen[$1]++ && (\"b\" in seen) { print ($2 \"-\" $1), \"x\" }'",
        "d=$(mktemp -d) && cd $d && mkdir -p a/b && echo x > a/one.log && : > a/b/two.log && printf 12345 > a/b/three && find . -name '*.log' | sort && find a -type f -size +2c -printf '%f %s\\n' && find . -mindepth 1 -maxdepth 1 ! -name z && find a -type f -empty -delete && find a -type f | sort && find a -depth -type d -exec basename {} \\; && find nowhere 2>/dev/null; echo $?; cd / && rm -rf $d",
        "d=$(mktemp -d) && cd $d && echo one > f && echo two > g && grep -c o f g && grep -l t f g; grep -h -s o f g nofile; echo $?; grep -q two f; echo $?; grep -n x f; cd / && rm -rf $d",
        "d=$(mktemp -d) && cd $d && (umask 077; : > p; mkdir q) && : > r && chmod 640 r && stat -c '%a %n' p q r && [ -w r ] && echo w; echo abcdef | cut -c2-4; cd / && rm -rf $d",
        "d=$(mktemp -d) && cd $d && printf 'A=1\\nB=\"x y\"\\n' > env && (. ./env && echo $A \"$B\"); printf '  ext4  10 /a b\\n' | while read -r t n p; do echo \"$t,$n,$p\"; done; mkdir x && cd / && du -s $d/x | cut -f2 | grep -c x; rm -rf $d",
        "until case \"$v\" in done) true ;; *) false ;; esac; do v=done; done; echo $v; small() { case \"$1\" in ''|*[!0-9.]*) return 1 ;; esac; [ \"${1%%.*}\" -lt 1 ]; }; small 0.5 && small 0.000 && ! small 1.2 && ! small x && echo ok",
        "echo 'a.b[c' | grep -F 'b[' && printf 'x1\\ny\\n' | grep -E '^[[:alpha:]][0-9]+$' && echo 'a/b' | grep -o '[^/]*$' && echo 'sp ace' | sed 's/[[:space:]].*//'",
        "d=$(mktemp -d) && cd $d && set -C && echo a >f && echo b >f; echo $?; echo c >|f; cat f; echo d >>f; wc -l <f | tr -d ' '; echo n >/dev/null; echo $?; ln -s gone l; (echo x >l); echo $?; set +C; echo x >f; cat f; (set -o noclobber; echo y >f); echo $?; cat f; cd / && rm -rf $d",
        "d=$(mktemp -d) && cd $d && mkdir real && ln -s real link && echo in >real/f && cat link/f && cd link && [ \"$(pwd)\" = $d/link ] && [ \"$(pwd -P)\" = $d/real ] && cd .. && cd -P -- link && [ \"$(pwd)\" = $d/real ] && echo x >../link/g && cat $d/real/g; cd -P -- $d/none 2>/dev/null; echo $?; [ -d $d/link ] && [ -L $d/link ] && [ -f $d/link/f ] && ls $d/link; rm $d/link; ls $d; cd / && rm -rf $d",
        "dirname -- /a/b/ a/b a / // '' a//b -x; dirname; echo $?; basename /a/b/; basename /; basename -- a.txt .txt; basename a a",
        "d=$(mktemp -d) && cd $d && echo one >f && ln -- f g && echo two >>g && cat f && stat -c '%h %s %F' f g && [ \"$(stat -c %i f)\" = \"$(stat -c %i g)\" ] && rm f && cat g && stat -c %h g; ln g g; echo $?; ln -f g h; echo $?; ln . x; echo $?; ln nope y; echo $?; ln -s g s; ln -s g s; echo $?; ln -sf h s; readlink s; ls; cd / && rm -rf $d",
        "d=$(mktemp -d) && cd $d && mkdir a b && echo 1 >f && echo 2 >g && mv -fT -- f g && cat g; ls; mv -T g a; echo $?; mv -fT a g; echo $?; mv g a && ls a; mv -T a b && ls b; mv b/g b/g; echo $?; mv nope b; echo $?; mv b/g no/where; echo $?; mv -T b b/c; echo $?; echo n >n; ln n m; mv -f n m; echo $?; ls; echo o >o; mv -n o n; cat n; mv n m o b; ls b; cd / && rm -rf $d",
        "d=$(mktemp -d) && cd $d && mkdir -p e/f && echo x >e/f/x && rm e; echo $?; rm nope; echo $?; rm -f nope e/f/x/y; echo $?; rmdir e; echo $?; rmdir nope; echo $?; rmdir e/f/x; echo $?; rm -r e && ls; mkdir a/b; echo $?; mkdir a && mkdir a; echo $?; mkdir -p a; echo $?; (umask 077; mkdir -p -m 750 a/b/c); stat -c %a a/b a/b/c; rm; echo $?; rm -f; echo $?; cd / && rm -rf $d",
        "d=$(mktemp -d) && cd $d && echo x >old && touch -r /etc/passwd old 2>/dev/null; touch -r old -- new; [ \"$(stat -c %Y old)\" = \"$(stat -c %Y new)\" ] && echo same; touch -c none; echo $?; ls; touch -r none new; echo $?; touch no/where; echo $?; (umask 027; touch t; stat -c %a t); mkdir m && touch m; echo $?; cd / && rm -rf $d",
        "d=$(mktemp -d) && cd $d && echo x >f && chown -h -- 0:0 f && stat -c '%u:%g %U:%G %A %%' f && chown root: f && chown :0 f && chown root f && chown root:root f && chgrp root f; echo $?; chown nosuch f; echo $?; chown 0: f; echo $?; chown 0:nosuch f; echo $?; chgrp nosuch f; echo $?; chown 0 none; echo $?; ln -s none l; chown -h 0:0 l; echo $?; chown 0:0 l; echo $?; chmod -- 4755 f && stat -c '%a %A' f; chmod 1777 . && stat -c '%a %A' .; chmod 644 none; echo $?; cd / && rm -rf $d",
        "d=$(mktemp -d) && cd $d && echo Yf+AAGI= | base64 -d >f && cat f >g && cmp f g && wc -c <g | tr -d ' ' && sha256sum <g && sha256sum -- f g none; echo $?; sha256sum . ; echo $?; s=$(sha256sum <f) && echo \"<${s%% *}>\"; md5sum f; base64 f; head -c 3 f | od -An -tx1; tail -c 2 f | od -An -tx1; cat f | cmp - g && echo whole; cd / && rm -rf $d",
        "d=$(mktemp -d) && cd $d && : >f && ln f g && ln -s f l && : >o; [ f -ef g ]; echo $?; [ f -ef l ]; echo $?; [ f -ef o ]; echo $?; [ f -ef none ]; echo $?; [ none -ef none ]; echo $?; cd / && rm -rf $d",
        "d=$(mktemp -d) && cd $d && sync; echo $?; : >f; sync -- f; echo $?; sync -- none; echo $?; stat -c %a none; echo $?; readlink f; echo $?; ln -s ../x/./y l; readlink l; readlink -f none >/dev/null; echo $?; readlink -e none; echo $?; ln -s b a; ln -s a b; cat a; echo $?; [ -e a ]; echo $?; [ -L a ]; echo $?; cd / && rm -rf $d",
        "above=; for m in 755 1777 775 757 700 3777 4755 2755 1755 707 770; do for above in '' /; do case $above$m in /[1357][0-7][0-7][0-7]) echo $m$above sticky ;; # below\n *[2367]?|*[2367]) echo $m$above open ;;\n *) echo $m$above closed;; esac; done; done",
        "f() { set -- $(echo '0 755'); echo \"$1|$2|$#\"; return 4; }; set -- x y; f || echo $? $1 $#; set -- $(false) || echo no; echo $# $?; g() { if true; then return 0; fi; echo never; }; g && o=$(echo a; exit 2) || echo $o $?",
        "v=\"a b\"; case $v in 'a b') echo same;; esac; echo ${v}c \"${v}\"d; echo '*' \"*\" \\*",
      })
  void answersAsTheRealOne(String script) throws Exception {
    assertThat(ours(script)).isEqualTo(real(script));
  }

  /** A file of root's in a folder of everybody's, and root's own folder, to one who is nobody. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "rm -f $s/f; echo $?; rm -f $c/f; echo $?; rmdir $c/d; echo $?; rm -rf $c; echo $?; ls $s; ls $c",
        "mv $s/f $s/g; echo $?; mv $c/f $s/x; echo $?; : >$s/mine && mv -fT $s/mine $s/f; echo $?; rm -f $s/mine; echo $?",
        "chmod 777 $s/f; echo $?; chown -h 65534:65534 $s/f; echo $?; chgrp 65534 $s/f; echo $?; touch $s/f; echo $?; touch -r / $s/f; echo $?; stat -c '%a %u:%g' $s/f",
        "echo x >$s/f; echo $?; echo x >$c/new; echo $?; (set -C; echo x >$s/f); echo $?; cat $s/f; cat $s/shut; echo $?; sha256sum <$s/shut; echo $?",
        "ln $s/f $s/g; echo $?; ln -s $s/f $s/l; echo $?; cat $s/l; echo x >$s/l; echo $?; rm $s/l; echo $?",
        "mkdir $c/new; echo $?; mkdir -p $c/d; echo $?; mkdir $s/own && echo 1 >$s/own/f && chmod 600 $s/own/f && chown 65534 $s/own/f; echo $?; chown 0 $s/own/f; echo $?; chown :0 $s/own/f; echo $?; rm -r $s/own; echo $?",
        "stat -c %a $c/in/f; echo $?; [ -e $c/in/f ]; echo $?; cat $c/in/f; echo $?; cd $c/in; echo $?; ls -d $c/in >/dev/null; echo $?; rm -f $c/in/f; echo $?; mv $c/in/f $s/z; echo $?; ln -s $c/in $s/way; cat $s/way/f; echo $?; rm $s/way",
      })
  void refusesAUserWhatTheRealOneRefuses(String script) throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root makes files of root's");
    String bed =
        """
        s=$(mktemp -d) && c=$(mktemp -d) && chmod 1777 $s && chmod 755 $c && echo old >$s/f
        echo old >$c/f && mkdir $c/d && mkdir -m 700 $c/in && echo in >$c/in/f
        (umask 077; echo secret >$s/shut)
        setpriv --reuid=65534 --regid=65534 --clear-groups sh -c 's=$1; c=$2; eval "$3"' sh $s $c '%s' |
          sed "s#$s#S#g; s#$c#C#g"
        rm -rf $s $c
        """
            .formatted(script.replace("'", "'\\''"));
    assertThat(ours(bed)).isEqualTo(real(bed));
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
