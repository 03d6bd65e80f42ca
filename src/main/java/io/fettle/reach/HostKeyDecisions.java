package io.fettle.reach;

import io.fettle.kernel.Endpoint;
import io.fettle.kernel.Viewer;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Front door: a person's word on changed host keys, by address, or in bulk by CMDB query after a
 * declared reinstall.
 */
public interface HostKeyDecisions {
  /**
   * Pins the changed keys; each is audited, and a query as a whole with its count.
   *
   * @throws io.fettle.kernel.Problem 422 for a query that is unbounded or without {@code since}
   */
  List<Endpoint> accept(Decision decision, Viewer viewer);

  /** Keeps the pinned keys; audited as {@link #accept}. */
  List<Endpoint> refuse(Decision decision, Viewer viewer);

  /** What {@link #accept} would pin now; nothing is written. */
  Meant meant(Decision decision, int shown, Viewer viewer);

  /**
   * What a person decided.
   *
   * @param endpoints addresses, port 22 where none is given; or else
   * @param query the machines that were reinstalled
   * @param since when the reinstall began: keys that changed before it are left alone
   * @param fingerprints only these offered keys; empty: whichever is offered
   */
  record Decision(
      List<String> endpoints,
      @Nullable String query,
      @Nullable Instant since,
      Set<String> fingerprints,
      String reason) {
    public Decision {
      endpoints = List.copyOf(endpoints);
      fingerprints = Set.copyOf(fingerprints);
    }
  }

  /**
   * What would be pinned.
   *
   * @param count of all
   * @param first some of them
   */
  record Meant(int count, List<Key> first) {
    public Meant {
      first = List.copyOf(first);
    }
  }

  /**
   * A changed key.
   *
   * @param name the machine, as it is called in lists; the address where there is none
   */
  record Key(String endpoint, String name, String fingerprint, Instant changedAt) {}
}
