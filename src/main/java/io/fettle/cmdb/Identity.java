package io.fettle.cmdb;

import io.fettle.cmdb.facet.KeyKind;
import io.fettle.kernel.AssetId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which machine is meant by these keys: certain, nobody, or a conflict. Never guesses. Pure; the
 * caller reads the holders and, afterwards, lets the unique index judge.
 */
final class Identity {
  private static final Set<KeyKind> SINGLE =
      EnumSet.of(KeyKind.ASSET_NO, KeyKind.SERIAL, KeyKind.UUID);

  private Identity() {}

  /** What was found, and how it was found. */
  sealed interface Found {
    /** Which key, which class, which candidates: one line per step. */
    List<String> explain();

    record Match(AssetId asset, List<String> explain) implements Found {}

    record Nobody(List<String> explain) implements Found {}

    /**
     * @param type contradiction or ambiguous
     * @param mine the key that led to a candidate
     * @param theirs what speaks against it
     */
    record Conflict(
        String type, Set<AssetId> candidates, Key mine, Key theirs, List<String> explain)
        implements Found {}
  }

  /** A key held by a machine. */
  record Held(AssetId asset, Key key) {}

  /**
   * Matches class by class, strongest first.
   *
   * @param shown keys presented, junk already dropped
   * @param held live keys of every machine that holds any of them, all of each machine's
   */
  static Found match(List<Key> shown, List<Held> held) {
    List<String> explain = new ArrayList<>();
    for (int strength = 0; strength <= 2; strength++) {
      Map<AssetId, Key> candidates = candidates(shown, held, strength);
      if (candidates.isEmpty()) {
        explain.add("S" + strength + ": nobody");
        continue;
      }
      explain.add("S" + strength + ": " + candidates);
      if (candidates.size() > 1) return narrowed(shown, held, candidates, explain);
      var one = candidates.entrySet().iterator().next();
      return judged(shown, held, one.getKey(), one.getValue(), explain);
    }
    return new Found.Nobody(explain);
  }

  private static Map<AssetId, Key> candidates(List<Key> shown, List<Held> held, int strength) {
    Map<AssetId, Key> out = new TreeMap<>(Comparator.comparing(AssetId::value));
    for (Key key : shown) {
      if (key.kind().strength() != strength || madeUp(key)) continue;
      for (Held h : held) if (h.key().mayBe(key)) out.putIfAbsent(h.asset(), key);
    }
    return out;
  }

  private static boolean madeUp(Key key) {
    return (key.kind() == KeyKind.MAC || key.kind() == KeyKind.BMC_MAC) && Junk.madeUp(key.norm());
  }

  /** Several hold a key of one class: all other keys together must leave exactly one. */
  private static Found narrowed(
      List<Key> shown, List<Held> held, Map<AssetId, Key> candidates, List<String> explain) {
    Set<AssetId> left = new TreeSet<>(Comparator.comparing(AssetId::value));
    left.addAll(candidates.keySet());
    Key first = candidates.values().iterator().next();
    for (Key key : shown) {
      Set<AssetId> holders = new TreeSet<>(Comparator.comparing(AssetId::value));
      held.stream().filter(h -> h.key().mayBe(key)).map(Held::asset).forEach(holders::add);
      holders.retainAll(left);
      if (!holders.isEmpty() && holders.size() < left.size()) {
        left = holders;
        explain.add("narrowed by " + key + ": " + left);
      }
    }
    if (left.size() == 1) {
      AssetId one = left.iterator().next();
      return judged(shown, held, one, candidates.getOrDefault(one, first), explain);
    }
    return new Found.Conflict("ambiguous", left, first, first, explain);
  }

  /** A candidate is refused when it holds another number or serial than the one presented. */
  private static Found judged(
      List<Key> shown, List<Held> held, AssetId candidate, Key by, List<String> explain) {
    for (Key key : shown) {
      if (!SINGLE.contains(key.kind())) continue;
      if (key.kind() == KeyKind.UUID && by.kind().strength() < 2) continue;
      List<Key> own =
          held.stream()
              .filter(h -> h.asset().equals(candidate) && h.key().kind() == key.kind())
              .map(Held::key)
              .toList();
      if (own.isEmpty() || own.stream().anyMatch(k -> k.norm().equals(key.norm()))) continue;
      explain.add("contradicted: it holds " + own.getFirst() + ", not " + key);
      return new Found.Conflict("contradiction", Set.of(candidate), by, own.getFirst(), explain);
    }
    // The number is one machine's and the serial another's: neither may swallow the other.
    for (Key key : shown) {
      if (!SINGLE.contains(key.kind()) || holds(held, candidate, key)) continue;
      for (Held h : held) {
        if (h.asset().equals(candidate) || !h.key().mayBe(key)) continue;
        explain.add("contradicted: " + h.asset() + " holds " + h.key());
        return new Found.Conflict(
            "contradiction", Set.of(candidate, h.asset()), by, h.key(), explain);
      }
    }
    explain.add("matched by " + by);
    return new Found.Match(candidate, explain);
  }

  private static boolean holds(List<Held> held, AssetId asset, Key key) {
    return held.stream().anyMatch(h -> h.asset().equals(asset) && h.key().mayBe(key));
  }
}
