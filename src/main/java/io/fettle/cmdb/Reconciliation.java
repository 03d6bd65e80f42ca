package io.fettle.cmdb;

import io.fettle.cmdb.Claims.Source;
import io.fettle.cmdb.Claims.Source.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Computes what is seen of a facet from everything that is said of it. Pure; losers are kept. */
final class Reconciliation {
  private Reconciliation() {}

  /** One source's word on one facet of one machine. */
  record Said(Source source, JsonNode doc, Instant observedAt, Instant confirmedAt) {}

  /**
   * One source's word on one leaf.
   *
   * @param place among the types of its tier, as the authority names them
   */
  record Word(Said said, JsonNode value, int tier, int place, boolean fresh) {}

  /**
   * A leaf with its winner and everybody else who spoke of it.
   *
   * @param words winner first, then in order of weight
   */
  record Leaf(String pointer, List<Word> words) {
    Word winner() {
      return words.getFirst();
    }
  }

  /**
   * A facet as it is seen.
   *
   * @param staleAt when the next winner loses its freshness; null when none ever does
   */
  record Seen(ObjectNode doc, @Nullable Instant staleAt) {}

  /** What is seen of a facet now. */
  static Seen resolve(Catalogue.Entry facet, List<Said> all, Instant now) {
    SortedMap<String, JsonNode> values = new TreeMap<>();
    Instant staleAt = null;
    for (Leaf leaf : leaves(facet, all, now)) {
      if (leaf.winner().tier() < 0) continue;
      values.put(leaf.pointer(), leaf.winner().value());
      Optional<Instant> end = end(facet, leaf).filter(e -> e.isAfter(now));
      if (end.isPresent() && (staleAt == null || end.get().isBefore(staleAt))) staleAt = end.get();
    }
    return new Seen(Docs.tree(values, facet.named()), staleAt);
  }

  private static Optional<Instant> end(Catalogue.Entry facet, Leaf leaf) {
    Word winner = leaf.winner();
    Duration ttl = facet.authority(leaf.pointer()).ttl().get(winner.said().source().type());
    return ttl == null ? Optional.empty() : Optional.of(winner.said().confirmedAt().plus(ttl));
  }

  /** Every leaf anybody spoke of; a winner of tier -1 means that nobody may say it. */
  static List<Leaf> leaves(Catalogue.Entry facet, List<Said> all, Instant now) {
    SortedMap<String, List<Word>> words = new TreeMap<>();
    for (Said said : all) {
      Docs.leaves(said.doc(), facet.named())
          .forEach((pointer, value) ->
              words
                  .computeIfAbsent(pointer, _ -> new ArrayList<>())
                  .add(word(facet, pointer, said, value, now)));
    }
    List<Leaf> out = new ArrayList<>();
    words.forEach((pointer, list) -> {
      list.sort(WEIGHT);
      out.add(new Leaf(pointer, List.copyOf(list)));
    });
    return out;
  }

  private static Word word(
      Catalogue.Entry facet, String pointer, Said said, JsonNode value, Instant now) {
    Authority authority = facet.authority(pointer);
    Type type = said.source().type();
    Duration ttl = authority.ttl().get(type);
    boolean fresh = ttl == null || said.confirmedAt().plus(ttl).isAfter(now);
    int tier = authority.tier(type);
    int place = tier < 0 ? 0 : authority.tiers().get(tier).indexOf(type);
    return new Word(said, value, tier, place, fresh);
  }

  /**
   * Allowed before not; fresh before stale; among the fresh the strongest tier, then the newest;
   * among the stale the one last confirmed. Declared intents of one tier go by their names, so that
   * the order of files decides and not the moment somebody saved them.
   */
  private static final Comparator<Word> WEIGHT =
      Comparator.comparing((Word w) -> w.tier() < 0)
          .thenComparing(w -> !w.fresh())
          .thenComparing(w -> w.fresh() ? w.tier() : 0)
          .thenComparing(Reconciliation::time, Comparator.reverseOrder())
          .thenComparing(Word::place)
          .thenComparing(w -> w.said().source().name(), Comparator.reverseOrder());

  private static Instant time(Word w) {
    if (w.said().source().type() == Type.INTENT) return Instant.EPOCH;
    return w.fresh() ? w.said().observedAt() : w.said().confirmedAt();
  }
}
