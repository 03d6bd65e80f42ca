package io.fettle.ticket;

import io.fettle.fault.Fault;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.ticket.Tickets.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** The room's only SQL. */
@Component
class TicketTable {
  private static final String COLUMNS =
      """
      select t.id, t.kind, t.fault_class, t.state, t.title_zh, t.title_en, t.asset_id, t.asset_no, t.team,
             t.fault_id, t.parent, t.assignee, t.snapshot::text, t.created_at, t.changed_at,
             (select count(*) from ticket.ticket c where c.parent = t.id) as children
        from ticket.ticket t
      """;
  private static final String OPEN = "t.state in ('OPEN', 'ASSIGNED', 'VERIFYING')";
  private final JdbcClient jdbc;

  TicketTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A ticket as stored.
   *
   * @param kind fault, storm or group
   */
  record Row(
      Tickets.TicketView view,
      String kind,
      String faultClass,
      @Nullable AssetId machine,
      @Nullable String team) {}

  /** Where the machine of a ticket stands and to whom it belongs. */
  record Place(@Nullable String assetNo, @Nullable String team, String rack) {}

  /** Exactly one per fault, and one live per fault key; empty when there is one already. */
  Optional<Long> born(
      Fault fault, Place place, Label title, Map<String, Object> snapshot, Instant now) {
    return jdbc.sql(
            """
            insert into ticket.ticket
              (kind, state, title_zh, title_en, fault_id, asset_id, asset_no, team, fault_class,
               component, place, snapshot, created_at, changed_at)
            values ('fault', 'OPEN', :zh, :en, :fault, :asset, :assetNo, :team, :class, :component,
                    :place, :snapshot::jsonb, :now, :now)
            on conflict do nothing
            returning id
            """)
        .param("zh", title.zh())
        .param("en", title.en())
        .param("fault", fault.id().value())
        .param("asset", fault.machine().value())
        .param("assetNo", place.assetNo())
        .param("team", place.team())
        .param("class", fault.faultClass())
        .param("component", fault.component())
        .param("place", place.rack())
        .param("snapshot", JsonMapper.shared().writeValueAsString(snapshot).replace("\\u0000", ""))
        .param("now", at(now))
        .query(Long.class)
        .optional();
  }

  /** A storm of the class that nobody has joined since takes in no more: the next is another. */
  void endStorm(String faultClass, Instant since) {
    jdbc.sql(
            """
            update ticket.ticket t set gathering = false
             where t.kind = 'storm' and t.fault_class = :class and t.place = '' and t.gathering
               and t.state <> 'CLOSED'
               and not exists (select 1 from ticket.ticket c
                                where c.parent = t.id and c.created_at > :since)
            """)
        .param("class", faultClass)
        .param("since", at(since))
        .update();
  }

  /** The live parent of this kind, class and place; made when there is none. */
  long parent(String kind, String faultClass, String place, Label title, Instant now) {
    jdbc.sql(
            """
            insert into ticket.ticket
              (kind, state, title_zh, title_en, fault_class, place, created_at, changed_at)
            values (:kind, 'OPEN', :zh, :en, :class, :place, :now, :now)
            on conflict do nothing
            """)
        .param("kind", kind)
        .param("zh", title.zh())
        .param("en", title.en())
        .param("class", faultClass)
        .param("place", place)
        .param("now", at(now))
        .update();
    return jdbc.sql(
            """
            select id from ticket.ticket
             where kind = :kind and fault_class = :class and place = :place and gathering
               and state <> 'CLOSED'
            """)
        .param("kind", kind)
        .param("class", faultClass)
        .param("place", place)
        .query(Long.class)
        .single();
  }

  /** How many tickets of the class were born since, without those of a rack's group. */
  int births(String faultClass, Instant since) {
    return jdbc.sql(
            """
            select count(*) from ticket.ticket t
             where t.kind = 'fault' and t.fault_class = :class and t.created_at > :since
               and not exists (select 1 from ticket.ticket p
                                where p.id = t.parent and p.kind = 'group')
            """)
        .param("class", faultClass)
        .param("since", at(since))
        .query(Integer.class)
        .single();
  }

  void under(long ticket, long parent) {
    jdbc.sql("update ticket.ticket set parent = :parent where id = :id")
        .param("id", ticket)
        .param("parent", parent)
        .update();
  }

  /** Puts the class's open tickets born since, and without a parent, under one. */
  void gather(String faultClass, Instant since, long parent) {
    jdbc.sql(
            """
            update ticket.ticket set parent = :parent
             where kind = 'fault' and fault_class = :class and created_at > :since
               and parent is null and state <> 'CLOSED'
            """)
        .param("class", faultClass)
        .param("since", at(since))
        .param("parent", parent)
        .update();
  }

  /** Compare-and-set along the graph; false when somebody was faster. */
  boolean move(long id, State from, State to, Instant now) {
    return jdbc.sql(
                """
                update ticket.ticket set state = :to, changed_at = :now
                 where id = :id and state = :from
                """)
            .param("id", id)
            .param("from", from.name())
            .param("to", to.name())
            .param("now", at(now))
            .update()
        == 1;
  }

  void assign(long id, String assignee) {
    jdbc.sql("update ticket.ticket set assignee = :assignee where id = :id")
        .param("id", id)
        .param("assignee", assignee)
        .update();
  }

  void event(long id, Instant at, String actor, String kind, String text) {
    jdbc.sql(
            """
            insert into ticket.event (ticket_id, at, actor, kind, text)
            values (:id, :at, :actor, :kind, :text)
            """)
        .param("id", id)
        .param("at", at(at))
        .param("actor", actor)
        .param("kind", kind)
        .param("text", text.replace("\u0000", ""))
        .update();
  }

