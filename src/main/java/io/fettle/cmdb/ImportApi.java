package io.fettle.cmdb;

import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The purchase import as JSON: the file goes in as the body, or as the part {@code file}. */
@RestController
@RequestMapping("/api/v1/register/imports")
class ImportApi {
  private static final int MOST_REJECTIONS = 10_000;
  private static final int MOST_ROWS = 10_000;
  private final Imports imports;

  ImportApi(Imports imports) {
    this.imports = imports;
  }

  /** A rejection; {@code reason} is in the caller's language. */
  record Rejected(
      int line, String column, String value, String reason, String reasonZh, String reasonEn) {}

  /**
   * What an import did or would do.
   *
   * @param id null for a dry run
   * @param rejected at most 10,000 from {@code cursor} on; {@code rejectedRows} counts all rows
   * @param next the {@code cursor} that brings the rejections behind these; null behind the last
   * @param rows only for a dry run: at most 10,000 rows after line {@code after_row}
   * @param nextRow the {@code after_row} that brings the rows behind these; null behind the last
   */
  record Answer(
      @Nullable UUID id,
      String state,
      long created,
      long updated,
      long unchanged,
      long rejectedRows,
      List<Rejected> rejected,
      @Nullable String next,
      Imports.Mapping mapping,
      @Nullable List<Row> rows,
      @Nullable Integer nextRow,
      @Nullable Instant startedAt,
      @Nullable Instant finishedAt,
      @Nullable String why) {}

  record Row(int line, String outcome, String name, @Nullable String asset, List<String> notes) {}

  /**
   * @param cursor of a dry run: its rejections behind this one; the file is sent again
   * @param afterRow of a dry run: its rows behind this line
   * @param outcome of a dry run: only rows that would come to this
   */
  @PostMapping
  @Allow(Role.OPERATOR)
  ResponseEntity<Answer> take(
      @RequestParam(name = "dry_run", defaultValue = "false") boolean dryRun,
      @RequestParam(defaultValue = "false") boolean background,
      @RequestParam(defaultValue = "") String name,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(name = "after_row", defaultValue = "0") int afterRow,
      @RequestParam(required = false) @Nullable String outcome,
      HttpServletRequest request,
      Locale locale,
      Viewer viewer)
      throws IOException, ServletException {
    Imports.Look look =
        new Imports.Look(
            outcome(outcome), afterRow, MOST_ROWS, Imports.After.read(cursor), MOST_REJECTIONS);
    Path file = Files.createTempFile("fettle-import-", ".csv");
    boolean handedOver = false;
    try {
      String called = store(request, file, name);
      if (dryRun) return ResponseEntity.ok(answer(imports.preview(file, called, look), locale));
      if (background) {
        Imports.Run run = imports.begin(file, called, viewer.actor());
        handedOver = true;
        return ResponseEntity.status(HttpStatus.ACCEPTED)
            .body(answer(run, Imports.After.START, locale));
      }
      return ResponseEntity.ok(
          answer(imports.apply(file, called, viewer.actor()), Imports.After.START, locale));
    } finally {
      if (!handedOver) Files.deleteIfExists(file);
    }
  }

  private static String store(HttpServletRequest request, Path file, String name)
      throws IOException, ServletException {
    String type = request.getContentType();
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("multipart/form-data")) {
      copy(request.getInputStream(), file);
      return name.isBlank() ? "import.csv" : name;
    }
    Part part = request.getPart("file");
    if (part == null)
      throw Problem.badInput("file", "", "缺少文件部分 file", "the part 'file' is missing");
    try (InputStream in = part.getInputStream()) {
      copy(in, file);
    }
    String submitted = part.getSubmittedFileName();
    return submitted == null || submitted.isBlank() ? "import.csv" : submitted;
  }

  private static void copy(InputStream in, Path file) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long size = 0;
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        size += n;
        if (size > Imports.LARGEST)
          throw Problem.badInput(
              "file", "> 100 MB", "文件超过 100 MB，请拆分后导入", "the file is larger than 100 MB; split it");
        out.write(buffer, 0, n);
      }
    }
  }

  @GetMapping
  @Allow({Role.OPERATOR, Role.AUDITOR})
  List<Imports.Run> recent(@RequestParam(defaultValue = "50") int limit) {
    return imports.recent(limit);
  }

  private static Imports.@Nullable Outcome outcome(@Nullable String word) {
    if (word == null || word.isEmpty()) return null;
    for (Imports.Outcome one : Imports.Outcome.values())
      if (one.name().equalsIgnoreCase(word)) return one;
    throw Problem.badInput(
        "outcome",
        word.length() > 40 ? word.substring(0, 40) : word,
        "可以是 created、updated、unchanged、rejected",
        "outcome is created, updated, unchanged or rejected");
  }

  /**
   * @param cursor the {@code next} of the answer before: the rejections behind it
   */
  @GetMapping("/{id}")
  @Allow({Role.OPERATOR, Role.AUDITOR})
  Answer one(
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String cursor,
      Locale locale) {
    return answer(
        imports.find(id).orElseThrow(() -> Problem.notFound("import", id.toString())),
        Imports.After.read(cursor),
        locale);
  }

  private Answer answer(Imports.Run run, Imports.After after, Locale locale) {
    List<Imports.Rejection> rejections =
        imports.rejections(run.id(), after.line(), after.no(), MOST_REJECTIONS);
    boolean more = rejections.size() == MOST_REJECTIONS;
    return new Answer(
        run.id(),
        run.state().name().toLowerCase(Locale.ROOT),
        run.created(),
        run.updated(),
        run.unchanged(),
        run.rejected(),
        rejected(rejections, locale),
        more ? Imports.After.of(rejections.getLast()).text() : null,
        run.mapping(),
        null,
        null,
        run.startedAt(),
        run.finishedAt(),
        run.why());
  }

  private static Answer answer(Imports.Preview preview, Locale locale) {
    return new Answer(
        null,
        "preview",
        preview.created(),
        preview.updated(),
        preview.unchanged(),
        preview.rejected(),
        rejected(preview.rejections(), locale),
        preview.nextRejection() == null ? null : preview.nextRejection().text(),
        preview.mapping(),
        preview.rows().stream().map(r -> row(r, locale)).toList(),
        preview.nextRow(),
        null,
        null,
        null);
  }

  private static Row row(Imports.PreviewRow row, Locale locale) {
    return new Row(
        row.line(),
        row.outcome().name().toLowerCase(Locale.ROOT),
        row.name(),
        row.asset() == null ? null : row.asset().toString(),
        row.notes().stream().map(n -> n.in(locale)).toList());
  }

  private static List<Rejected> rejected(List<Imports.Rejection> all, Locale locale) {
    return all.stream()
        .map(r ->
            new Rejected(
                r.line(),
                r.column(),
                r.value(),
                r.reason().in(locale),
                r.reason().zh(),
                r.reason().en()))
        .toList();
  }
}
