package io.fettle.remediation;

import io.fettle.fault.FaultId;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The room's stored rows as records, and how JSON and time are stored. */
final class Rows {
  private static final JsonMapper JSON = JsonMapper.shared();

  private Rows() {}

  /** The last decision on a fault; {@code look_at} is when a planned run may be looked at next. */
  record Plan(
      FaultId fault,
      AssetId machine,
      String outcome,
      @Nullable String policy,
      @Nullable String revision,
      @Nullable String runbook,
      int rung,
      int position,
      List<Runbook.Order> orders,
      List<Runbook.Order> undo,
      long cmdbVersion,
      List<Map<String, Object>> guards,
      List<Map<String, Object>> notUsed,
      Instant decidedAt,
      Instant lookAt) {}

  /** One runbook for one fault. */
  record Run(
      long id,
      FaultId fault,
      AssetId machine,
      String policy,
      String revision,
      String runbook,
      int rung,
      int position,
      List<Runbook.Order> orders,
      List<Runbook.Order> undo,
      int nextStep,
      RunState state,
      @Nullable String outcome,
      String holder,
      long fence,
      String component,
      Map<String, Object> evidence,
      boolean trial,
      Instant startedAt,
      @Nullable Instant endedAt) {
    /** Holder of what a backup brought back: nobody knows what was sent after it was taken. */
    static final String RESTORED = "restored";

    /** True when this was the last step. */
    boolean lastStep(int step) {
      return step + 1 >= orders.size();
    }
  }

  /** Where a run stands. */
  enum RunState {
    RUNNING,
    UNCERTAIN,
    VERIFYING,
    ENDED
  }

  /** One sending of one step. */
  record Attempt(
      long id,
      long run,
      int step,
      int n,
      boolean undo,
      String action,
      Map<String, Object> params,
      Sent status,
      Instant sendBefore,
      Duration timeLimit,
      Instant sentAt,
      @Nullable Instant endedAt,
      @Nullable Label words,
      String transcript) {
    /** No byte of it can still leave, and no work of it can still be going on, after this. */
    Instant quietAfter(Duration margin) {
      Instant lastByte = status == Sent.SENDING ? sendBefore : sentAt;
      return lastByte.plus(timeLimit).plus(margin);
    }
  }

  /** What is known of one sending. */
  enum Sent {
    SENDING,
    DONE,
    FAILED,
    UNCERTAIN,
    NOT_SENT,
    PRESENT,
    ABSENT
  }

  /** A verification under way. */
  record Verification(
      FaultId fault,
      @Nullable Long run,
      String fixedBy,
      Instant dueAt,
      int okNeeded,
      int okSeen,
      Duration gap,
      Instant deadlineAt) {}

  static Timestamp at(Instant instant) {
    return Timestamp.from(instant);
  }

  static Instant instant(ResultSet rs, String column) throws SQLException {
    return rs.getObject(column, OffsetDateTime.class).toInstant();
  }

  static @Nullable Instant maybeInstant(ResultSet rs, String column) throws SQLException {
    OffsetDateTime time = rs.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  static String json(Object value) {
    return JSON.writeValueAsString(value).replace("\\u0000", "");
  }

  static String orders(List<Runbook.Order> orders) {
    return json(
        orders.stream().map(o -> Map.of("action", o.action(), "params", o.params())).toList());
  }

  static List<Runbook.Order> orders(String json) {
    List<Runbook.Order> orders = new ArrayList<>();
    for (JsonNode node : JSON.readTree(json))
      orders.add(new Runbook.Order(node.get("action").asString(), scalars(node.get("params"))));
    return orders;
  }

  private static Map<String, Object> scalars(JsonNode object) {
    Map<String, Object> params = new LinkedHashMap<>();
    for (var entry : object.properties())
      params.put(
          entry.getKey(),
          entry.getValue().isValueNode()
              ? PolicyReader.plain(entry.getValue())
              : entry.getValue().toString());
    return params;
  }

  static Map<String, Object> object(String json) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (var entry : JSON.readTree(json).properties())
      if (!entry.getValue().isNull())
        map.put(entry.getKey(), JSON.convertValue(entry.getValue(), Object.class));
    return map;
  }

  static List<Map<String, Object>> objects(String json) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (JsonNode node : JSON.readTree(json)) list.add(object(node.toString()));
    return list;
  }

  static Sent status(Action.Result result) {
    return switch (result) {
      case Action.Result.Done ignored -> Sent.DONE;
      case Action.Result.Failed ignored -> Sent.FAILED;
      case Action.Result.Uncertain ignored -> Sent.UNCERTAIN;
    };
  }

  static Label words(Action.Result result) {
    return switch (result) {
      case Action.Result.Done done -> done.what();
      case Action.Result.Failed failed -> failed.why();
      case Action.Result.Uncertain uncertain -> uncertain.why();
    };
  }

  static Optional<Label> label(@Nullable String zh, @Nullable String en) {
    return zh == null || en == null ? Optional.empty() : Optional.of(new Label(zh, en));
  }
}
