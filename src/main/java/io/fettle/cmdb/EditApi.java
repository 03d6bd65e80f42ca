package io.fettle.cmdb;

import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** A person's own word about a machine, as JSON. */
@RestController
@RequestMapping("/api/v1/assets/{key}")
class EditApi {
  private final Machines machines;
  private final Edits edits;

  EditApi(Machines machines, Edits edits) {
    this.machines = machines;
    this.edits = edits;
  }

  /** Why. */
  record Reason(@Nullable String reason) {}

  /** Merge patch of a facet; {@code If-Match} carries the version that was read. */
  @PatchMapping("/facets/{facet}")
  @Allow(Role.OPERATOR)
  ResponseEntity<JsonNode> edit(
      @PathVariable String key,
      @PathVariable String facet,
      @RequestParam(defaultValue = "") String reason,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestBody JsonNode patch,
      Viewer viewer) {
    MachineDoc machine = machines.one(key, viewer);
    return shown(edits.edit(machine.id(), facet, patch, reason, version(ifMatch), viewer.actor()));
  }

  @PostMapping("/retire")
  @Allow(Role.OPERATOR)
  ResponseEntity<JsonNode> retire(
      @PathVariable String key, @RequestBody Reason why, Viewer viewer) {
    MachineDoc machine = machines.one(key, viewer);
    String reason = why.reason() == null ? "" : why.reason();
    return shown(edits.retire(machine.id(), reason, viewer.actor()));
  }

  private static ResponseEntity<JsonNode> shown(MachineDoc machine) {
    var out = Docs.object();
    out.put("id", machine.id().toString()).put("version", machine.version());
    out.set("doc", machine.doc());
    return ResponseEntity.ok().header(HttpHeaders.ETAG, "\"" + machine.version() + "\"").body(out);
  }

  private static long version(@Nullable String ifMatch) {
    if (ifMatch != null && ifMatch.matches("\"?\\d{1,18}\"?"))
      return Long.parseLong(ifMatch.replace("\"", ""));
    throw new Problem(
        428,
        "precondition-required",
        new Label(
            "请带上 If-Match：读取时得到的 ETag",
            "send If-Match with the ETag that the machine was read with"),
        List.of(new Problem.Fault("If-Match", "", new Label("缺少或无效", "missing or not valid"))));
  }
}
