package io.fettle.cmdb;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.fettle.cmdb.query.Expr;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads intent documents and finds every mistake in them, with line and column. */
@Component
class IntentText {
  static final int LONGEST = 1 << 20;
  private final Schema schema = schema();
  private final Catalogue catalogue;
  private final StoredRegister register;

  IntentText(Catalogue catalogue, StoredRegister register) {
    this.catalogue = catalogue;
    this.register = register;
  }

  /**
   * A good document.
   *
   * @param set the intent facet's document
   */
  record Good(String name, ParsedQuery query, ObjectNode set, String text) {}

  /** A mistake. */
  record Fault(int line, int column, Label why) {}

  /** Good documents only when there is no fault. */
  record Read(List<Good> documents, List<Fault> faults) {}

  /**
   * @param name name of the text; its second document is {@code name#2}
   */
  Read read(String name, String text) {
    if (text.length() > LONGEST)
      return new Read(List.of(), List.of(fault(1, 1, "超过 1 MB", "longer than 1 MB")));
    if (text.indexOf('\0') >= 0)
      return new Read(List.of(), List.of(fault(1, 1, "含 NUL 字符", "holds a NUL character")));
    List<Good> good = new ArrayList<>();
    List<Fault> faults = new ArrayList<>();
    try {
      List<YamlTree> trees = YamlTree.read(text);
      for (int i = 0; i < trees.size(); i++)
        one(i == 0 ? name : name + "#" + (i + 1), trees.get(i), good, faults);
      if (trees.isEmpty()) faults.add(fault(1, 1, "没有内容", "nothing in it"));
    } catch (YamlTree.Unreadable e) {
      String why = cut(String.valueOf(e.getMessage()));
      faults.add(
          fault(
              e.place().line(), e.place().column(), "不是有效的 YAML：" + why, "not valid YAML: " + why));
    }
    return new Read(faults.isEmpty() ? good : List.of(), faults);
  }

  private void one(String name, YamlTree tree, List<Good> good, List<Fault> faults) {
    int before = faults.size();
    judge(schema, tree, "", tree.json(), faults);
    if (faults.size() > before) return;
    ObjectNode set = (ObjectNode) tree.json().path("set");
    Schema facet = catalogue.facet("intent").orElseThrow().judge().schema();
    judge(facet, tree, "/set", set, faults);
    var query = query(tree, faults);
    if (faults.size() > before || query == null) return;
    good.add(new Good(name, query, set, tree.json().toString()));
  }

  private static void judge(
      Schema schema, YamlTree tree, String under, JsonNode doc, List<Fault> faults) {
    List<Error> english = FacetSchema.faults(schema, doc, Locale.ENGLISH);
    if (english.isEmpty()) return;
    List<Error> chinese = FacetSchema.faults(schema, doc, Locale.SIMPLIFIED_CHINESE);
    for (int i = 0; i < english.size(); i++) {
      Error error = english.get(i);
      String at = under + error.getInstanceLocation();
      String member = error.getProperty();
      var place = tree.place(member == null ? at : at + "/" + member);
      String where = at.isEmpty() ? "" : at + ": ";
      faults.add(
          fault(
              place.line(),
              place.column(),
              where + cut(String.valueOf(chinese.get(i).getMessage())),
              where + cut(String.valueOf(error.getMessage()))));
    }
  }

  /** The machines meant; null after noting what is wrong with the query. */
  private @Nullable ParsedQuery query(YamlTree tree, List<Fault> faults) {
    String text = tree.json().path("for").asString("");
    var place = tree.place("/for");
    try {
      ParsedQuery query = register.parsed(text);
      if (query.unbounded())
        faults.add(
            fault(
                place.line(),
                place.column(),
                "for 没有限定任何机器，请写出条件",
                "'for' narrows nothing; name a condition"));
      else if (looksAtIntent(query.expr()))
        faults.add(
            fault(
                place.line(),
                place.column(),
                "for 不能引用 intent：期望不能由期望决定",
                "'for' may not look at intent: what should be cannot depend on itself"));
      else return query;
    } catch (Problem e) {
      faults.add(fault(place.line(), place.column(), e.title().zh(), e.title().en()));
    }
    return null;
  }

  private static boolean looksAtIntent(Expr expr) {
    return switch (expr) {
      case Expr.And and -> and.parts().stream().anyMatch(IntentText::looksAtIntent);
      case Expr.Or or -> or.parts().stream().anyMatch(IntentText::looksAtIntent);
      case Expr.Not not -> looksAtIntent(not.part());
      case Expr.Exists e -> e.path().getFirst().equals("intent");
      case Expr.Compare c -> c.path().getFirst().equals("intent");
      case Expr.Contains c -> c.path().getFirst().equals("intent");
      case Expr.All _, Expr.Word _ -> false;
    };
  }

  private static Fault fault(int line, int column, String zh, String en) {
    return new Fault(line, column, new Label(zh, en));
  }

  private static String cut(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() > 300 ? line.substring(0, 300) + "…" : line;
  }

  private static Schema schema() {
    try (InputStream in =
        Objects.requireNonNull(
            IntentText.class.getResourceAsStream("/schema/intent.schema.json"))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(text, InputFormat.JSON);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
