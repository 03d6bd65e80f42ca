package io.fettle.cmdb;

import io.fettle.cmdb.FindTable.Row;
import io.fettle.kernel.Viewer;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.springframework.stereotype.Component;

/** From what a person holds in hand to the machine: exact first, then what begins so. */
@Component
class Finder {
  private static final int LONGEST = 255;
  private static final int SHORTEST_PREFIX = 4;
  private static final int MOST = 50;
  private final FindTable table;

  Finder(FindTable table) {
    this.table = table;
  }

  Resolution find(String text, Viewer viewer) {
    String q = text.strip();
    if (q.isEmpty() || q.length() > LONGEST || q.indexOf('\0') >= 0)
      return new Resolution(cut(q), "text", List.of());
    List<Row> rows = holders(q, viewer);
    if (rows.isEmpty() && q.length() >= SHORTEST_PREFIX)
      rows = table.starting(new Spelling().apply(q), viewer, MOST);
    return new Resolution(q, kind(q, rows), hits(rows));
  }

  /** As {@link #find}, whole keys only. */
  Resolution whole(String text, Viewer viewer) {
    String q = text.strip();
    if (q.isEmpty() || q.length() > LONGEST || q.indexOf('\0') >= 0)
      return new Resolution(cut(q), "text", List.of());
    List<Row> rows = holders(q, viewer);
    return new Resolution(q, kind(q, rows), hits(rows));
  }

  private List<Row> holders(String q, Viewer viewer) {
    List<Row> rows = narrowed(q, table.exact(wholes(q), viewer, MOST));
    return rows.isEmpty() ? byShortName(q, viewer) : rows;
  }

  private static String cut(String q) {
    return q.length() > 80 ? q.substring(0, 80) + "…" : q;
  }

  /** Every normal form a whole key could have. */
  private static List<String> wholes(String q) {
    var norms = new TreeSet<String>();
    Norm.plain(q).ifPresent(norms::add);
    Norm.mac(q).ifPresent(norms::add);
    Norm.address(q).ifPresent(norms::add);
    Norm.hostname(q).ifPresent(norms::add);
    Norm.uuid(q)
        .ifPresent(u -> {
          norms.add(u);
          norms.add(Norm.swapped(u));
        });
    return List.copyOf(norms);
  }

  /** With a port in the question, the machine that listens there is meant. */
  private static List<Row> narrowed(String q, List<Row> rows) {
    Optional<Norm.Address> asked = Norm.split(q).filter(a -> a.port() != 0);
    if (asked.isEmpty()) return rows;
    List<Row> same =
        rows.stream()
            .filter(r -> Norm.split(r.raw()).map(a -> a.port() == asked.get().port()).orElse(false))
            .toList();
    return same.isEmpty() ? rows : same;
  }

  private List<Row> byShortName(String q, Viewer viewer) {
    Optional<String> name = Norm.hostname(q).filter(h -> h.indexOf('.') > 0);
    if (name.isEmpty() || Norm.ip(q).isPresent()) return List.of();
    String first = name.get().substring(0, name.get().indexOf('.'));
    return table.exact(List.of(first), viewer, MOST).stream()
        .filter(r -> r.kind().equals("hostname") && r.raw().indexOf('.') < 0)
        .toList();
  }

  private static String kind(String q, List<Row> rows) {
    if (Norm.ip(Norm.split(q).map(Norm.Address::host).orElse(q)).isPresent()) return "ip";
    if (Norm.mac(q).isPresent()) return "mac";
    return rows.stream()
        .map(Row::kind)
        .filter(k -> List.of("asset_no", "serial", "hostname").contains(k))
        .findFirst()
        .orElse("text");
  }

  /** One hit per machine, by its strongest key. */
  private static List<Resolution.Hit> hits(List<Row> rows) {
    Map<Object, Resolution.Hit> out = new LinkedHashMap<>();
    rows.stream()
        .sorted(Comparator.comparing(Row::strength).thenComparing(Row::name))
        .forEach(r ->
            out.putIfAbsent(
                r.asset(), new Resolution.Hit(r.asset(), r.assetNo(), r.kind(), r.raw())));
    return List.copyOf(out.values());
  }
}
