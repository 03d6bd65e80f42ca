package io.fettle.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Holds CONFIRMED faults whose reason to be held came after their confirmation, so that the hold is
 * seen.
 */
@Component
class Holding {
  private static final int MOST = 500;

  private final FaultTable faults;
  private final StormTable storms;
  private final Suppression suppression;
  private final Edges edges;
  private final FaultBook book;

  Holding(
      FaultTable faults, StormTable storms, Suppression suppression, Edges edges, FaultBook book) {
    this.faults = faults;
    this.storms = storms;
    this.suppression = suppression;
    this.edges = edges;
    this.book = book;
  }

  void pass() {
    hold(storms.confirmedUnder(MOST), fault -> Suppression.STORM);
    List<Fault> confirmed = faults.inState(FaultState.CONFIRMED, null, MOST);
    hold(confirmed, suppression.of(confirmed)::get);
  }

  private void hold(List<Fault> faults, Function<FaultId, @Nullable String> reason) {
    List<Step> holds = new ArrayList<>();
    for (Fault fault : faults) {
      String why = reason.apply(fault.id());
      if (why != null) holds.add(edges.hold(fault, why));
    }
    book.take(holds);
  }
}
