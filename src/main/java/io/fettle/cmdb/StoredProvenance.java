package io.fettle.cmdb;

import io.fettle.cmdb.Reconciliation.Leaf;
import io.fettle.cmdb.Reconciliation.Word;
import io.fettle.kernel.AssetId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Tells the provenance from the claims themselves, so that it is never out of step with them. */
@Component
class StoredProvenance implements Provenance {
  private final ClaimTable claims;
  private final Catalogue catalogue;
  private final Clock clock;

  StoredProvenance(ClaimTable claims, Catalogue catalogue, Clock clock) {
    this.claims = claims;
    this.catalogue = catalogue;
    this.clock = clock;
  }

  @Override
  public List<Witness> of(AssetId machine) {
    Instant now = clock.instant();
    List<String> names = catalogue.all().stream().map(e -> e.facet().name()).toList();
    Map<String, List<ClaimTable.Row>> byFacet =
        claims.read(List.of(machine), names).stream()
            .collect(Collectors.groupingBy(ClaimTable.Row::facet));
    List<Witness> out = new ArrayList<>();
    for (Catalogue.Entry entry : catalogue.all()) {
      var said =
          byFacet.getOrDefault(entry.facet().name(), List.of()).stream()
              .map(ClaimTable.Row::said)
              .toList();
      for (Leaf leaf : Reconciliation.leaves(entry, said, now))
        if (leaf.winner().tier() >= 0) out.add(witness(entry, leaf));
    }
    return out;
  }

  private Witness witness(Catalogue.Entry entry, Leaf leaf) {
    Word winner = leaf.winner();
    String facet = entry.facet().name();
    List<Other> others =
        leaf.words().stream()
            .skip(1)
            .map(w ->
                new Other(
                    w.value(),
                    w.said().source(),
                    w.said().observedAt(),
                    w.said().confirmedAt(),
                    age(w),
                    !w.value().equals(winner.value())))
            .toList();
    return new Witness(
        facet,
        leaf.pointer().substring(1).replace('/', '.'),
        entry.facet().label(),
        catalogue.label(facet, leaf.pointer()),
        winner.value(),
        winner.said().source(),
        winner.said().observedAt(),
        winner.said().confirmedAt(),
        age(winner),
        others);
  }

  private static Age age(Word word) {
    return word.fresh() ? Age.FRESH : Age.STALE;
  }
}
