package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.kernel.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.springframework.util.FileSystemUtils;

/** Values in a shell text, judged by a real sh. */
class TemplateTest {
  private static final Set<String> KNOWN =
      Set.of("asset_no", "type", "bmc.address", "net.hostname", "intent.bmc.nic_mode");

  @Test
  void whatIsNoVariableStaysAsItIs() throws IOException {
    for (String ordinary :
        List.of(
            "awk '{print $1}' f; x=${type}; echo {a,b} {type,asset_no} {1..3}",
            "f() { echo hi; }; { true; }; find . -exec ls {} \\;",
            "docker ps --format '{{.Names}}' && echo {{type}} %{type} \\{type}",
            "curl -sw '%{http_code}' x; rpm -q --qf '%{NAME}' bash",
            "jq '{type, a: .b}' f; echo ${asset_no:-none} \"${type}\"",
            "# on {asset_no}\necho a#{x}",
            "cat <<E\n{ }\nE\n",
            "case $1 in a) echo {ok};; esac")) {
      Template template = Template.of(ordinary, KNOWN);
      assertThat(template.names()).as(ordinary).isEmpty();
      assertThat(template.with(Map.of())).isEqualTo(ordinary);
    }
    assertThat(Template.of("echo {bmc.adress} {net.hostname}", KNOWN).unknown())
        .containsExactly("bmc.adress");
  }

  @Test
  void aVariableInQuotesIsRefusedWithItsLine() {
    for (String bad :
        List.of(
            "echo '{asset_no}'",
            "echo \"a {asset_no}\"",
            "echo \"${x:-{asset_no}}\"",
            "echo `echo {asset_no}`",
            "echo $(( {asset_no} + 1 ))",
            "cat <<E\n{asset_no}\nE\n",
            "cat <<-'E'\n\t{asset_no}\n\tE\n",
            "echo $'{asset_no}'",
            "echo \"$(echo \"{asset_no}\")\"",
            "sh -s \"a\"#b <<E\necho {asset_no}\nE\n",
            "sh -s ${x}#b <<E\necho {asset_no}\nE\n",
            "sh -s $(x)#b <<E\necho {asset_no}\nE\n",
            "echo {asset_no} 'open"))
      assertThatThrownBy(() -> Template.of(bad, KNOWN)).as(bad).isInstanceOf(Problem.class);
    assertThatThrownBy(() -> Template.of("true\n\necho '{type}'", KNOWN))
        .hasMessageContaining("line 3");
  }

