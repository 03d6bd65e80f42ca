package io.fettle.audit;

import io.fettle.kernel.Page;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The record as JSON, for auditors. */
@RestController
@RequestMapping("/api/v1/audit")
@Allow(Role.AUDITOR)
class AuditApi {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final AuditTrail trail;

  AuditApi(AuditTrail trail) {
    this.trail = trail;
  }

  /** One row; {@code actor} is {@code kind:name}. */
  record Row(
      long id,
      Instant at,
      String actor,
      String action,
      String object,
      @Nullable String reason,
      JsonNode details,
      boolean sealed) {}

  /** What a verification found, with its verdict. */
  record Proof(boolean intact, AuditProof proof) {}

  @GetMapping
  Page<Row> list(
      @RequestParam(required = false) @Nullable String actor,
      @RequestParam(required = false) @Nullable String action,
      @RequestParam(required = false) @Nullable String object,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(defaultValue = "100") int limit,
      Viewer viewer) {
    AuditFilter filter =
        new AuditFilter(
            Optional.ofNullable(actor), Optional.ofNullable(action), Optional.ofNullable(object));
    Page<AuditEntry> page = trail.page(filter, cursor, limit, viewer);
    return new Page<>(page.items().stream().map(AuditApi::row).toList(), page.next());
  }

  @GetMapping("/verification")
  Proof verify(Viewer viewer) {
    AuditProof proof = trail.verify(viewer);
    return new Proof(proof.intact(), proof);
  }

  private static Row row(AuditEntry entry) {
    return new Row(
        entry.id(),
        entry.at(),
        entry.actor().toString(),
        entry.action(),
        entry.object(),
        entry.reason(),
        JSON.readTree(entry.details()),
        entry.sealed());
  }
}
