package io.fettle.cmdb;

import io.fettle.cmdb.query.Expr;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Viewer;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Fettle as an asset of its own, so that a fault can be Fettle's. It is not bought and not stored:
 * no list, count or selector has it, and it has no address, so nobody can act on it. The register
 * knows it by its id.
 */
public final class Itself {
  /** Its id, in every Fettle. */
  public static final AssetId ID = AssetId.of("0f37713e-0000-7000-8000-000000000001");

  private static final String TYPE = "fettle";
  private static final String NAME = "Fettle";
  private static final String AT_WORK = "in_service";

  private Itself() {}

  /** Fettle, where a list is narrowed to it by its name and the viewer may see it. */
  public static Optional<AssetId> called(String key, Viewer viewer) {
    return key.strip().equalsIgnoreCase(TYPE) && viewer.seesAll()
        ? Optional.of(ID)
        : Optional.empty();
  }

  static MachineDoc doc() {
    var doc = Docs.object();
    doc.put("asset_no", NAME);
    doc.put("type", TYPE);
    doc.put("lifecycle", AT_WORK);
    return new MachineDoc(ID, doc, 1);
  }

  static MachineCard card() {
    return new MachineCard(
        ID, NAME, TYPE, AT_WORK, null, null, null, null, null, null, null, null, null, null, null,
        null, null, 1);
  }

  static boolean is(JsonNode doc) {
    return doc.path("type").asString("").equals(TYPE);
  }

  /** True when a query asks for Fettle itself by name: nothing wider reaches it. */
  static boolean named(Expr expr) {
    return switch (expr) {
      case Expr.And and -> and.parts().stream().anyMatch(Itself::named);
      case Expr.Compare c ->
          c.op() == Expr.Op.EQ
              && c.path().equals(List.of("type"))
              && c.literal().equals(new Expr.Literal.Text(TYPE));
      case Expr.All _, Expr.Or _, Expr.Not _, Expr.Exists _, Expr.Contains _, Expr.Word _ -> false;
    };
  }
}
