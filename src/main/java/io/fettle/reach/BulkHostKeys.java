package io.fettle.reach;

import io.fettle.audit.Audit;
import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.Query;
import io.fettle.cmdb.Register;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Endpoint;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Viewer;
import io.fettle.transport.HostKey;
import io.fettle.transport.HostKeys;
import io.fettle.transport.HostKeys.Choice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** Walks a query's machines in stretches, each its own transaction. */
@Service
class BulkHostKeys implements HostKeyDecisions {
  private static final int CHUNK = 500;
  private static final int MOST_ENDPOINTS = 1000;

  private final HostKeys hostKeys;
  private final Register register;
  private final Audit audit;
  private final TransactionOperations transactions;

  BulkHostKeys(
      HostKeys hostKeys, Register register, Audit audit, TransactionOperations transactions) {
    this.hostKeys = hostKeys;
    this.register = register;
    this.audit = audit;
    this.transactions = transactions;
  }

  @Override
  public List<Endpoint> accept(Decision decision, Viewer viewer) {
    check(decision, true);
    Choice choice = choice(decision);
    return decide(
        decision,
        "hostkey.bulk_accepted",
        viewer,
        some -> hostKeys.accept(some, choice, viewer.actor(), decision.reason().strip()));
  }

  @Override
  public List<Endpoint> refuse(Decision decision, Viewer viewer) {
    check(decision, false);
    Choice choice = choice(decision);
    return decide(
        decision,
        "hostkey.bulk_refused",
        viewer,
        some -> hostKeys.refuse(some, choice, viewer.actor(), decision.reason().strip()));
  }

  private static Choice choice(Decision decision) {
    return new Choice(decision.fingerprints(), decision.since(), decision.query());
  }

  private interface Deed {
    List<Endpoint> on(Collection<Endpoint> endpoints);
  }

  private List<Endpoint> decide(Decision decision, String action, Viewer viewer, Deed deed) {
    if (decision.reason().isBlank())
      throw Problem.badInput("reason", "", "请写明原因，例如“重装系统”", "Say why, e.g. 'reinstalled'");
    if (decision.query() == null) return deed.on(named(decision));
    List<Endpoint> done = new ArrayList<>();
    onAll(bounded(decision.query()), cards -> done.addAll(deed.on(addresses(cards))));
    transactions.executeWithoutResult(t ->
        audit.record(
            viewer.actor(),
            action,
            "hostkey:query",
            decision.reason().strip(),
            facts(decision, done.size())));
    return List.copyOf(done);
  }

  private static Map<String, Object> facts(Decision decision, int count) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("query", Objects.requireNonNullElse(decision.query(), ""));
    if (decision.since() != null) facts.put("since", decision.since().toString());
    if (!decision.fingerprints().isEmpty())
      facts.put("fingerprints", decision.fingerprints().size());
    facts.put("count", count);
    return facts;
  }

  @Override
  public Meant meant(Decision decision, int shown, Viewer viewer) {
    check(decision, true);
    Choice choice = choice(decision);
    Tally tally = new Tally(shown);
    if (decision.query() == null) {
      for (HostKey key : hostKeys.offered(named(decision), choice)) tally.add(key, null);
      return tally.meant();
    }
    onAll(
        bounded(decision.query()),
        cards -> {
          for (MachineCard card : cards)
            if (card.ssh() != null)
              hostKeys
                  .offered(List.of(card.ssh()), choice)
                  .forEach(key -> tally.add(key, card.name()));
        });
    return tally.meant();
  }

  /** Counts all and keeps some. */
  private static final class Tally {
    private final int most;
    private final List<Key> first = new ArrayList<>();
    private int count;

    Tally(int most) {
      this.most = most;
    }

    void add(HostKey key, @Nullable String name) {
      count++;
      HostKey.Offered offered = key.offered();
      if (offered == null || first.size() >= most) return;
      String address = key.endpoint().toString();
      first.add(
          new Key(address, name == null ? address : name, offered.fingerprint(), offered.at()));
    }

    Meant meant() {
      return new Meant(count, first);
    }
  }

  private interface Stretch {
    void of(Collection<MachineCard> cards);
  }

  /** Half done is done for those machines. */
  private void onAll(Query query, Stretch stretch) {
    AssetId after = null;
    while (true) {
      List<AssetId> ids = register.ids(query, after, CHUNK);
      if (ids.isEmpty()) return;
      stretch.of(register.cards(ids).values());
      after = ids.getLast();
    }
  }

  private static List<Endpoint> addresses(Collection<MachineCard> cards) {
    return cards.stream().map(MachineCard::ssh).filter(Objects::nonNull).toList();
  }

  private Query bounded(String text) {
    Query query = register.query(text);
    if (query.unbounded()) throw unbounded(text);
    return query;
  }

  private static List<Endpoint> named(Decision decision) {
    return decision.endpoints().stream().map(BulkHostKeys::endpoint).toList();
  }

  private static void check(Decision decision, boolean accepts) {
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
    if (accepts && decision.query() != null && decision.since() == null)
      throw Problem.badInput(
          "since",
          "",
          "批量接受要写明重装从什么时候开始；在那之前变的密钥不会被接受",
          "Accepting in bulk needs the time the reinstall began; a key that changed before it is"
              + " left alone");
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
