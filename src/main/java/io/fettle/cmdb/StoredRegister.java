package io.fettle.cmdb;

import io.fettle.cmdb.query.Judge;
import io.fettle.cmdb.query.Parser;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Page;
import io.fettle.kernel.Viewer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** Reads the register from the merged documents; a person sees only what their teams own. */
@Component
class StoredRegister implements Register, MachineLists {
  private static final int MOST = 1000;
  private static final int MOST_IDS = 5_000;
  private final DocTable docs;
  private final CardTable cards;
  private final FeedTable feed;
  private final Finder finder;
  private final Catalogue catalogue;
  private final Judge judge;
  private final TransactionTemplate own;

  StoredRegister(
      DocTable docs,
      CardTable cards,
      FeedTable feed,
      Finder finder,
      Catalogue catalogue,
      PlatformTransactionManager transactions) {
    this.docs = docs;
    this.cards = cards;
    this.feed = feed;
    this.finder = finder;
    this.catalogue = catalogue;
    this.judge = new Judge(this::keys, new Spelling());
    this.own = new TransactionTemplate(transactions);
    own.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  private List<String> keys(JsonNode doc) {
    return catalogue.keys(doc).stream().map(Key::norm).toList();
  }

  @Override
  public Optional<MachineCard> card(AssetId id) {
    return Optional.ofNullable(cards(List.of(id)).get(id));
  }

  @Override
  public Map<AssetId, MachineCard> cards(Collection<AssetId> ids) {
    Map<AssetId, MachineCard> out = new LinkedHashMap<>();
    cards.read(ids).forEach(card -> out.put(card.id(), card));
    if (ids.contains(Itself.ID)) out.put(Itself.ID, Itself.card());
    return out;
  }

  @Override
  public Optional<MachineDoc> machine(AssetId id) {
    return read(List.of(id)).stream().findFirst();
  }

  private List<MachineDoc> read(Collection<AssetId> ids) {
    if (!ids.contains(Itself.ID)) return docs.read(ids);
    List<MachineDoc> all = new ArrayList<>(docs.read(ids));
    all.add(Itself.doc());
    return all;
  }

  @Override
  public Map<AssetId, MachineDoc> machines(Collection<AssetId> ids) {
    Map<AssetId, MachineDoc> out = new LinkedHashMap<>();
    read(ids).forEach(d -> out.put(d.id(), d));
    return out;
  }

  @Override
  public boolean visible(AssetId id, Viewer viewer) {
    return id.equals(Itself.ID) ? viewer.seesAll() : docs.visible(id, viewer);
  }

  @Override
  public Resolution find(String key, Viewer viewer) {
    return finder.find(key, viewer);
  }

  @Override
  public Query query(String text) {
    return parsed(text);
  }

  ParsedQuery parsed(String text) {
    return new ParsedQuery(text, Parser.parse(text, catalogue.tops()), judge);
  }

  ParsedQuery parsed(Query query) {
    return query instanceof ParsedQuery p ? p : parsed(query.text());
  }

  @Override
  public Page<MachineCard> list(Query query, Viewer viewer, @Nullable String cursor, int limit) {
    return list(query, viewer, Sorting.NAME, cursor, limit);
  }

  @Override
  public Page<MachineCard> list(
      Query query, Viewer viewer, Sorting sorting, @Nullable String cursor, int limit) {
    int size = Math.clamp(limit, 1, MOST);
    Cursor after = cursor == null ? null : Cursor.read(cursor, sorting);
    List<MachineCard> found = cards.list(parsed(query).expr(), viewer, sorting, after, size + 1);
    if (found.size() <= size) return new Page<>(found, null);
    List<MachineCard> shown = found.subList(0, size);
    return new Page<>(shown, Cursor.after(shown.getLast(), sorting).text());
  }

  @Override
  public long count(Query query, Viewer viewer) {
    return docs.count(parsed(query).expr(), viewer);
  }

  @Override
  public long countUpTo(Query query, Viewer viewer, int most) {
    return docs.countUpTo(parsed(query).expr(), viewer, most);
  }

  @Override
  public Set<AssetId> matching(Query query, Collection<AssetId> ids) {
    Set<AssetId> matching = new HashSet<>();
    List<AssetId> all = List.copyOf(ids);
    for (int from = 0; from < all.size(); from += MOST_IDS)
      matching.addAll(
          docs.matching(
              parsed(query).expr(), all.subList(from, Math.min(from + MOST_IDS, all.size()))));
    return matching;
  }

  @Override
  public List<AssetId> ids(Query query, @Nullable AssetId after, int limit) {
    return docs.ids(parsed(query).expr(), after, Math.max(1, limit));
  }

  @Override
  public Feed changesAfter(long feedNo, int limit) {
    publish();
    List<FeedTable.Item> items = feed.after(feedNo, Math.max(1, limit));
    long upTo = items.isEmpty() ? feedNo : items.getLast().no();
    return new Feed(upTo, items.stream().map(FeedTable.Item::asset).toList());
  }

  @Override
  public long feedEnd() {
    publish();
    return feed.end();
  }

  private void publish() {
    while (feed.pending() && Boolean.TRUE.equals(own.execute(_ -> feed.publish()))) {}
  }
}