  List<Tickets.TicketEvent> events(long id) {
    return jdbc.sql(
            """
            select at, actor, kind, text from ticket.event
             where ticket_id = :id order by no limit 1000
            """)
        .param("id", id)
        .query((rs, n) ->
            new Tickets.TicketEvent(
                instant(rs, "at"),
                rs.getString("actor"),
                rs.getString("kind"),
                rs.getString("text")))
        .list();
  }

  Optional<Row> find(long id) {
    return jdbc.sql(COLUMNS + " where t.id = :id")
        .param("id", id)
        .query(TicketTable::row)
        .optional();
  }

  Optional<Row> ofFault(long fault) {
    return jdbc.sql(COLUMNS + " where t.fault_id = :fault")
        .param("fault", fault)
        .query(TicketTable::row)
        .optional();
  }

  /** Which of these faults have a ticket. */
  Set<Long> withTicket(List<Long> faults) {
    if (faults.isEmpty()) return Set.of();
    return jdbc
        .sql("select fault_id from ticket.ticket where fault_id in (:faults)")
        .param("faults", faults)
        .query(Long.class)
        .list()
        .stream()
        .collect(Collectors.toSet());
  }

  /** Tickets that are not closed, after an id, in id order. */
  List<Row> live(long after, int limit) {
    return jdbc.sql(
            COLUMNS + " where t.state <> 'CLOSED' and t.id > :after order by t.id limit :limit")
        .param("after", after)
        .param("limit", limit)
        .query(TicketTable::row)
        .list();
  }

  /** Children that still need somebody or something, after an id, in id order. */
  List<Row> openChildren(long parent, long after, int limit) {
    return jdbc.sql(
            COLUMNS
                + " where t.parent = :parent and t.id > :after and "
                + OPEN
                + " order by t.id limit :limit")
        .param("parent", parent)
        .param("after", after)
        .param("limit", limit)
        .query(TicketTable::row)
        .list();
  }

  Set<State> childStates(long parent) {
    return jdbc.sql("select distinct state from ticket.ticket where parent = :parent")
        .param("parent", parent)
        .query((rs, n) -> State.valueOf(rs.getString(1)))
        .set();
  }

  /**
   * Those under a parent are left out for who sees all, unless one machine is asked for; a team
   * sees its own wherever they stand.
   *
   * @param teams null for who sees all
   */
  List<Row> list(
      TicketFilter filter,
      @Nullable Set<String> teams,
      TicketSorting sorting,
      @Nullable TicketCursor after,
      int limit) {
    Listing listing = listing(filter, teams, sorting, after, limit);
    return jdbc.sql(listing.sql()).params(listing.values()).query(TicketTable::row).list();
  }

  /** What is asked, so that a test can have it explained. */
  record Listing(String sql, Map<String, Object> values) {}

  static Listing listing(
      TicketFilter filter,
      @Nullable Set<String> teams,
      TicketSorting sorting,
      @Nullable TicketCursor after,
      int limit) {
    List<String> where = new ArrayList<>();
    Map<String, Object> values = new HashMap<>();
    if (teams != null) {
      where.add("t.team in (:teams)");
      values.put("teams", teams.isEmpty() ? Set.of("") : teams);
    } else if (filter.machine() == null) where.add("t.parent is null");
    if (filter.openOnly()) where.add(OPEN);
    if (filter.faultClass() != null) {
      where.add("t.fault_class = :class");
      values.put("class", filter.faultClass());
    }
    if (filter.machine() != null) {
      where.add("t.asset_id = :machine");
      values.put("machine", filter.machine().value());
    }
    if (after != null) {
      String beyond = sorting.descending() ? " < " : " > ";
      where.add("(" + sorting.column() + ", t.id)" + beyond + "(:key, :id)");
      values.put("key", sorting.value(after));
      values.put("id", after.id());
    }
    if (where.isEmpty()) where.add("true");
    values.put("limit", limit);
    String direction = sorting.descending() ? " desc" : "";
    String order = sorting.column() + direction;
    if (!sorting.column().equals("t.id")) order += ", t.id" + direction;
    return new Listing(
        COLUMNS + " where " + String.join(" and ", where) + " order by " + order + " limit :limit",
        values);
  }

  int open(@Nullable Set<String> teams) {
    String cut = teams == null ? "t.parent is null" : "t.team in (:teams)";
    return jdbc.sql("select count(*) from ticket.ticket t where " + cut + " and " + OPEN)
        .param("teams", teams == null || teams.isEmpty() ? Set.of("") : teams)
        .query(Integer.class)
        .single();
  }

  private static Timestamp at(Instant instant) {
    return Timestamp.from(instant);
  }

  private static Instant instant(ResultSet rs, String column) throws SQLException {
    return rs.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static Row row(ResultSet rs, int n) throws SQLException {
    UUID asset = rs.getObject("asset_id", UUID.class);
    Map<String, Object> snapshot = new LinkedHashMap<>();
    for (var entry : JsonMapper.shared().readTree(rs.getString("snapshot")).properties())
      if (!entry.getValue().isNull())
        snapshot.put(
            entry.getKey(), JsonMapper.shared().convertValue(entry.getValue(), Object.class));
    var view =
        new Tickets.TicketView(
            rs.getLong("id"),
            State.valueOf(rs.getString("state")),
            new Label(rs.getString("title_zh"), rs.getString("title_en")),
            rs.getString("asset_no"),
            rs.getObject("fault_id", Long.class),
            rs.getObject("parent", Long.class),
            rs.getInt("children"),
            rs.getString("assignee"),
            snapshot,
            instant(rs, "created_at"),
            instant(rs, "changed_at"));
    return new Row(
        view,
        rs.getString("kind"),
        rs.getString("fault_class"),
        asset == null ? null : new AssetId(asset),
        rs.getString("team"));
  }
}
