package io.fettle.remediation;

import io.fettle.cmdb.MachineDoc;
import io.fettle.fault.Fault;
import io.fettle.kernel.Label;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Everything a decision about one fault is made from, gathered beforehand so that the decision
 * itself is a pure function.
 *
 * @param owners policies whose class and selector fit the machine
 * @param position runs that this fault has had: the place on the ladder
 * @param suppressed why the fault room holds actions back; empty when it does not
 * @param breaker why the policy's breaker is open; empty when it lets a run through
 * @param proven proven repairs of the same fault within 30 days
 * @param lemonAt so many and a person gets it; 0 means never
 * @param offers what each rung from {@code position} on would do to this machine
 * @param approved digest of the plan that a person has lately let run; empty when nobody has
 */
record Ground(
    Fault fault,
    MachineDoc machine,
    List<Policy> owners,
    Remediation.Mode mode,
    int position,
    Optional<String> suppressed,
    boolean frozen,
    Optional<String> breaker,
    int proven,
    int lemonAt,
    List<Offer> offers,
    Optional<String> approved) {
  Ground {
    owners = List.copyOf(owners);
    offers = List.copyOf(offers);
  }

  /** The one policy that owns the fault; empty when none or several do. */
  Optional<Policy> policy() {
    return owners.size() == 1 ? Optional.of(owners.getFirst()) : Optional.empty();
  }

  /** The same ground, with a person's word on the plan of this digest. */
  Ground approvedAs(String digest) {
    return new Ground(
        fault,
        machine,
        owners,
        mode,
        position,
        suppressed,
        frozen,
        breaker,
        proven,
        lemonAt,
        offers,
        Optional.of(digest));
  }

  /**
   * What one rung would do.
   *
   * @param position first place on the ladder at which this rung stands
   * @param orders its steps with parameters looked up
   * @param refused why it must not be done; empty when it may
   */
  record Offer(
      int position,
      int rung,
      String runbook,
      List<Runbook.Order> orders,
      List<Runbook.Order> undo,
      Optional<Label> refused) {
    Offer {
      orders = List.copyOf(orders);
      undo = List.copyOf(undo);
    }

    /** What a person's word is bound to: another policy file, place, step or value is another. */
    String digest(Policy policy) {
      List<String> lines = new ArrayList<>();
      lines.addAll(List.of(policy.name(), policy.revision(), "" + position, runbook));
      orders.forEach(order -> lines.add("do " + order.words()));
      undo.forEach(order -> lines.add("undo " + order.words()));
      String text = String.join("\n", lines);
      try {
        byte[] hash =
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, 16);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }
  }
}
