package io.fettle.batch;

import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.Query;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Viewer;
import io.fettle.reach.Way;
import io.fettle.remediation.action.Action.Need;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/** From a query to the explicit list: who takes part, in which order, and who is left out. */
final class Targets {
  private static final int PAGE = 1_000;

  /** Machines asked for in one statement. */
  private static final int AT_ONCE = 5_000;

  private static final int NAMED = 20;
  private static final Set<String> AT_WORK = Set.of("in_service");

  private final Desk desk;

  Targets(Desk desk) {
    this.desk = desk;
  }

  /**
   * The list.
   *
   * @param chosen in the order in which they have their turn
   * @param outside how many match that the person may not see
   */
  record Chosen(List<MachineCard> chosen, Map<MachineCard, Skip> skipped, long outside) {
    List<Jobs.Skipped> reasons() {
      List<Jobs.Skipped> reasons = new ArrayList<>();
      for (Skip skip : Skip.values()) {
        List<MachineCard> of =
            skipped.entrySet().stream()
                .filter(e -> e.getValue() == skip)
                .map(Map.Entry::getKey)
                .toList();
        if (!of.isEmpty()) reasons.add(new Jobs.Skipped(skip, skip.label(), of.size(), names(of)));
      }
      return reasons;
    }

    List<String> names() {
      return names(chosen);
    }

    private static List<String> names(List<MachineCard> cards) {
      return cards.stream().limit(NAMED).map(MachineCard::name).toList();
    }
  }

  /**
   * What a query chooses now.
   *
   * @throws Problem 422 for one that is empty, narrows nothing or matches too much
   */
  Chosen of(String text, Need need, Viewer viewer) {
    Query query = desk.register().query(text);
    if (query.unbounded())
      throw Problem.badInput(
          "query",
          text,
          "条件不能为空或匹配所有机器：请写明是哪些机器",
          "an empty query or one that matches everything is refused: say which machines");
    List<MachineCard> cards = new ArrayList<>();
    String cursor = null;
    do {
      Page<MachineCard> page = desk.register().list(query, viewer, cursor, PAGE);
      cards.addAll(page.items());
      cursor = page.next();
      if (cards.size() > desk.settings().machines()) throw tooMany();
    } while (cursor != null);
    long all = viewer.seesAll() ? cards.size() : desk.register().count(query, SYSTEM);
    return sorted(cards, need, Math.max(0, all - cards.size()));
  }

  private static final Viewer SYSTEM = Viewer.system("batch");

  /** Of these machines, whatever they match now. */
  Chosen of(Collection<AssetId> machines, Need need) {
    List<MachineCard> cards = new ArrayList<>();
    List<AssetId> all = List.copyOf(machines);
    for (int i = 0; i < all.size(); i += AT_ONCE)
      cards.addAll(
          desk.register().cards(all.subList(i, Math.min(all.size(), i + AT_ONCE))).values());
    return sorted(cards, need, 0);
  }

  private Problem tooMany() {
    return Problem.badInput(
        "query",
        "",
        "匹配超过 " + desk.settings().machines() + " 台，请分成几个作业（batch.machines）",
        "it matches more than "
            + desk.settings().machines()
            + " machines: make several jobs (batch.machines)");
  }

  private Chosen sorted(List<MachineCard> cards, Need need, long outside) {
    Set<AssetId> covered = new HashSet<>();
    Set<AssetId> taken = new HashSet<>();
    Map<Way, Set<AssetId>> assigned = new EnumMap<>(Way.class);
    for (int i = 0; i < cards.size(); i += AT_ONCE) {
      List<MachineCard> some = cards.subList(i, Math.min(cards.size(), i + AT_ONCE));
      List<AssetId> ids = some.stream().map(MachineCard::id).toList();
      covered.addAll(desk.maintenance().covering(ids).keySet());
      taken.addAll(desk.leases().taken(ids));
      for (Way way : ways(need))
        assigned
            .computeIfAbsent(way, w -> new HashSet<>())
            .addAll(desk.reach().assigned(way, some));
    }
    List<MachineCard> chosen = new ArrayList<>();
    Map<MachineCard, Skip> skipped = new LinkedHashMap<>();
    for (MachineCard card : cards) {
      Optional<Skip> closed = closed(card, need, assigned);
      if (card.lifecycle().equals("maintenance") || covered.contains(card.id()))
        skipped.put(card, Skip.MAINTENANCE);
      else if (!AT_WORK.contains(card.lifecycle())) skipped.put(card, Skip.NOT_IN_SERVICE);
      else if (closed.isPresent()) skipped.put(card, closed.get());
      else if (taken.contains(card.id())) skipped.put(card, Skip.LEASED);
      else chosen.add(card);
    }
    return new Chosen(spread(chosen), skipped, outside);
  }

