package io.fettle.cmdb;

import io.fettle.cmdb.Cells.Read;
import io.fettle.cmdb.Columns.Column;
import io.fettle.cmdb.csv.CsvReader;
import io.fettle.kernel.Label;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * A row as the register understands it.
 *
 * @param facets what it claims; only what the row says
 * @param rejections why it cannot go in; empty for a good row
 */
record IntakeRow(
    int line,
    Map<String, ObjectNode> facets,
    List<Imports.Rejection> rejections,
    List<Label> notes,
    Map<String, String> headers) {

  boolean good() {
    return rejections.isEmpty();
  }

  /** Asset number or serial as the row gives it. */
  String name() {
    String no = text(Catalogue.TOP, "asset_no");
    return no.isEmpty() ? text("register", "serial") : no;
  }

  private String text(String facet, String member) {
    ObjectNode doc = facets.get(facet);
    return doc == null ? "" : doc.path(member).asString("");
  }

  /** The row as a machine's document. */
  ObjectNode doc() {
    ObjectNode doc = Docs.object();
    facets.forEach((name, part) -> {
      if (!name.equals(Catalogue.TOP)) doc.set(name, part);
      else part.properties().forEach(e -> doc.set(e.getKey(), e.getValue()));
    });
    return doc;
  }

  /** The same row, refused. */
  IntakeRow refused(String column, String value, Label reason) {
    List<Imports.Rejection> more = new ArrayList<>(rejections);
    more.add(rejection(line, more.size() + 1, headers.getOrDefault(column, ""), value, reason));
    return new IntakeRow(line, facets, List.copyOf(more), notes, headers);
  }

  private static Imports.Rejection rejection(
      int line, int no, String header, String value, Label reason) {
    return new Imports.Rejection(line, no, header, shown(value), reason);
  }

  /** Short, on one line, and storable; pages escape it. */
  private static String shown(String value) {
    StringBuilder out = new StringBuilder();
    value
        .codePoints()
        .limit(200)
        .map(c -> Character.isISOControl(c) || (c >= 0xd800 && c <= 0xdfff) ? '\ufffd' : c)
        .forEach(out::appendCodePoint);
    return value.length() > out.length() ? out + "…" : out.toString();
  }

  /** Collects the cells of one row. */
  static final class Builder {
    private static final int MOST = 20;
    private final int line;
    private final Map<String, ObjectNode> facets = new LinkedHashMap<>();
    private final List<Imports.Rejection> rejections = new ArrayList<>();
    private final List<Label> notes = new ArrayList<>();
    private final Map<String, String> headers = new LinkedHashMap<>();

    Builder(int line) {
      this.line = line;
    }

    void refuse(String header, String value, Label reason) {
      if (rejections.size() < MOST)
        rejections.add(rejection(line, rejections.size() + 1, header, value, reason));
    }

    void take(Column column, String header, CsvReader.Cell cell) {
      headers.put(column.id(), header);
      Read read = Cells.read(column, cell);
      switch (read) {
        case Read.Empty _ -> {}
        case Read.Wrong w -> refuse(header, cell.text(), w.why());
        case Read.Ignored i ->
            notes.add(
                new Label(
                    header + "“" + shown(cell.text()) + "”：" + i.why().zh(),
                    header + " '" + shown(cell.text()) + "': " + i.why().en()));
        case Read.Value v -> plant(column, v);
        case Read.Values v -> several(column, header, cell, v);
      }
    }

    private void several(Column column, String header, CsvReader.Cell cell, Read.Values values) {
      if (column.reading() != Columns.Reading.ADDRESS) {
        plant(column, values);
        return;
      }
      plant(column, new Read.Value(values.texts().getFirst()));
      if (values.texts().size() == 1) return;
      if (!column.id().equals("address")) {
        refuse(header, cell.text(), new Label("只能填一个地址", "one address only"));
        return;
      }
      List<String> ips =
          values.texts().stream()
              .flatMap(t -> Norm.address(t).stream())
              .filter(a -> Norm.ip(a).isPresent())
              .toList();
      Cells.plant(facet("net"), "ips", new Read.Values(ips));
    }

    private void plant(Column column, Read read) {
      int dot = column.to().indexOf('.');
      Cells.plant(facet(column.to().substring(0, dot)), column.to().substring(dot + 1), read);
    }

    private ObjectNode facet(String name) {
      return facets.computeIfAbsent(name, _ -> Docs.object());
    }

    IntakeRow build() {
      IntakeRow row =
          new IntakeRow(
              line, facets, List.copyOf(rejections), List.copyOf(notes), Map.copyOf(headers));
      if (!row.good() || !row.name().isEmpty()) return row;
      return row.refused(
          "",
          "",
          new Label(
              "没有资产号，也没有可用的序列号，至少需要其一",
              "neither an asset number nor a usable serial number; one is needed"));
    }
  }
}
