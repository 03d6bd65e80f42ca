package io.fettle.console;

import io.fettle.cmdb.Imports;
import io.fettle.cmdb.Imports.Run;
import io.fettle.console.Uploads.Upload;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartFile;

/** Import of purchased machines: send, see what would happen, then let it happen. */
@Controller
@Allow(Role.OPERATOR)
class ImportPages {
  private static final int RECENT = 20;
  private static final int SHOWN = 200;

  private final Imports imports;
  private final Uploads uploads;

  ImportPages(Imports imports, Uploads uploads) {
    this.imports = imports;
    this.uploads = uploads;
  }

  @GetMapping("/import")
  String start(Model model) {
    model.addAttribute("recent", imports.recent(RECENT));
    return "console/import";
  }

  @PostMapping("/import/preview")
  String send(
      @RequestParam(required = false) @Nullable MultipartFile file,
      @RequestParam(defaultValue = "") String text,
      Viewer viewer)
      throws IOException {
    MultipartFile sent = file == null || file.isEmpty() ? null : file;
    if (sent == null && text.isBlank())
      throw Problem.badInput("file", "", "请选择一个文件，或粘贴表格内容", "Choose a file, or paste the table");
    try (InputStream in = sent == null ? pasted(text) : sent.getInputStream()) {
      String name = sent == null ? "" : Objects.requireNonNullElse(sent.getOriginalFilename(), "");
      return "redirect:/import/preview/" + uploads.keep(in, name, viewer.actor()).id();
    }
  }

  private static InputStream pasted(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  @GetMapping("/import/preview/{id}")
  String preview(
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String show,
      @RequestParam(defaultValue = "0") int after,
      @RequestParam(required = false) @Nullable String rejected,
      Viewer viewer,
      Model model) {
    Upload upload = uploads.find(id, viewer.actor()).orElseThrow(ImportPages::gone);
    Imports.Outcome only = outcome(show);
    Imports.Look look = new Imports.Look(only, after, SHOWN, Imports.After.read(rejected), SHOWN);
    model.addAttribute("id", id.toString());
    model.addAttribute("preview", imports.preview(upload.file(), upload.name(), look));
    model.addAttribute("only", only);
    return "console/import_preview";
  }

  private static Imports.@Nullable Outcome outcome(@Nullable String show) {
    if (show == null || show.isEmpty()) return null;
    for (Imports.Outcome one : Imports.Outcome.values())
      if (one.name().equalsIgnoreCase(show)) return one;
    throw Problem.badInput(
        "show",
        show.length() > 40 ? show.substring(0, 40) : show,
        "可以是 created、updated、unchanged、rejected",
        "created, updated, unchanged or rejected");
  }

  @PostMapping("/import/preview/{id}")
  String apply(@PathVariable UUID id, Viewer viewer) {
    Upload upload = uploads.take(id, viewer.actor()).orElseThrow(ImportPages::gone);
    Run run = imports.begin(upload.file(), upload.name(), viewer.actor());
    return "redirect:/import/" + run.id();
  }

  @GetMapping("/import/{id}")
  String run(
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String rejected,
      Model model) {
    Run run = imports.find(id).orElseThrow(() -> Problem.notFound("import", id.toString()));
    model.addAttribute("run", run);
    Imports.After after = Imports.After.read(rejected);
    List<Imports.Rejection> rejections =
        imports.rejections(id, after.line(), after.no(), SHOWN + 1);
    boolean more = rejections.size() > SHOWN;
    model.addAttribute("rejections", more ? rejections.subList(0, SHOWN) : rejections);
    model.addAttribute("next", more ? Imports.After.of(rejections.get(SHOWN - 1)).text() : null);
    return "console/import_run";
  }

  private static Problem gone() {
    return Problem.notFound("upload", "请重新上传 / send the file again");
  }
}