  @Test
  void aVariableStandsWhereAWordStands() throws IOException {
    Map<String, String> values = Map.of("asset_no", "A 1", "bmc.address", "10.0.0.1");
    for (String text :
        List.of(
            "printf %s x{asset_no}y",
            "v={asset_no}; printf %s \"x${v}y\"",
            "printf %s \"x\"{asset_no}\"y\"",
            "printf %s \"x$(printf %s {asset_no})y\"",
            "printf %s \"x\"{asset_no}y || : \"b\"#{asset_no}",
            "(true)# {asset_no}\nprintf %s x{asset_no}y",
            "cat <<E >/dev/null\nit's a \"\nE\nprintf %s x{asset_no}y",
            "# it's\nprintf %s x{asset_no}y",
            "case {asset_no} in A*) printf %s x{asset_no}y;; esac"))
      assertThat(sh(Template.of(text, KNOWN).with(values))).as(text).isEqualTo("xA 1y");
    assertThat(sh(Template.of("set -eu; echo {asset_no} {bmc.address}", KNOWN).with(values)))
        .isEqualTo("A 1 10.0.0.1\n");
    assertThatThrownBy(() -> Template.of("{type}", KNOWN).with(Map.of("type", "a\0b")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Quoting is no help there: the arithmetic of bash reads the value of a variable once more. */
  @Test
  void whatArithmeticWouldRunDoesNotComeInAtAll() throws IOException {
    for (String value : List.of("a[$(touch hurt)]", "a[`touch hurt`]", "x\ny[b[${c:-$(id)}]]")) {
      assertThat(Variables.risky(value)).as(value).isTrue();
      assertThatThrownBy(() -> Template.of("{type}", KNOWN).with(Map.of("type", value)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (String value : List.of("[fe80::1]", "a[3]", "$HOME", "$(x) [y]", "`x`"))
      assertThat(Variables.risky(value)).as(value).isFalse();
  }

  @Provide
  Arbitrary<String> hostile() {
    return Arbitraries.of(
            "'",
            "\"",
            "`",
            "$(touch hurt)",
            "`touch hurt`",
            ";touch hurt;",
            "\n",
            "\r",
            "\\",
            "$x",
            "${x}",
            "&&",
            "|",
            "*",
            "~",
            "!",
            "{asset_no}",
            "#",
            " ",
            "\t",
            "<<E",
            "机",
            "\u0001",
            "-n",
            "%s")
        .list()
        .ofMaxSize(6)
        .map(parts -> String.join("", parts));
  }

  @Property(tries = 120)
  void aHostileValueIsOneWordByteForByte(@ForAll("hostile") String value) throws IOException {
    String text =
        "printf '%s\\0' {asset_no} a{asset_no}; v={bmc.address}; printf '%s\\0' \"$v\" \"$(printf"
            + " '%s.' {type})\"";
    String said =
        sh(
            Template.of(text, KNOWN)
                .with(Map.of("asset_no", value, "bmc.address", value, "type", value)));

    assertThat(said).isEqualTo(value + "\0a" + value + "\0" + value + "\0" + value + ".\0");
  }

  @Provide
  Arbitrary<String> odd() {
    return Arbitraries.of(
            "'",
            "\"",
            "`",
            "$(",
            ")",
            "(",
            "${x:-",
            "}",
            "\\",
            "\n",
            "echo ",
            "{asset_no}",
            "#",
            "cat <<E\n",
            "\nE\n",
            " ",
            ";",
            "$((",
            "))",
            "case a in a) ",
            ";; esac",
            "$'")
        .list()
        .ofMinSize(2)
        .ofMaxSize(12)
        .map(parts -> String.join("", parts));
  }

  @Property(tries = 150)
  void whateverTheTextAValueIsNeverRun(@ForAll("odd") String before, @ForAll("odd") String after)
      throws IOException {
    Template template;
    try {
      template = Template.of(before + "{asset_no}" + after, KNOWN);
    } catch (Problem refused) {
      return;
    }
    if (template.names().isEmpty()) return;
    sh(
        template.with(
            Map.of("asset_no", "'\"$(touch hurt)`touch hurt`\n touch hurt;\n\"' ;touch hurt #")));
  }

  @Test
  void aScriptIsRunByTheProgramThatItNames() throws IOException {
    assertThat(sh(Interpreter.sent("echo a", "echo a"))).isEqualTo("a\n");
    String bash = "#!/bin/bash\na=(x y); echo ${a[1]} \"'\"; exit 3";
    assertThat(sh(Interpreter.sent(bash, bash))).isEqualTo("y '\n");
    String python = "#!/usr/bin/env python3\nimport sys\nprint(len(sys.argv), '%d')\n";
    assertThat(sh(Interpreter.sent(python, python))).isEqualTo("1 %d\n");
    String strict = "#!/bin/sh -e\nfalse\necho on";
    assertThat(sh(Interpreter.sent(strict, strict))).as("stops at the failure").isEmpty();
    for (String plain : List.of("#!/bin/sh\necho a", "#!/usr/bin/env sh\necho a"))
      assertThat(Interpreter.sent(plain, plain)).isEqualTo(plain);
    String mask = "#!/bin/bash\numask";
    assertThat(sh("umask 022\n" + Interpreter.sent(mask, mask))).isEqualTo("0022\n");
  }

  /** Output of the text; fails when anything but what was asked for was done. */
  private static String sh(String text) throws IOException {
    Path folder = Files.createTempDirectory("template");
    try {
      Path file = Files.writeString(folder.resolve("text"), text);
      Path out = folder.resolve("out");
      Path away = Files.createDirectory(folder.resolve("away"));
      Process process =
          new ProcessBuilder("/bin/sh", file.toString())
              .directory(away.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .redirectOutput(out.toFile())
              .start();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("hangs: " + text);
      }
      assertThat(Files.exists(away.resolve("hurt"))).as("a value ran: " + text).isFalse();
      return Files.readString(out, StandardCharsets.UTF_8);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      FileSystemUtils.deleteRecursively(folder);
    }
  }
}
