package io.fettle.fault;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The graph of a fault as a mermaid diagram, for the documentation. */
public final class GraphDrawing {
  private GraphDrawing() {}

  /** One arrow per pair of states, with the numbers of its edges. */
  public static String mermaid() {
    Map<List<String>, TreeSet<Integer>> arrows = new LinkedHashMap<>();
    for (FaultGraph.Move move : FaultGraph.MOVES)
      arrows
          .computeIfAbsent(List.of(name(move.from()), name(move.to())), _ -> new TreeSet<>())
          .add(Integer.valueOf(move.edge().name().substring(1)));
    StringBuilder text = new StringBuilder("```mermaid\nstateDiagram-v2\n");
    arrows.forEach((ends, edges) ->
        text.append(
            "  %s --> %s: %s\n"
                .formatted(
                    ends.getFirst(),
                    ends.getLast(),
                    String.join(", ", edges.stream().map(String::valueOf).toList()))));
    return text.append("```\n").toString();
  }

  private static String name(@org.jspecify.annotations.Nullable FaultState state) {
    return state == null ? "[*]" : state.name();
  }
}
