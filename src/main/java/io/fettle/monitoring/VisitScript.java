package io.fettle.monitoring;

import static io.fettle.transport.ssh.SshCommand.quoted;

import io.fettle.monitoring.check.Visit.Section;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All sections of a visit as one POSIX sh script, and their answers taken apart again.
 *
 * <p>Each section runs in a shell of its own under {@code timeout}, its standard output cut at a
 * limit; standard output and standard error carry the same marker lines, made of a nonce that no
 * output can know beforehand, so that output cannot forge a section's end.
 *
 * @param nonce secret of this one visit: letters and digits
 */
record VisitScript(String nonce, List<String> sections) {
  static final int OUT_LIMIT = 65_536;
  static final int SECTION_SECONDS = 20;

  VisitScript {
    if (!nonce.matches("[0-9A-Za-z]{16,}")) throw new IllegalArgumentException("weak nonce");
    sections = List.copyOf(sections);
  }

  /** The script's text; the exit status is 0 whatever the sections say. */
  String text() {
    StringBuilder text =
        new StringBuilder(
            """
            exec 4>&1
            command -v timeout >/dev/null 2>&1 || timeout() { shift 3; "$@"; }
            """);
    for (int i = 0; i < sections.size(); i++) text.append(framed(i));
    return text.append("exit 0\n").toString();
  }

  private String framed(int i) {
    return """
    printf '\\n%%s\\n' %1$s.%2$d.begin; printf '\\n%%s\\n' %1$s.%2$d.begin >&2
    rc=$({ { timeout -k 2 %3$d sh -c %4$s </dev/null 3>&- 4>&-; echo $? >&3; } | head -c %5$d >&4; } 3>&1)
    printf '\\n%%s\\n' "%1$s.%2$d.end.$rc"; printf '\\n%%s\\n' "%1$s.%2$d.end.$rc" >&2
    """
        .formatted(nonce, i, SECTION_SECONDS, quoted(sections.get(i)), OUT_LIMIT);
  }

  /** The sections that ran to their end, by number. */
  Map<Integer, Section> answers(String out, String err) {
    Map<Integer, Section> answers = new LinkedHashMap<>();
    for (int i = 0; i < sections.size(); i++) {
      int number = i;
      Optional<Part> ran = part(out, i);
      ran.ifPresent(o ->
          answers.put(
              number,
              new Section(o.exit(), o.text(), part(err, number).map(Part::text).orElse(""))));
    }
    return answers;
  }

  private record Part(int exit, String text) {}

  private Optional<Part> part(String stream, int number) {
    String begin = "\n" + nonce + "." + number + ".begin\n";
    String end = "\n" + nonce + "." + number + ".end.";
    int from = stream.indexOf(begin);
    if (from < 0) return Optional.empty();
    int start = from + begin.length();
    int stop = stream.indexOf(end, start - 1);
    int line = stop < 0 ? -1 : stream.indexOf('\n', stop + end.length());
    if (line < 0) return Optional.empty();
    String exit = stream.substring(stop + end.length(), line).strip();
    if (!exit.matches("[0-9]{1,3}")) return Optional.empty();
    return Optional.of(
        new Part(Integer.parseInt(exit), stream.substring(Math.min(start, stop), stop)));
  }
}
