package io.fettle.batch;

import io.fettle.kernel.Label;
import io.fettle.kernel.RemoteText;
import io.fettle.web.HealthPart;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Says of each saved job with set times whether it started at its last one. A time that is left out
 * because the job before had not ended says nothing; the third in a row does.
 */
@Component
class TimetableHealth implements HealthPart {
  private static final int TOO_OFTEN = 3;

  private final SavedTable table;

  TimetableHealth(SavedTable table) {
    this.table = table;
  }

  @Override
  public String name() {
    return "timetables";
  }

  @Override
  public State check() {
    Map<String, State> each;
    try {
      each = each();
    } catch (DataAccessException e) {
      return State.bad("等待数据库", "waits for the database");
    }
    return each.values().stream()
        .filter(state -> !state.ok())
        .findFirst()
        .orElse(
            State.fine("定时作业在各自最近一次都已开始", "each job with set times has started at its last one"));
  }

  @Override
  public Map<String, State> each() {
    Map<String, State> each = new TreeMap<>();
    table.lastTurns().forEach((name, turn) -> each.put(name, state(name, turn)));
    table
        .leftOut()
        .forEach((name, times) -> each.compute(name, (_, last) -> leftOut(name, times, last)));
    return each.isEmpty() ? Map.of("", State.fine("没有定时作业", "no job has set times")) : each;
  }

  private static State leftOut(String name, int times, @Nullable State last) {
    if (times >= TOO_OFTEN)
      return State.bad(
          "作业 " + name + " 已连续 " + times + " 次没有开始：上一次还没有结束",
          "job "
              + name
              + " was left out "
              + times
              + " times in a row: the one before has not ended");
    return last == null ? State.fine("作业 " + name + " 正在运行", "job " + name + " is at work") : last;
  }

  private static State state(String name, Saved.Turn turn) {
    Label why = turn.why();
    String zh = why == null ? "" : "：" + RemoteText.cut(why.zh(), 300);
    String en = why == null ? "" : ": " + RemoteText.cut(why.en(), 300);
    return switch (turn.outcome()) {
      case STARTED, OVERLAPPED ->
          State.fine("作业 " + name + " 已按时开始", "job " + name + " has started at its time");
      case REFUSED ->
          State.bad(
              "作业 " + name + " 到时没能开始" + zh, "job " + name + " could not start at its time" + en);
      case MISSED ->
          State.bad("作业 " + name + " 错过了时间" + zh, "job " + name + " missed its time" + en);
    };
  }
}
