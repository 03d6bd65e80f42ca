package io.fettle.cmdb;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Viewer;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The one machine that a key in an address means. */
@Component
class Machines {
  private final Register register;
  private final Finder finder;

  Machines(Register register, Finder finder) {
    this.register = register;
    this.finder = finder;
  }

  /**
   * By id or by any whole key.
   *
   * @throws Problem 404 for nobody's key and for another team's, 409 when several machines hold it
   */
  MachineDoc one(String key, Viewer viewer) {
    return id(key)
        .filter(id -> register.visible(id, viewer))
        .or(() -> only(key, viewer))
        .flatMap(register::machine)
        .orElseThrow(() -> Problem.notFound("machine", shown(key)));
  }

  private static Optional<AssetId> id(String key) {
    try {
      return key.length() == 36 ? Optional.of(AssetId.of(key)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Optional<AssetId> only(String key, Viewer viewer) {
    List<Resolution.Hit> hits = finder.whole(key, viewer).hits();
    if (hits.size() <= 1) return hits.stream().map(Resolution.Hit::id).findFirst();
    String who = String.join(", ", hits.stream().map(h -> name(h)).limit(10).toList());
    throw Problem.conflict(
        "有多台机器符合 " + shown(key) + "：" + who, "several machines hold " + shown(key) + ": " + who);
  }

  private static String name(Resolution.Hit hit) {
    return hit.assetNo() == null ? hit.id().toString() : hit.assetNo();
  }

  private static String shown(String key) {
    return key.length() > 80 ? key.substring(0, 80) + "…" : key;
  }
}
