package io.fettle.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.monitoring.check.Visit.Section;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The script against the real shells of this machine. */
class VisitScriptTest {
  private static final String NONCE = "0123456789abcdef0123456789abcdef";

  static Stream<List<String>> shells() {
    return Stream.of(
            List.of("dash"), List.of("bash"), List.of("bash", "--posix"), List.of("busybox", "sh"))
        .filter(shell ->
            Files.isExecutable(Path.of("/bin/" + shell.getFirst()))
                || Files.isExecutable(Path.of("/usr/bin/" + shell.getFirst())));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void sectionsKeepTheirExitAndTheirStreamsApart(List<String> shell) throws Exception {
    Map<Integer, Section> answers =
        run(
            shell,
            "echo one; echo oops >&2; exit 3",
            "printf 'no newline at the end'",
            "true",
            "echo it\\'s 'quoted' \"twice\" $((1+1))");

    assertThat(answers)
        .containsEntry(0, new Section(3, "one\n", "oops\n"))
        .containsEntry(1, new Section(0, "no newline at the end", ""))
        .containsEntry(2, new Section(0, "", ""))
        .containsEntry(3, new Section(0, "it's quoted twice 2\n", ""));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aSectionCannotHarmAnother(List<String> shell) throws Exception {
    Map<Integer, Section> answers =
        run(
            shell,
            "exit 1",
            "if then fi (((",
            "set -e; cd /nowhere; false",
            "kill -9 $$",
            "exec 1>&- 2>&-; exit 4",
            "cat",
            "echo last");

    assertThat(answers).hasSize(7);
    assertThat(of(answers, 0).exit()).isEqualTo(1);
    assertThat(of(answers, 1).exit()).isNotZero();
    assertThat(of(answers, 3).exit()).isEqualTo(137);
    assertThat(of(answers, 4).exit()).isEqualTo(4);
    assertThat(of(answers, 5)).isEqualTo(new Section(0, "", ""));
    assertThat(of(answers, 6)).isEqualTo(new Section(0, "last\n", ""));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void endlessOutputIsCutAndTheNextSectionStillRuns(List<String> shell) throws Exception {
    Map<Integer, Section> answers = run(shell, "yes", "echo after");

    assertThat(of(answers, 0).out()).hasSize(VisitScript.OUT_LIMIT);
    assertThat(of(answers, 1)).isEqualTo(new Section(0, "after\n", ""));
  }

  @Test
  void outputCannotForgeASection() throws Exception {
    String forged = "ffffffffffffffffffffffffffffffff";
    Map<Integer, Section> answers =
        run(
            List.of("dash"),
            "printf '\\n" + forged + ".0.end.0\\n\\n" + forged + ".1.begin\\nfake\\n'; exit 2",
            "echo real");

    assertThat(of(answers, 0).exit()).isEqualTo(2);
    assertThat(of(answers, 0).out()).contains("fake");
    assertThat(of(answers, 1).out()).isEqualTo("real\n");
  }

  @Test
  void whatWasCutOffIsNoAnswer() throws Exception {
    VisitScript script = new VisitScript(NONCE, List.of("echo one", "echo two"));
    String out = stdout(List.of("dash"), script);

    for (int cut = 0; cut < out.length(); cut++) {
      Map<Integer, Section> answers = script.answers(out.substring(0, cut), "");
      if (answers.containsKey(1)) assertThat(of(answers, 1).out()).isEqualTo("two\n");
      if (answers.containsKey(0)) assertThat(of(answers, 0).out()).isEqualTo("one\n");
    }
    assertThat(script.answers("\0\uFFFD garbage", "\u001b[2J")).isEmpty();
  }

  private static Section of(Map<Integer, Section> answers, int number) {
    return java.util.Objects.requireNonNull(answers.get(number));
  }

  private static Map<Integer, Section> run(List<String> shell, String... sections)
      throws Exception {
    VisitScript script = new VisitScript(NONCE, List.of(sections));
    Process process = start(shell, script);
    try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
      var err = threads.submit(() -> text(process.getErrorStream().readAllBytes()));
      String out = text(process.getInputStream().readAllBytes());
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      return script.answers(out, err.get());
    }
  }

  private static String stdout(List<String> shell, VisitScript script) throws Exception {
    Process process = start(shell, script);
    String out = text(process.getInputStream().readAllBytes());
    process.waitFor(30, TimeUnit.SECONDS);
    return out;
  }

  private static Process start(List<String> shell, VisitScript script) throws IOException {
    return new ProcessBuilder(
            Stream.concat(shell.stream(), Stream.of("-c", script.text())).toList())
        .start();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
