package io.fettle.console;

import io.fettle.cmdb.Itself;
import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.Register;
import io.fettle.cmdb.Resolution;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Viewer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The machines that a key in a filter may mean.
 *
 * @param cards empty when no machine was asked for
 */
public record Candidates(List<MachineCard> cards) {
  public Candidates {
    cards = List.copyOf(cards);
  }

  /**
   * @throws Problem 404 when nobody holds the key
   */
  static Candidates of(@Nullable String key, Register register, Viewer viewer) {
    if (key == null) return new Candidates(List.of());
    List<AssetId> ids = ids(key, register, viewer);
    if (ids.isEmpty()) throw Problem.notFound("machine", key);
    var cards = register.cards(ids);
    return new Candidates(
        ids.stream().flatMap(id -> Optional.ofNullable(cards.get(id)).stream()).toList());
  }

  private static List<AssetId> ids(String key, Register register, Viewer viewer) {
    Optional<AssetId> id = id(key).filter(one -> register.visible(one, viewer));
    if (id.isPresent()) return List.of(id.get());
    List<AssetId> found =
        register.find(key, viewer).hits().stream().map(Resolution.Hit::id).distinct().toList();
    return found.isEmpty() ? Itself.called(key, viewer).stream().toList() : found;
  }

  private static Optional<AssetId> id(String key) {
    try {
      return key.length() == 36 ? Optional.of(AssetId.of(key)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** True when a person has to choose. */
  public boolean several() {
    return cards.size() > 1;
  }

  @Nullable AssetId only() {
    return cards.size() == 1 ? cards.getFirst().id() : null;
  }
}
