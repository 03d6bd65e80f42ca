package io.fettle.fault;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fettle.cmdb.Itself;
import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.Register;
import io.fettle.cmdb.Resolution;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Faults over HTTP, cut to what the caller may see. */
@RestController
@RequestMapping("/api/v1/faults")
class FaultApi {
  private final Faults faults;
  private final FaultListTable lists;
  private final Register register;

  FaultApi(Faults faults, FaultListTable lists, Register register) {
    this.faults = faults;
    this.lists = lists;
    this.register = register;
  }

  /** A fault in a list. */
  record Row(
      String id,
      String state,
      @JsonProperty("class") String faultClass,
      @Nullable String assetNo,
      String machine,
      String component,
      String severity,
      Label summary,
      @Nullable String heldFor,
      Instant openedAt,
      @Nullable Instant confirmedAt,
      @Nullable Instant recoveredAt,
      @Nullable Instant closedAt,
      @Nullable Instant deadlineAt,
      @Nullable String fixedBy,
      int relapses) {
    static Row of(Fault fault, @Nullable MachineCard card) {
      return new Row(
          fault.id().toString(),
          fault.state().name(),
          fault.faultClass(),
          card == null ? null : card.assetNo(),
          fault.machine().toString(),
          fault.component(),
          fault.severity().name(),
          fault.summary(),
          fault.heldFor(),
          fault.openedAt(),
          fault.confirmedAt(),
          fault.recoveredAt(),
          fault.closedAt(),
          fault.deadlineAt(),
          fault.fixedBy(),
          fault.relapses());
    }
  }

  /** One page. */
  record Rows(List<Row> items, @Nullable String next) {}

  /** A fault with its story, oldest entry first. */
  record Whole(
      String id,
      String state,
      @JsonProperty("class") String faultClass,
      @Nullable String assetNo,
      String machine,
      String component,
      String check,
      String severity,
      Label summary,
      Map<String, Object> evidence,
      @Nullable String heldFor,
      Instant openedAt,
      @Nullable Instant confirmedAt,
      @Nullable Instant recoveredAt,
      @Nullable Instant closedAt,
      @Nullable Instant deadlineAt,
      @Nullable String fixedBy,
      int relapses,
      List<StoryEntry> story) {}

  /**
   * @param state one or more, separated by commas; absent means all that are not closed
   * @param machine any key of a machine
   * @param sort changed, opened, machine or class, with - before it for descending
   */
  @GetMapping
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Rows list(
      @RequestParam(name = "state", required = false) @Nullable String state,
      @RequestParam(name = "class", required = false) @Nullable String faultClass,
      @RequestParam(name = "machine", required = false) @Nullable String machine,
      @RequestParam(name = "sort", defaultValue = "-changed") String sort,
      @RequestParam(name = "cursor", required = false) @Nullable String cursor,
      @RequestParam(name = "limit", defaultValue = "50") int limit,
      Viewer viewer) {
    FaultFilter filter =
        new FaultFilter(states(state), faultClass, machine == null ? null : id(machine, viewer));
    Page<Fault> page = faults.list(filter, viewer, FaultSorting.parse(sort), cursor, limit);
    Map<AssetId, MachineCard> cards =
        register.cards(page.items().stream().map(Fault::machine).collect(Collectors.toSet()));
    return new Rows(
        page.items().stream().map(fault -> Row.of(fault, cards.get(fault.machine()))).toList(),
        page.next());
  }

  @GetMapping("/{id}")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Whole one(@PathVariable("id") String id, Viewer viewer) {
    Fault fault =
        number(id)
            .filter(number -> lists.visible(number, viewer))
            .flatMap(faults::find)
            .orElseThrow(() -> Problem.notFound("fault", id));
    return new Whole(
        fault.id().toString(),
        fault.state().name(),
        fault.faultClass(),
        register.card(fault.machine()).map(MachineCard::assetNo).orElse(null),
        fault.machine().toString(),
        fault.component(),
        fault.check(),
        fault.severity().name(),
        fault.summary(),
        fault.evidence(),
        fault.heldFor(),
        fault.openedAt(),
        fault.confirmedAt(),
        fault.recoveredAt(),
        fault.closedAt(),
        fault.deadlineAt(),
        fault.fixedBy(),
        fault.relapses(),
        faults.story(fault.id()));
  }

  private static java.util.Optional<FaultId> number(String text) {
    try {
      return java.util.Optional.of(FaultId.of(text));
    } catch (NumberFormatException e) {
      return java.util.Optional.empty();
    }
  }

  private static Set<FaultState> states(@Nullable String text) {
    if (text == null || text.isBlank()) return Set.of();
    Set<FaultState> states = EnumSet.noneOf(FaultState.class);
    for (String word : text.split(",")) states.add(state(word.strip()));
    return states;
  }

  private static FaultState state(String word) {
    try {
      return FaultState.valueOf(word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      String all =
          java.util.Arrays.stream(FaultState.values())
              .map(Enum::name)
              .collect(Collectors.joining(", "));
      throw Problem.badInput("state", word, "没有这个状态；可用：" + all, "no such state; there are: " + all);
    }
  }

  private AssetId id(String key, Viewer viewer) {
    List<Resolution.Hit> hits = register.find(key, viewer).hits();
    if (hits.isEmpty())
      return Itself.called(key, viewer).orElseThrow(() -> Problem.notFound("machine", key));
    if (hits.size() > 1)
      throw Problem.conflict(
          key + " 对应 " + hits.size() + " 台机器，请写得更准确",
          key + " leads to " + hits.size() + " machines: be more exact");
    return hits.getFirst().id();
  }
}