  private static List<Way> ways(Need need) {
    return need == Need.SSH ? List.of(Way.SSH) : List.of(Way.values());
  }

  /** Why no way that is needed leads to it. */
  private static Optional<Skip> closed(
      MachineCard card, Need need, Map<Way, Set<AssetId>> assigned) {
    Optional<Skip> ssh = overSsh(card, assigned.getOrDefault(Way.SSH, Set.of()));
    Optional<Skip> toCard = toCard(card, assigned.getOrDefault(Way.CARD, Set.of()));
    return switch (need) {
      case SSH -> ssh;
      case SSH_AND_CARD -> ssh.or(() -> toCard);
      case SSH_OR_CARD -> toCard.isEmpty() ? toCard : ssh;
    };
  }

  private static Optional<Skip> overSsh(MachineCard card, Set<AssetId> assigned) {
    if (card.ssh() == null) return Optional.of(Skip.NO_ADDRESS);
    return assigned.contains(card.id()) ? Optional.empty() : Optional.of(Skip.NO_SSH_ACCOUNT);
  }

  private static Optional<Skip> toCard(MachineCard card, Set<AssetId> assigned) {
    if (card.bmc() == null) return Optional.of(Skip.NO_CARD_ADDRESS);
    return assigned.contains(card.id()) ? Optional.empty() : Optional.of(Skip.NO_CARD_SECRET);
  }

  /** Round the racks, so that a step never begins with all of one rack. */
  private static List<MachineCard> spread(List<MachineCard> cards) {
    record Place(int turn, String rack, MachineCard card) {}
    Map<String, Integer> seen = new HashMap<>();
    return cards.stream()
        .sorted(Comparator.comparing(MachineCard::name))
        .map(card -> {
          String rack = rack(card);
          return new Place(seen.merge(rack, 1, Integer::sum), rack, card);
        })
        .sorted(Comparator.comparingInt(Place::turn).thenComparing(Place::rack))
        .map(Place::card)
        .toList();
  }

  static String rack(MachineCard card) {
    StringJoiner rack = new StringJoiner(" / ");
    if (card.site() != null) rack.add(card.site());
    if (card.room() != null) rack.add(card.room());
    if (card.rack() != null) rack.add(card.rack());
    return rack.toString();
  }

  static String orEmpty(@org.jspecify.annotations.Nullable String text) {
    return text == null ? "" : text;
  }

  /** The frozen list as it is stored. */
  static List<Item> items(Chosen chosen, Order order) {
    List<Item> items = new ArrayList<>();
    for (MachineCard card : chosen.chosen())
      items.add(item(items.size(), card, order.stepOf(items.size()), null));
    chosen.skipped().forEach((card, why) -> items.add(item(items.size(), card, 0, why)));
    return items;
  }

  private static Item item(
      int no, MachineCard card, int step, @org.jspecify.annotations.Nullable Skip skip) {
    return new Item(
        no,
        card.id(),
        card.name(),
        rack(card),
        orEmpty(card.service()),
        orEmpty(card.team()),
        step,
        skip == null ? Item.State.QUEUED : Item.State.ENDED,
        skip == null ? null : Verdict.SKIPPED,
        null,
        skip == null ? null : skip.label(),
        null,
        0,
        0,
        false,
        null,
        null,
        null);
  }
}
