package io.fettle.cmdb;

import io.fettle.kernel.Endpoint;
import io.fettle.kernel.Page;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Machines as JSON: lists, one machine, its history, any key. */
@RestController
@RequestMapping("/api/v1")
class AssetApi {
  private final Register register;
  private final Machines machines;
  private final Provenance provenance;
  private final History history;
  private final Catalogue catalogue;

  AssetApi(
      Register register,
      Machines machines,
      Provenance provenance,
      History history,
      Catalogue catalogue) {
    this.register = register;
    this.machines = machines;
    this.provenance = provenance;
    this.history = history;
    this.catalogue = catalogue;
  }

  /** A machine in a list. */
  record Item(
      String id,
      @Nullable String assetNo,
      String name,
      String type,
      String lifecycle,
      @Nullable String serial,
      @Nullable String vendor,
      @Nullable String model,
      @Nullable String hostname,
      @Nullable String address,
      @Nullable String bmcAddress,
      @Nullable String site,
      @Nullable String room,
      @Nullable String rack,
      @Nullable String u,
      @Nullable String team,
      @Nullable String service,
      @Nullable String contact,
      long version) {}

  /**
   * @param total only when asked for by {@code count=true}
   */
  record Items(List<Item> items, @Nullable String next, @Nullable Long total) {}

  /** A key's way to machines; {@code hits} are candidates when there are several. */
  record Resolved(String q, String kind, List<Hit> hits) {}

  record Hit(String id, @Nullable String assetNo, String key, String matched) {}

  @GetMapping("/resolve")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Resolved resolve(@RequestParam String q, Viewer viewer) {
    Resolution found = register.find(q, viewer);
    return new Resolved(
        found.q(),
        found.kind(),
        found.hits().stream()
            .map(h -> new Hit(h.id().toString(), h.assetNo(), h.key(), h.matched()))
            .toList());
  }

  @GetMapping("/assets")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Items list(
      @RequestParam(defaultValue = "") String filter,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(defaultValue = "100") int limit,
      @RequestParam(defaultValue = "false") boolean count,
      Viewer viewer) {
    Query query = register.query(filter);
    Page<MachineCard> page = register.list(query, viewer, cursor, limit);
    return new Items(
        page.items().stream().map(AssetApi::item).toList(),
        page.next(),
        count ? register.count(query, viewer) : null);
  }

  private static Item item(MachineCard c) {
    return new Item(
        c.id().toString(),
        c.assetNo(),
        c.name(),
        c.kind(),
        c.lifecycle(),
        c.serial(),
        c.vendor(),
        c.model(),
        c.hostname(),
        text(c.ssh(), CardTable.SSH_PORT),
        text(c.bmc(), CardTable.IPMI_PORT),
        c.site(),
        c.room(),
        c.rack(),
        c.u(),
        c.team(),
        c.service(),
        c.contact(),
        c.version());
  }

  private static @Nullable String text(@Nullable Endpoint endpoint, int usual) {
    return endpoint == null ? null : new Norm.Address(endpoint.host(), endpoint.port()).text(usual);
  }

  /** One machine; its facets as they are seen, on request with who says what. */
  @GetMapping("/assets/{key}")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  ResponseEntity<AssetAnswer> one(
      @PathVariable String key,
      @RequestParam(name = "provenance", defaultValue = "false") boolean withProvenance,
      Viewer viewer) {
    MachineDoc machine = machines.one(key, viewer);
    return ResponseEntity.ok()
        .header(HttpHeaders.ETAG, "\"" + machine.version() + "\"")
        .body(AssetAnswer.of(machine, catalogue, withProvenance ? provenance : null));
  }

  /** What changed, newest first. */
  @GetMapping("/assets/{key}/history")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Map<String, List<Map<String, @Nullable Object>>> history(
      @PathVariable String key, @RequestParam(defaultValue = "100") int limit, Viewer viewer) {
    MachineDoc machine = machines.one(key, viewer);
    return Map.of("items", history.of(machine.id(), limit).stream().map(AssetApi::entry).toList());
  }

  private static Map<String, @Nullable Object> entry(History.Entry e) {
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    out.put("at", e.at());
    out.put("facet", e.facet());
    out.put("path", e.path());
    out.put("old", e.old());
    out.put("new", e.now());
    out.put("source", e.source());
    out.put("actor", e.actor());
    out.put("reason", e.reason());
    out.put("observed_at", e.observedAt());
    return out;
  }

  /** The facets there are: labels, JSON Schema and who may say what. */
  @GetMapping("/facet-types")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Map<String, Object> facets() {
    Map<String, Object> out = new LinkedHashMap<>();
    for (Catalogue.Entry entry : catalogue.all()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("label", entry.facet().label());
      one.put("authority", entry.facet().authority());
      one.put("ttl", entry.facet().ttl());
      one.put("schema", entry.schema());
      out.put(entry.facet().name(), one);
    }
    return out;
  }
}
