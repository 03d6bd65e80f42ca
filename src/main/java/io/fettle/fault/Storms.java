package io.fettle.fault;

import io.fettle.kernel.Actor;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Front door of storms: too many faults of one class in one rack or site at once mean that the
 * fault is elsewhere, so none of them is acted upon.
 */
public interface Storms {
  /** Storms that blow now, newest first. */
  List<Storm> blowing();

  /** Storms that blow or blew, newest first; at most 500. */
  List<Storm> recent(int limit);

  /**
   * A person ends it: its faults may be acted upon again, within the budgets.
   *
   * @return empty when it does not blow
   * @throws io.fettle.kernel.Problem 422 without a reason
   */
  Optional<Storm> release(long id, String reason, Actor actor);

  /**
   * A storm.
   *
   * @param site the site; the room where no site is recorded; empty for machines without a place
   * @param room the room of the rack; empty when it is the whole site's, or not recorded
   * @param rack null when it is the whole site's
   * @param faults most faults counted at once
   * @param threshold how many made it a storm
   * @param endedBy {@code subsided} or who released it; null while it blows
   */
  record Storm(
      long id,
      String faultClass,
      String site,
      String room,
      @Nullable String rack,
      Instant startedAt,
      Instant lastOverAt,
      int faults,
      int threshold,
      @Nullable Instant endedAt,
      @Nullable String endedBy,
      @Nullable String reason) {

    /** {@code SH1 / 2-1 / A07}, or the site alone; {@code ?} for machines without a place. */
    public String place() {
      return java.util.stream.Stream.of(site.isEmpty() ? "?" : site, room, rack)
          .filter(part -> part != null && !part.isEmpty())
          .distinct()
          .collect(java.util.stream.Collectors.joining(" / "));
    }
  }
}
