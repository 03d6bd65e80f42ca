package io.fettle.fault;

import io.fettle.fault.Storms.Storm;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Storms over HTTP. */
@RestController
@RequestMapping("/api/v1/storms")
class StormApi {
  private final Storms storms;

  StormApi(Storms storms) {
    this.storms = storms;
  }

  /** Why a storm may be released. */
  record Release(@Nullable String reason) {}

  @GetMapping
  @Allow({Role.OPERATOR, Role.AUDITOR})
  List<Storm> recent() {
    return storms.recent(100);
  }

  @PostMapping("/{id}/release")
  @Allow(Role.OPERATOR)
  Storm release(@PathVariable("id") long id, @RequestBody Release body, Viewer viewer) {
    return storms
        .release(id, Objects.requireNonNullElse(body.reason(), ""), viewer.actor())
        .orElseThrow(() -> Problem.notFound("storm", "" + id));
  }
}
