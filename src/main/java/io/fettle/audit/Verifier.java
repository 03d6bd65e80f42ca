package io.fettle.audit;

import io.fettle.audit.SealTable.Seal;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Reads the chain from its first link and compares. */
@Component
class Verifier {
  private static final int LINKS_AT_ONCE = 100;

  private final SealTable seals;

  Verifier(SealTable seals) {
    this.seals = seals;
  }

  AuditProof verify() {
    long batches = 0;
    long rows = 0;
    byte[] head = Link.NOTHING;
    while (true) {
      List<Seal> links = seals.after(batches, LINKS_AT_ONCE);
      for (Seal link : links) {
        Optional<String> why = wrong(link, batches + 1, head);
        if (why.isPresent())
          return proof(
              batches, rows, head, Optional.of(new AuditProof.Break(link.batch(), why.get())));
        batches++;
        rows += link.rows();
        head = link.hash();
      }
      if (links.size() < LINKS_AT_ONCE) return proof(batches, rows, head, Optional.empty());
    }
  }

  private AuditProof proof(
      long batches, long rows, byte[] head, Optional<AuditProof.Break> broken) {
    SealTable.Tail tail = broken.isEmpty() ? seals.tail() : new SealTable.Tail(seals.unsealed(), 0);
    String hex = batches == 0 ? "" : HexFormat.of().formatHex(head);
    return new AuditProof(batches, rows, hex, tail.unsealed(), tail.strays(), broken);
  }

  private Optional<String> wrong(Seal link, long expected, byte[] previous) {
    if (link.batch() != expected) return Optional.of("link " + expected + " is missing");
    if (!Arrays.equals(link.previous(), previous))
      return Optional.of("it does not continue the link before");
    List<AuditEntry> rows = seals.rows(link.batch());
    if (rows.size() != link.rows())
      return Optional.of("it sealed " + link.rows() + " rows, " + rows.size() + " are there");
    byte[] hash = Link.hash(previous, link.batch(), link.ids(), link.sealedAt(), rows);
    if (!Arrays.equals(hash, link.hash())) return Optional.of("a row or the link was changed");
    return Optional.empty();
  }
}
