package io.fettle.reach;

import io.fettle.cmdb.Register;
import io.fettle.cmdb.Resolution;
import io.fettle.kernel.Endpoint;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.transport.HostKey;
import io.fettle.transport.HostKeys;
import io.fettle.web.Allow;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Pinned host keys, and what to do about those that changed. */
@RestController
@RequestMapping("/api/v1/hostkeys")
class HostKeyApi {
  private static final int FIRST = 20;
  private final HostKeys hostKeys;
  private final HostKeyDecisions decisions;
  private final Register register;

  HostKeyApi(HostKeys hostKeys, HostKeyDecisions decisions, Register register) {
    this.hostKeys = hostKeys;
    this.decisions = decisions;
    this.register = register;
  }

  /** The other key. */
  record Offered(String type, String fingerprint, Instant at) {}

  /**
   * One endpoint.
   *
   * @param assetNo the machine at this address; null when none or several are
   */
  record Shown(
      String endpoint,
      @Nullable String assetNo,
      String state,
      String type,
      String fingerprint,
      Instant firstSeen,
      Instant lastSeen,
      @Nullable Offered offered) {}

  /** A decision as sent. */
  record Body(
      @Nullable List<String> endpoints,
      @Nullable String query,
      @Nullable Instant since,
      @Nullable Set<String> fingerprints,
      @Nullable String reason) {
    private HostKeyDecisions.Decision decision() {
      return new HostKeyDecisions.Decision(
          Objects.requireNonNullElse(endpoints, List.of()),
          query,
          since,
          Objects.requireNonNullElse(fingerprints, Set.of()),
          Objects.requireNonNullElse(reason, ""));
    }
  }

  /** What was done. */
  record Done(int count, List<String> endpoints) {}

  /** What would be done. */
  record WouldBe(boolean dryRun, int count, List<HostKeyDecisions.Key> first) {}

  @GetMapping
  @Allow({Role.OPERATOR, Role.AUDITOR})
  Page<Shown> list(
      @RequestParam(required = false) @Nullable String state,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(defaultValue = "100") int limit,
      Viewer viewer) {
    Page<HostKey> keys =
        hostKeys.list(state == null ? null : state(state), cursor, Math.clamp(limit, 1, 100));
    return new Page<>(keys.items().stream().map(key -> shown(key, viewer)).toList(), keys.next());
  }

  @PostMapping("/accept")
  @Allow(Role.OPERATOR)
  Done accept(@RequestBody Body body, Viewer viewer) {
    return done(decisions.accept(body.decision(), viewer));
  }

  /** What accepting the same would pin now; nothing is written. */
  @PostMapping("/accept/preview")
  @Allow(Role.OPERATOR)
  WouldBe preview(@RequestBody Body body, Viewer viewer) {
    HostKeyDecisions.Meant meant = decisions.meant(body.decision(), FIRST, viewer);
    return new WouldBe(true, meant.count(), meant.first());
  }

  @PostMapping("/refuse")
  @Allow(Role.OPERATOR)
  Done refuse(@RequestBody Body body, Viewer viewer) {
    return done(decisions.refuse(body.decision(), viewer));
  }

  private static Done done(List<Endpoint> endpoints) {
    return new Done(endpoints.size(), endpoints.stream().map(Endpoint::toString).toList());
  }

  private Shown shown(HostKey key, Viewer viewer) {
    List<Resolution.Hit> hits = register.find(key.endpoint().host(), viewer).hits();
    HostKey.Offered offered = key.offered();
    return new Shown(
        key.endpoint().toString(),
        hits.size() == 1 ? hits.getFirst().assetNo() : null,
        key.state().name().toLowerCase(Locale.ROOT),
        key.type(),
        key.fingerprint(),
        key.firstSeen(),
        key.lastSeen(),
        offered == null ? null : new Offered(offered.type(), offered.fingerprint(), offered.at()));
  }

  private static HostKey.State state(String word) {
    for (HostKey.State state : HostKey.State.values())
      if (state.name().equalsIgnoreCase(word)) return state;
    throw Problem.badInput(
        "state",
        word,
        "状态应为 pinned、changed 或 refused",
        "The state must be pinned, changed or refused");
  }
}
