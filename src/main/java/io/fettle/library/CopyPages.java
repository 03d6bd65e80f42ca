package io.fettle.library;

import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.util.Map;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Who reads over rsync, and the copies off this machine, as a page. */
@Controller
@RequestMapping("/library/copies")
class CopyPages {
  private static final String HERE = "redirect:/library/copies";

  private final Readers readers;
  private final Mirrors mirrors;
  private final RsyncDaemon daemon;

  CopyPages(Readers readers, Mirrors mirrors, RsyncDaemon daemon) {
    this.readers = readers;
    this.mirrors = mirrors;
    this.daemon = daemon;
  }

  @GetMapping
  @Allow({Role.OPERATOR, Role.AUDITOR})
  ModelAndView copies() {
    return new ModelAndView(
        "library/copies",
        Map.of(
            "readers", readers.all(),
            "mirrors", mirrors.all(),
            "address", daemon.address(),
            "rsync", daemon.state().why()));
  }

  @PostMapping("/readers")
  @Allow(Role.ADMINISTRATOR)
  ModelAndView putReader(@RequestParam String name, Viewer viewer) {
    return new ModelAndView(
        "library/reader",
        Map.of("reader", readers.put(name.strip(), viewer), "address", daemon.address()));
  }

  @PostMapping("/readers/{name}/remove")
  @Allow(Role.ADMINISTRATOR)
  String removeReader(@PathVariable String name, Viewer viewer) {
    readers.remove(name, viewer);
    return HERE;
  }

  @PostMapping("/mirrors")
  @Allow(Role.ADMINISTRATOR)
  String putMirror(
      @RequestParam String name,
      @RequestParam String url,
      @RequestParam(defaultValue = "") String secret,
      Viewer viewer) {
    // A browser's form ends lines with CR LF, which no private key has.
    mirrors.put(name.strip(), url, secret.replace("\r\n", "\n"), viewer);
    return HERE;
  }

  @PostMapping("/mirrors/{name}/remove")
  @Allow(Role.ADMINISTRATOR)
  String removeMirror(@PathVariable String name, Viewer viewer) {
    mirrors.remove(name, viewer);
    return HERE;
  }
}
