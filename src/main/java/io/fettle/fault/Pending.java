package io.fettle.fault;

import io.fettle.fault.Standing.BindingKey;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.Observation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one batch changes, beside the findings in memory until its transaction has committed. Not
 * thread-safe.
 */
final class Pending {
  private final Findings findings;
  private final Map<BindingKey, Finding> changed = new LinkedHashMap<>();
  private final Map<BindingKey, Observation> newestBad = new HashMap<>();
  private final Map<BindingKey, Long> healthy = new HashMap<>();
  private final Set<BindingKey> withdrawn = new HashSet<>();
  private final Set<BindingKey> settled = new HashSet<>();
  private final List<BindingKey> lookAgain = new ArrayList<>();

  Pending(Findings findings) {
    this.findings = findings;
  }

  @Nullable Finding get(BindingKey key) {
    Finding here = changed.get(key);
    return here == null ? findings.get(key) : here;
  }

  /** Findings of one check on one machine as they will be. */
  Map<String, Finding> of(AssetId machine, String check) {
    Map<String, Finding> known = findings.of(machine, check);
    if (changed.isEmpty()) return known;
    Map<String, Finding> all = new HashMap<>(known);
    changed.forEach((key, finding) -> {
      if (key.machine().equals(machine) && key.check().equals(check))
        all.put(key.component(), finding);
    });
    return all;
  }

  void healthy(BindingKey key, long slot) {
    healthy.merge(key, slot, Math::max);
  }

  void touch(BindingKey key, Finding finding, Observation observation) {
    keep(key, finding);
    if (observation.reading().verdict() != Verdict.BAD) return;
    newestBad.merge(key, observation, (a, b) -> Slot.of(b) >= Slot.of(a) ? b : a);
  }

  void keep(BindingKey key, Finding finding) {
    changed.put(key, finding);
    withdrawn.remove(key);
  }

  void withdraw(BindingKey key, Finding finding) {
    changed.put(key, finding);
    withdrawn.add(key);
  }

  /** The binding is healthy again and its finding not needed any more. */
  void settled(BindingKey key) {
    settled.add(key);
  }

  void lookAgain(BindingKey key) {
    lookAgain.add(key);
  }

  Optional<Observation> newestBad(BindingKey key) {
    return Optional.ofNullable(newestBad.get(key));
  }

  boolean isWithdrawn(BindingKey key) {
    return withdrawn.contains(key);
  }

  List<BindingKey> keys() {
    return List.copyOf(changed.keySet());
  }

  List<BindingKey> lookAgain() {
    return lookAgain;
  }

  boolean isEmpty() {
    return changed.isEmpty();
  }

  /** After the commit: memory follows the database. */
  void commit() {
    healthy.forEach(findings::healthy);
    changed.forEach((key, finding) -> {
      findings.put(key, finding);
      if (settled.contains(key)) findings.remove(key);
    });
  }
}
