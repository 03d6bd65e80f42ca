package io.fettle.cmdb;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Page;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Conflicts as JSON. */
@RestController
@RequestMapping("/api/v1/conflicts")
class ConflictApi {
  private final Conflicts conflicts;

  ConflictApi(Conflicts conflicts) {
    this.conflicts = conflicts;
  }

  record Item(
      UUID id,
      String type,
      List<String> keys,
      List<String> candidates,
      JsonNode claim,
      List<String> explain,
      int seen,
      Instant firstSeen,
      Instant lastSeen) {}

  record Items(List<Item> items, @Nullable String next, long total) {}

  /** Why. */
  record Reason(@Nullable String reason) {}

  @GetMapping
  @Allow({Role.OPERATOR, Role.AUDITOR})
  Items open(
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(defaultValue = "100") int limit) {
    Page<Conflicts.Conflict> page = conflicts.open(cursor, limit);
    return new Items(
        page.items().stream().map(ConflictApi::item).toList(), page.next(), conflicts.count());
  }

  private static Item item(Conflicts.Conflict c) {
    return new Item(
        c.id(),
        c.type(),
        c.keys(),
        c.candidates().stream().map(AssetId::toString).toList(),
        c.claim(),
        c.explain(),
        c.seen(),
        c.firstSeen(),
        c.lastSeen());
  }

  @PostMapping("/{id}/reject")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Allow(Role.OPERATOR)
  void reject(@PathVariable UUID id, @RequestBody Reason why, Viewer viewer) {
    conflicts.reject(id, why.reason() == null ? "" : why.reason(), viewer.actor());
  }
}
