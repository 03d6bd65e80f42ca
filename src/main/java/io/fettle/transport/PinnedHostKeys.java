package io.fettle.transport;

import io.fettle.audit.Audit;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Endpoint;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Host keys in the database: pinned on first contact, changed only by a person. */
@Service
class PinnedHostKeys implements HostKeys {
  /** One write a day and endpoint is enough to know which keys are still in use. */
  private static final Duration SEEN_STEP = Duration.ofDays(1);

  private static final int MOST = 500;

  private final HostKeyTable table;
  private final Audit audit;
  private final Clock clock;
  private final TransactionTemplate transaction;

  PinnedHostKeys(
      HostKeyTable table, Audit audit, Clock clock, PlatformTransactionManager transactions) {
    this.table = table;
    this.audit = audit;
    this.clock = clock;
    this.transaction = new TransactionTemplate(transactions);
  }

  @Override
  public Optional<HostKey> of(Endpoint endpoint) {
    return table.of(endpoint);
  }

  @Override
  public Map<Endpoint, HostKey> of(Collection<Endpoint> endpoints) {
    return endpoints.isEmpty() ? Map.of() : table.of(endpoints);
  }

  /** A known key costs no read; whatever is written is one statement, or with its record one. */
  @Override
  public Judgement judge(Endpoint endpoint, Optional<HostKey> before, String type, String key) {
    if (before.filter(known -> known.key().equals(key)).isPresent())
      return compare(before.get(), type, key);
    Optional<HostKey> pinned = table.of(endpoint);
    if (pinned.isEmpty()) {
      if (table.pin(endpoint, type, key, fingerprint(key), clock.instant()))
        return Judgement.FIRST_CONTACT;
      pinned = table.of(endpoint);
    }
    return pinned.map(known -> compare(known, type, key)).orElse(Judgement.CHANGED);
  }

  private Judgement compare(HostKey known, String type, String key) {
    Instant now = clock.instant();
    if (known.key().equals(key)) {
      boolean note = known.lastSeen().plus(SEEN_STEP).isBefore(now);
      if (note || known.state() != HostKey.State.PINNED) table.seen(known.endpoint(), key, now);
      return Judgement.KNOWN;
    }
    transaction.executeWithoutResult(_ -> offered(known, type, key, now));
    return Judgement.CHANGED;
  }

  private void offered(HostKey known, String type, String key, Instant now) {
    if (table.offered(known.endpoint(), type, key, fingerprint(key), now))
      audit.record(
          Actor.system("transport"),
          "hostkey.changed",
          "hostkey:" + known.endpoint(),
          null,
          Map.of("pinned", known.fingerprint(), "offered", fingerprint(key)));
  }

  @Override
  public Page<HostKey> list(HostKey.@Nullable State state, @Nullable String cursor, int limit) {
    int rows = Math.clamp(limit, 1, MOST);
    List<HostKey> found = table.list(state, after(cursor), rows + 1);
    boolean more = found.size() > rows;
    List<HostKey> items = more ? found.subList(0, rows) : found;
    return new Page<>(items, more ? items.getLast().endpoint().toString() : null);
  }

  private static @Nullable Endpoint after(@Nullable String cursor) {
    if (cursor == null || cursor.isEmpty()) return null;
    try {
      return Endpoint.parse(cursor, 22);
    } catch (IllegalArgumentException e) {
      throw Problem.badInput(
          "cursor", cursor, "游标不是本接口给出的", "The cursor is not one that was given out");
    }
  }

  @Override
  @Transactional
  public List<Endpoint> accept(
      Collection<Endpoint> endpoints, Choice choice, Actor actor, String reason) {
    return decide(
        endpoints,
        choice,
        actor,
        reason,
        "hostkey.accepted",
        key -> table.accept(key.endpoint(), offered(key), clock.instant()));
  }

  @Override
  @Transactional
  public List<Endpoint> refuse(
      Collection<Endpoint> endpoints, Choice choice, Actor actor, String reason) {
    return decide(
        endpoints,
        choice,
        actor,
        reason,
        "hostkey.refused",
        key -> table.refuse(key.endpoint(), offered(key)));
  }

  @Override
  public List<HostKey> offered(Collection<Endpoint> endpoints, Choice choice) {
    return endpoints.stream().flatMap(e -> meant(e, choice).stream()).toList();
  }

  private Optional<HostKey> meant(Endpoint endpoint, Choice choice) {
    return table
        .of(endpoint)
        .filter(k -> k.state() != HostKey.State.PINNED)
        .filter(k -> k.offered() != null && choice.means(k.offered()));
  }

  private List<Endpoint> decide(
      Collection<Endpoint> endpoints,
      Choice choice,
      Actor actor,
      String reason,
      String action,
      Predicate<HostKey> deed) {
    List<Endpoint> done = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      Optional<HostKey> key = meant(endpoint, choice).filter(deed);
      if (key.isEmpty()) continue;
      audit.record(actor, action, "hostkey:" + endpoint, reason, facts(key.get(), choice));
      done.add(endpoint);
    }
    return List.copyOf(done);
  }

  private static Map<String, String> facts(HostKey key, Choice choice) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("pinned", key.fingerprint());
    facts.put("offered", offered(key));
    if (choice.query() != null) facts.put("query", choice.query());
    if (choice.since() != null) facts.put("since", choice.since().toString());
    return facts;
  }

  private static String offered(HostKey key) {
    return key.offered() == null ? "" : key.offered().fingerprint();
  }

  /** As {@code ssh-keygen -l} prints it. */
  static String fingerprint(String key) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Base64.getDecoder().decode(key));
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
