package io.fettle.reach;

import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.Query;
import io.fettle.cmdb.Register;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Endpoint;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Viewer;
import io.fettle.transport.HostKeys;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** A person's word on changed host keys: by address, or in bulk by CMDB query after a reinstall. */
@Service
class HostKeyDecisions {
  private static final int CHUNK = 500;
  private static final int MOST_ENDPOINTS = 1000;

  private final HostKeys hostKeys;
  private final Register register;

  HostKeyDecisions(HostKeys hostKeys, Register register) {
    this.hostKeys = hostKeys;
    this.register = register;
  }

  /**
   * What a person decided.
   *
   * @param endpoints addresses, port 22 where none is given; or else
   * @param query the machines that were reinstalled
   * @param fingerprints only these offered keys; empty: whichever is offered
   */
  record Decision(
      List<String> endpoints, @Nullable String query, Set<String> fingerprints, String reason) {}

  List<Endpoint> accept(Decision decision, Viewer viewer) {
    return decide(
        decision,
        some -> hostKeys.accept(some, decision.fingerprints(), viewer.actor(), decision.reason()));
  }

  List<Endpoint> refuse(Decision decision, Viewer viewer) {
    return decide(
        decision,
        some -> hostKeys.refuse(some, decision.fingerprints(), viewer.actor(), decision.reason()));
  }

  private interface Deed {
    List<Endpoint> on(Collection<Endpoint> endpoints);
  }

  private List<Endpoint> decide(Decision decision, Deed deed) {
    check(decision);
    if (decision.query() == null)
      return deed.on(decision.endpoints().stream().map(HostKeyDecisions::endpoint).toList());
    Query query = register.query(decision.query());
    if (query.unbounded()) throw unbounded(decision.query());
    return onAll(query, deed);
  }

  /** In stretches, each its own transaction: half done is done for those machines. */
  private List<Endpoint> onAll(Query query, Deed deed) {
    List<Endpoint> done = new ArrayList<>();
    AssetId after = null;
    while (true) {
      List<AssetId> ids = register.ids(query, after, CHUNK);
      if (ids.isEmpty()) return List.copyOf(done);
      done.addAll(
          deed.on(
              register.cards(ids).values().stream()
                  .map(MachineCard::ssh)
                  .filter(Objects::nonNull)
                  .toList()));
      after = ids.getLast();
    }
  }

  private static void check(Decision decision) {
    boolean named = !decision.endpoints().isEmpty();
    if (named == (decision.query() != null))
      throw Problem.badInput(
          "endpoints",
          "",
          "请给出 endpoints 或 query 其中之一",
          "Give either endpoints or a query, one of the two");
    if (decision.endpoints().size() > MOST_ENDPOINTS)
      throw Problem.badInput(
          "endpoints",
          "" + decision.endpoints().size(),
          "一次最多 1000 个地址，更多请用 query",
          "At most 1000 addresses at once; use a query for more");
    if (decision.reason().isBlank())
      throw Problem.badInput("reason", "", "请写明原因，例如“重装系统”", "Say why, e.g. 'reinstalled'");
  }

  private static Problem unbounded(String query) {
    return Problem.badInput(
        "query",
        query,
        "不接受不加限定的查询；请写明是哪些重装过的机器，例如 placement.rack == 'R12'",
        "An unbounded query is not taken; say which machines were reinstalled, e.g."
            + " placement.rack == 'R12'");
  }

  private static Endpoint endpoint(String text) {
    return parse(text)
        .orElseThrow(() ->
            Problem.badInput(
                "endpoints",
                text,
                "不是地址；应为 10.1.2.3 或 10.1.2.3:2222",
                "Not an address; it should be 10.1.2.3 or 10.1.2.3:2222"));
  }

  private static Optional<Endpoint> parse(String text) {
    try {
      return Optional.of(Endpoint.parse(text, 22));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
