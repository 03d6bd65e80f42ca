package io.fettle.library;

import io.fettle.kernel.Page;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.library.Histories.Commit;
import io.fettle.web.Allow;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.eclipse.jgit.revwalk.RevCommit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The library as JSON. */
@RestController
@RequestMapping("/api/v1/library")
@Allow({Role.OPERATOR, Role.AUDITOR})
class LibraryApi {
  private final LibraryDesk desk;
  private final Trees trees;
  private final Histories histories;
  private final Diffs diffs;
  private final Blames blames;
  private final Changes changes;

  LibraryApi(
      LibraryDesk desk,
      Trees trees,
      Histories histories,
      Diffs diffs,
      Blames blames,
      Changes changes) {
    this.desk = desk;
    this.trees = trees;
    this.histories = histories;
    this.diffs = diffs;
    this.blames = blames;
    this.changes = changes;
  }

  /** A commit with its diff. */
  record Whole(Commit commit, String message, Diffs.Diff diff) {}

  /** An open change with what it would do. */
  record Open(
      Changes.Change change, List<Commit> commits, Diffs.Diff diff, boolean mayMerge, String why) {}

  /** All that are open. */
  record All(List<Changes.Change> items) {}

  /** What to merge: the branch, and the commit that was looked at. */
  record Wish(@Nullable String branch, @Nullable String tip, @Nullable String reason) {}

  @GetMapping("/tree")
  Trees.Folder tree(
      @RequestParam(defaultValue = "main") String ref,
      @RequestParam(defaultValue = "") String path) {
    return trees.folder(ref, path);
  }

  @GetMapping("/file")
  Trees.Text file(@RequestParam(defaultValue = "main") String ref, @RequestParam String path) {
    return trees.file(ref, path);
  }

  /** The bytes themselves; never shown by a browser. */
  @GetMapping("/raw")
  void raw(
      @RequestParam(defaultValue = "main") String ref,
      @RequestParam String path,
      HttpServletResponse response)
      throws IOException {
    LibraryDesk.Found found = desk.find(path, ref);
    String name = path.substring(path.lastIndexOf('/') + 1);
    response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
    response.setContentLengthLong(found.file().getSize());
    response.setHeader(HttpHeaders.CACHE_CONTROL, CacheControl.noStore().getHeaderValue());
    response.setHeader(
        HttpHeaders.CONTENT_DISPOSITION,
        ContentDisposition.attachment().filename(name, StandardCharsets.UTF_8).build().toString());
    response.setHeader("Fettle-Commit", found.commit());
    found.file().copyTo(response.getOutputStream());
  }

  @GetMapping("/commits")
  Page<Commit> commits(
      @RequestParam(defaultValue = "main") String ref,
      @RequestParam(defaultValue = "") String path,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(defaultValue = "50") int limit) {
    return histories.page(ref, path, cursor, limit);
  }

  @GetMapping("/commits/{id}")
  Whole commit(@PathVariable String id) {
    RevCommit commit = desk.commit(id);
    return new Whole(Commit.of(commit), Histories.message(commit), diffs.of(commit));
  }

  @GetMapping("/blame")
  Blames.Blame blame(@RequestParam(defaultValue = "main") String ref, @RequestParam String path) {
    return blames.of(ref, path);
  }

  @GetMapping("/changes")
  All changes() {
    return new All(changes.open());
  }

  @GetMapping("/change")
  Open change(@RequestParam String branch, Viewer viewer, Locale locale) {
    Changes.Change change = changes.find(branch);
    Changes.Leave leave = changes.leave(change, viewer);
    return new Open(
        change,
        changes.commits(change),
        diffs.since(desk.commit("main"), desk.commit(change.tip())),
        leave.may(),
        leave.why() == null ? "" : leave.why().in(locale));
  }

  @PostMapping("/merge")
  @Allow(Role.OPERATOR)
  Changes.Merged merge(@RequestBody Wish wish, Viewer viewer) {
    return changes.merge(text(wish.branch()), text(wish.tip()), text(wish.reason()), viewer);
  }

  private static String text(@Nullable String given) {
    return Objects.requireNonNullElse(given, "");
  }
}
