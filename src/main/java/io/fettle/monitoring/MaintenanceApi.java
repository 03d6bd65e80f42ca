package io.fettle.monitoring;

import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.Register;
import io.fettle.cmdb.Resolution;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.monitoring.Maintenance.Window;
import io.fettle.web.Allow;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Maintenance windows over HTTP. */
@RestController
@RequestMapping("/api/v1/maintenance")
class MaintenanceApi {
  private final Maintenance maintenance;
  private final Register register;
  private final Clock clock;

  MaintenanceApi(Maintenance maintenance, Register register, Clock clock) {
    this.maintenance = maintenance;
    this.register = register;
    this.clock = clock;
  }

  /**
   * What is declared: either a query or a machine.
   *
   * @param kind maintenance (the default); nothing else is known
   * @param machine any key of it
   * @param from RFC 3339; absent means now
   */
  record New(
      @Nullable String kind,
      @Nullable String query,
      @Nullable String machine,
      @Nullable String from,
      @Nullable String until,
      @Nullable String reason) {}

  /** A window as shown. */
  record Shown(
      long id,
      String kind,
      @Nullable String query,
      @Nullable String machine,
      Instant from,
      Instant until,
      String reason,
      String by) {}

  @GetMapping
  @Allow({Role.OPERATOR, Role.AUDITOR})
  List<Shown> open() {
    return maintenance.open().stream().map(this::shown).toList();
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Allow(Role.OPERATOR)
  Shown declare(@RequestBody New body, Viewer viewer) {
    known(Objects.requireNonNullElse(body.kind(), "maintenance"));
    Instant from = body.from() == null ? clock.instant() : time("from", body.from());
    Instant until = time("until", Objects.requireNonNullElse(body.until(), ""));
    String reason = Objects.requireNonNullElse(body.reason(), "");
    if ((body.query() == null) == (body.machine() == null))
      throw Problem.badInput(
          "query", "", "query 和 machine 必须且只能给一个", "give either query or machine");
    Window window =
        body.query() != null
            ? maintenance.declare(body.query(), from, until, reason, viewer.actor())
            : maintenance.declare(
                machine(Objects.requireNonNull(body.machine()), viewer),
                from,
                until,
                reason,
                viewer.actor());
    return shown(window);
  }

  @DeleteMapping("/{id}")
  @Allow(Role.OPERATOR)
  Shown end(@PathVariable("id") long id, Viewer viewer) {
    return maintenance
        .end(id, viewer.actor())
        .map(this::shown)
        .orElseThrow(() -> Problem.notFound("maintenance", "" + id));
  }

  private Shown shown(Window window) {
    AssetId id = window.machine();
    return new Shown(
        window.id(),
        "maintenance",
        window.query(),
        id == null ? null : register.card(id).map(MachineCard::name).orElse(id.toString()),
        window.from(),
        window.until(),
        window.reason(),
        window.by());
  }

  private AssetId machine(String key, Viewer viewer) {
    List<Resolution.Hit> hits = register.find(key, viewer).hits();
    if (hits.isEmpty()) throw Problem.notFound("machine", key);
    if (hits.size() > 1)
      throw Problem.conflict(
          key + " 对应 " + hits.size() + " 台机器", key + " leads to " + hits.size() + " machines");
    return hits.getFirst().id();
  }

  private static void known(String kind) {
    if (kind.equals("silence"))
      throw Problem.badInput(
          "kind",
          kind,
          "还不支持只静默通知；要暂停自动修复请声明 maintenance",
          "silences are not supported yet: nothing would be silenced; a maintenance window holds repairs");
    if (!kind.equals("maintenance"))
      throw Problem.badInput("kind", kind, "只能是 maintenance", "must be maintenance");
  }

  private static Instant time(String field, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw Problem.badInput(
          field, text, "时间要写成 2026-11-22T10:00:00Z 这样", "write the time like 2026-11-22T10:00:00Z");
    }
  }
}
