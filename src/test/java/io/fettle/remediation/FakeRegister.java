package io.fettle.remediation;

import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.MachineDoc;
import io.fettle.cmdb.Query;
import io.fettle.cmdb.Register;
import io.fettle.cmdb.Resolution;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Viewer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A register in memory; queries are {@code path == 'value'} or {@code path != null}, joined by and.
 */
public final class FakeRegister implements Register {
  private final Map<AssetId, MachineDoc> machines = new ConcurrentHashMap<>();

  /** Adds a machine in this rack that shall have this mode. */
  public AssetId add(String assetNo, String rack, String mode) {
    AssetId id = new AssetId(UUID.randomUUID());
    ObjectNode doc = JsonMapper.shared().createObjectNode();
    doc.put("asset_no", assetNo).put("type", "server");
    doc.putObject("placement").put("site", "SH1").put("room", "1").put("rack", rack);
    doc.putObject("ownership").put("team", "team-a");
    doc.putObject("intent").putObject("bmc").put("nic_mode", mode);
    machines.put(id, new MachineDoc(id, doc, 1));
    return id;
  }

  /** Declares another mode: the register moved. */
  public void declare(AssetId id, String mode) {
    MachineDoc old = machine(id).orElseThrow();
    ObjectNode doc = ((ObjectNode) old.doc()).deepCopy();
    ((ObjectNode) doc.at("/intent/bmc")).put("nic_mode", mode);
    machines.put(id, new MachineDoc(id, doc, old.version() + 1));
  }

  @Override
  public Optional<MachineCard> card(AssetId id) {
    return machine(id).map(FakeRegister::card);
  }

  private static MachineCard card(MachineDoc m) {
    return new MachineCard(
        m.id(),
        m.text("asset_no").orElse(null),
        "server",
        "in_service",
        null,
        "Dell",
        "R720",
        null,
        null,
        null,
        "SH1",
        "1",
        m.text("placement.rack").orElse(null),
        "12",
        "team-a",
        null,
        null,
        m.version());
  }

  @Override
  public Map<AssetId, MachineCard> cards(Collection<AssetId> ids) {
    Map<AssetId, MachineCard> cards = new LinkedHashMap<>();
    ids.forEach(id -> card(id).ifPresent(c -> cards.put(id, c)));
    return cards;
  }

  @Override
  public Optional<MachineDoc> machine(AssetId id) {
    return Optional.ofNullable(machines.get(id));
  }

  @Override
  public Map<AssetId, MachineDoc> machines(Collection<AssetId> ids) {
    Map<AssetId, MachineDoc> docs = new LinkedHashMap<>();
    ids.forEach(id -> machine(id).ifPresent(d -> docs.put(id, d)));
    return docs;
  }

  @Override
  public boolean visible(AssetId id, Viewer viewer) {
    return machines.containsKey(id) && (viewer.seesAll() || viewer.teams().contains("team-a"));
  }

  @Override
  public Resolution find(String key, Viewer viewer) {
    return new Resolution(key, "text", List.of());
  }

  @Override
  public Query query(String text) {
    for (String part : parts(text))
      if (!part.matches("true|[a-z_.]+ (== '[^']*'|!= null)"))
        throw Problem.badInput("q", text, "第 1 列：看不懂 " + part, "column 1: cannot read " + part);
    return new Parts(text);
  }

  private static List<String> parts(String text) {
    return List.of(text.replace("(", "").replace(")", "").split(" and "));
  }

  private record Parts(String text) implements Query {
    @Override
    public boolean unbounded() {
      return text.isBlank() || "true".equals(text);
    }

    @Override
    public boolean matches(JsonNode doc) {
      return parts(text).stream().allMatch(part -> holds(part, doc));
    }

    private static boolean holds(String part, JsonNode doc) {
      if ("true".equals(part)) return true;
      String[] words = part.split(" (==|!=) ");
      JsonNode value = doc.at("/" + words[0].replace('.', '/'));
      if (part.endsWith("!= null")) return !value.isMissingNode() && !value.isNull();
      return value.asString("").equals(words[1].replace("'", ""));
    }
  }

  @Override
  public Page<MachineCard> list(Query query, Viewer viewer, @Nullable String cursor, int limit) {
    return new Page<>(
        ids(query, null, limit).stream().flatMap(id -> card(id).stream()).toList(), null);
  }

  @Override
  public long count(Query query, Viewer viewer) {
    return ids(query, null, Integer.MAX_VALUE).size();
  }

  @Override
  public Set<AssetId> matching(Query query, Collection<AssetId> ids) {
    return machines(ids).values().stream()
        .filter(m -> query.matches(m.doc()))
        .map(MachineDoc::id)
        .collect(Collectors.toSet());
  }

  @Override
  public List<AssetId> ids(Query query, @Nullable AssetId after, int limit) {
    return machines.values().stream()
        .filter(m -> query.matches(m.doc()))
        .map(MachineDoc::id)
        .limit(limit)
        .toList();
  }

  @Override
  public Feed changesAfter(long feedNo, int limit) {
    return new Feed(feedNo, List.of());
  }

  @Override
  public long feedEnd() {
    return 0;
  }
}
