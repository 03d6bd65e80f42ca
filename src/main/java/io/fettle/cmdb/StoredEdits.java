package io.fettle.cmdb;

import io.fettle.audit.Audit;
import io.fettle.cmdb.Claims.Source;
import io.fettle.cmdb.Ledger.Mode;
import io.fettle.cmdb.Ledger.Put;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes a person's word as the source {@code manual}, with its audit row in one transaction. */
@Component
class StoredEdits implements Edits {
  private static final Source SOURCE = new Source("manual", Source.Type.MANUAL);
  private static final int LONGEST_REASON = 500;
  private final Ledger ledger;
  private final ClaimTable table;
  private final AssetTable assets;
  private final StoredClaims claims;
  private final StoredRegister register;
  private final Catalogue catalogue;
  private final Audit audit;
  private final Clock clock;

  StoredEdits(
      Ledger ledger,
      ClaimTable table,
      AssetTable assets,
      StoredClaims claims,
      StoredRegister register,
      Catalogue catalogue,
      Audit audit,
      Clock clock) {
    this.ledger = ledger;
    this.table = table;
    this.assets = assets;
    this.claims = claims;
    this.register = register;
    this.catalogue = catalogue;
    this.audit = audit;
    this.clock = clock;
  }

  @Override
  public MachineDoc edit(
      AssetId machine, String facet, JsonNode patch, String reason, long version, Actor actor) {
    Catalogue.Entry entry =
        catalogue.facet(facet).orElseThrow(() -> Problem.notFound("facet", facet));
    allowed(entry, patch);
    return write(machine, facet, (ObjectNode) patch, reason(reason), version, actor);
  }

  @Override
  public MachineDoc retire(AssetId machine, String reason, Actor actor) {
    MachineDoc now = machine(machine);
    if (now.text("lifecycle").orElse("").equals("retired")) return now;
    ObjectNode patch = Docs.object().put("lifecycle", "retired");
    return write(machine, Catalogue.TOP, patch, reason(reason), now.version(), actor);
  }

  private MachineDoc machine(AssetId machine) {
    return register
        .machine(machine)
        .orElseThrow(() -> Problem.notFound("machine", machine.toString()));
  }

  private static String reason(String reason) {
    String text = reason.strip();
    if (text.isEmpty() || text.length() > LONGEST_REASON)
      throw Problem.badInput(
          "reason",
          text.length() > 80 ? text.substring(0, 80) : text,
          "请写明原因，最多 500 个字符",
          "give a reason of at most 500 characters");
    return text;
  }

  private static void allowed(Catalogue.Entry entry, JsonNode patch) {
    if (!patch.isObject() || patch.isEmpty())
      throw Problem.badInput(
          "body", "", "请求正文应为非空的 JSON 对象", "the body is a JSON object that is not empty");
    for (String pointer : Docs.leaves(patch, entry.named()).keySet())
      if (entry.authority(pointer).tier(Source.Type.MANUAL) < 0)
        throw Problem.badInput(pointer, "", "这一项不接受人工填写", "a person's word is not taken for this");
  }

  private MachineDoc write(
      AssetId machine, String facet, ObjectNode patch, String reason, long version, Actor actor) {
    int source = claims.source(SOURCE);
    claims.retried(() -> {
      AssetTable.Row row = assets.lock(List.of(machine)).get(machine);
      if (row == null) throw Problem.notFound("machine", machine.toString());
      if (row.version() != version) throw changed(row.version(), version);
      Instant now = Sql.micros(clock.instant());
      ObjectNode doc = patched(said(machine, facet, source), patch);
      List<String> faults = catalogue.facet(facet).orElseThrow().judge().faults(doc);
      if (!faults.isEmpty())
        throw Problem.badInput(
            facet, "", "值不符合要求：" + faults.getFirst(), "not acceptable: " + faults.getFirst());
      Mode mode = doc.isEmpty() ? Mode.WITHDRAW : Mode.REPLACE;
      Put put = new Put(machine, false, SOURCE, source, Map.of(facet, doc), mode, now);
      ledger.write(List.of(put), actor, reason, now);
      audit.record(
          actor, "machine.edited", "machine:" + machine, reason, Map.of(facet, patch.toString()));
      return machine;
    });
    return machine(machine);
  }

  private static Problem changed(long is, long sent) {
    return new Problem(
        412,
        "precondition-failed",
        new Label(
            "这台机器已被他人修改（当前版本 " + is + "，你看到的是 " + sent + "），请刷新后重试",
            "the machine changed since you read it (version is " + is + ", you sent " + sent + ")"),
        List.of());
  }

  private JsonNode said(AssetId machine, String facet, int source) {
    return table.read(List.of(machine), List.of(facet)).stream()
        .filter(r -> r.sourceId() == source)
        .map(r -> r.said().doc())
        .findFirst()
        .orElseGet(Docs::object);
  }

  /** Merge patch: null takes a member away. */
  private static ObjectNode patched(JsonNode base, JsonNode patch) {
    ObjectNode out = base instanceof ObjectNode o ? o.deepCopy() : Docs.object();
    patch
        .properties()
        .forEach(e -> {
          JsonNode value = e.getValue();
          if (value.isNull()) out.remove(e.getKey());
          else if (value.isObject()) out.set(e.getKey(), patched(out.path(e.getKey()), value));
          else out.set(e.getKey(), value);
        });
    return out;
  }
}
