package io.fettle.library;

import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.eclipse.jgit.revwalk.RevCommit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** The library as pages. */
@Controller
@RequestMapping("/library")
@Allow({Role.OPERATOR, Role.AUDITOR})
class LibraryPages {
  private static final int ROWS = 50;

  private final LibraryDesk desk;
  private final Trees trees;
  private final Histories histories;
  private final Diffs diffs;
  private final Blames blames;
  private final Changes changes;

  LibraryPages(
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

  @GetMapping
  ModelAndView tree(
      @RequestParam(defaultValue = "main") String ref,
      @RequestParam(defaultValue = "") String path,
      HttpServletRequest request) {
    if (trees.isFile(ref, path))
      return new ModelAndView("library/file", Map.of("file", trees.file(ref, path)));
    return new ModelAndView(
        "library/tree",
        Map.of(
            "folder", trees.folder(ref, path),
            "open", changes.open().size(),
            "clone", origin(request) + "/git/scripts.git"));
  }

  private static String origin(HttpServletRequest request) {
    return ServletUriComponentsBuilder.fromContextPath(request).build().toUriString();
  }

  @GetMapping("/blame")
  ModelAndView blame(@RequestParam(defaultValue = "main") String ref, @RequestParam String path) {
    return new ModelAndView("library/blame", Map.of("blame", blames.of(ref, path)));
  }

  @GetMapping("/history")
  ModelAndView history(
      @RequestParam(defaultValue = "main") String ref,
      @RequestParam(defaultValue = "") String path,
      @RequestParam(required = false) @Nullable String cursor) {
    return new ModelAndView(
        "library/history",
        Map.of("rows", histories.page(ref, path, cursor, ROWS), "ref", ref, "path", path));
  }

  @GetMapping("/commits/{id}")
  ModelAndView commit(@PathVariable String id) {
    RevCommit commit = desk.commit(id);
    return new ModelAndView(
        "library/commit",
        Map.of(
            "commit", Histories.Commit.of(commit),
            "message", Histories.message(commit),
            "diff", diffs.of(commit)));
  }

  @GetMapping("/changes")
  ModelAndView changes() {
    return new ModelAndView("library/changes", Map.of("changes", changes.open()));
  }

  @GetMapping("/change")
  ModelAndView change(@RequestParam String branch, Viewer viewer) {
    Changes.Change change = changes.find(branch);
    return new ModelAndView(
        "library/change",
        Map.of(
            "change", change,
            "leave", changes.leave(change, viewer),
            "commits", changes.commits(change),
            "diff", diffs.since(desk.commit("main"), desk.commit(change.tip()))));
  }

  @PostMapping("/merge")
  @Allow(Role.OPERATOR)
  String merge(
      @RequestParam String branch,
      @RequestParam String tip,
      @RequestParam(defaultValue = "") String reason,
      Viewer viewer) {
    return "redirect:/library/commits/" + changes.merge(branch, tip, reason, viewer).commit();
  }
}
