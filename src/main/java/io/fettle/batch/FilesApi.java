package io.fettle.batch;

import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Files to and from machines: handed in here, and taken away from here. */
@RestController
@RequestMapping("/api/v1")
@EnableConfigurationProperties(FileSettings.class)
class FilesApi {
  private final Jobs jobs;
  private final FileStore store;
  private final FileTable table;
  private final FileSettings settings;
  private final Desk desk;

  FilesApi(Jobs jobs, FileStore store, FileTable table, FileSettings settings, Desk desk) {
    this.jobs = jobs;
    this.store = store;
    this.table = table;
    this.settings = settings;
    this.desk = desk;
  }

  /**
   * Hands in a file to be put on machines by the action {@code file.put}; the body is its content.
   *
   * @param name for the record
   */
  @PostMapping(path = "/files", consumes = MediaType.APPLICATION_OCTET_STREAM_VALUE)
  @Allow({Role.OPERATOR})
  ResponseEntity<FileTable.Given> give(
      @RequestParam(name = "name", defaultValue = "") String name, InputStream body, Viewer viewer)
      throws IOException {
    return ResponseEntity.status(HttpStatus.CREATED).body(taken(name, body, viewer));
  }

  FileTable.Given taken(String name, InputStream body, Viewer viewer) throws IOException {
    FileStore.Content content = store.take(body, settings.put().toBytes());
    var given = new FileTable.Given(content.sha256(), RemoteText.cut(name, 200), content.size());
    desk.transactions()
        .executeWithoutResult(t -> {
          table.add(given, viewer.actor().toString(), desk.now());
          desk.audit()
              .record(
                  viewer.actor(),
                  "file.given",
                  "file:" + given.sha256(),
                  null,
                  Map.of("name", given.name(), "size", given.size()));
        });
    return given;
  }

  /** What a job fetched, in the order of its list. */
  @GetMapping("/jobs/{id}/files")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Page<Jobs.Fetched> list(
      @PathVariable("id") String id,
      @RequestParam(name = "cursor", required = false) @Nullable String cursor,
      @RequestParam(name = "limit", defaultValue = "100") int limit,
      Viewer viewer) {
    return jobs.files(BatchApi.visible(jobs, id, viewer).id(), cursor, limit, viewer);
  }

  /** All that the job fetched, as a ZIP archive of {@code MACHINE/path/on/it}. */
  @GetMapping(path = "/jobs/{id}/files.zip", produces = "application/zip")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  void archive(@PathVariable("id") String id, Viewer viewer, HttpServletResponse response)
      throws IOException {
    zip(BatchApi.visible(jobs, id, viewer).id(), viewer, response);
  }

  void zip(JobId job, Viewer viewer, HttpServletResponse response) throws IOException {
    response.setContentType("application/zip");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Content-Disposition", "attachment; filename=\"" + job + ".zip\"");
    new FilesZip(jobs, store).write(job, viewer, response.getOutputStream());
  }

  /** The content as it came from this machine; its SHA-256 stands in the ETag. */
  @GetMapping("/jobs/{id}/items/{no}/file")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  void content(
      @PathVariable("id") String id,
      @PathVariable("no") String no,
      Viewer viewer,
      HttpServletResponse response)
      throws IOException {
    send(BatchApi.visible(jobs, id, viewer).id(), no, viewer, response);
  }

  /** Hostile content is never shown by a browser, only saved. */
  void send(JobId job, String no, Viewer viewer, HttpServletResponse response) throws IOException {
    Jobs.Fetched file =
        jobs.file(job, BatchApi.number(no), viewer).orElseThrow(() -> Problem.notFound("file", no));
    Path content = store.file(file.sha256());
    if (!Files.exists(content))
      throw Problem.conflict(
          "这个文件的内容已不在 Fettle 的磁盘上（SHA-256 " + file.sha256() + "）：请从备份取回它，或再从机器取一次",
          "the content is gone from Fettle's disk (SHA-256 "
              + file.sha256()
              + "): bring it back from a backup, or fetch it from the machine again");
    String name = file.path().substring(file.path().lastIndexOf('/') + 1);
    response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
    response.setContentLengthLong(file.size());
    response.setHeader("ETag", "\"" + file.sha256() + "\"");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader(
        "Content-Disposition",
        ContentDisposition.attachment()
            .filename(file.name() + "-" + name, StandardCharsets.UTF_8)
            .build()
            .toString());
    Files.copy(content, response.getOutputStream());
  }
}
