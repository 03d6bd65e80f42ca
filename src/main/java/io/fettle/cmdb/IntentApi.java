package io.fettle.cmdb;

import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Intent documents as JSON; the body of a declaration is YAML. */
@RestController
@RequestMapping("/api/v1/intents")
class IntentApi {
  private final Intents intents;

  IntentApi(Intents intents) {
    this.intents = intents;
  }

  /** What is in force, and which files are not. */
  record Answer(List<Intents.Document> items, List<Broken> broken) {}

  record Broken(String file, int line, int column, Label why) {}

  @GetMapping
  @Allow({Role.OPERATOR, Role.AUDITOR})
  Answer list() {
    return new Answer(
        intents.list(),
        intents.broken().stream()
            .map(b -> new Broken(b.file(), b.line(), b.column(), b.why()))
            .toList());
  }

  @PutMapping
  @Allow(Role.ADMINISTRATOR)
  List<Intents.Document> declare(
      @RequestParam String name,
      @RequestParam(name = "dry_run", defaultValue = "false") boolean dryRun,
      @RequestBody byte[] yaml,
      Viewer viewer) {
    String text = new String(yaml, StandardCharsets.UTF_8);
    return dryRun ? intents.check(name, text) : intents.declare(name, text, viewer.actor());
  }

  @DeleteMapping
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Allow(Role.ADMINISTRATOR)
  void withdraw(@RequestParam String name, Viewer viewer) {
    if (!intents.withdraw(name, viewer.actor())) throw Problem.notFound("intent", name);
  }
}
