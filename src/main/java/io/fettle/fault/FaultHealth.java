package io.fettle.fault;

import io.fettle.fault.Storms.Storm;
import io.fettle.kernel.Label;
import io.fettle.web.HealthPart;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Whether faults can be trusted: the collector sees enough; a storm is named, not a failing. */
@Component
class FaultHealth implements HealthPart {
  private final StormTable storms;
  private final CoverageTable coverage;
  private final Standing standing;

  FaultHealth(StormTable storms, CoverageTable coverage, Standing standing) {
    this.storms = storms;
    this.coverage = coverage;
    this.standing = standing;
  }

  @Override
  public String name() {
    return "fault";
  }

  @Override
  public State check() {
    try {
      if (coverage.open())
        return State.bad(
            "采集端大面积缺数据：不据此判机器有问题，也不开始新动作",
            "The collector sees too little of its machines: none is blamed for it, no new action starts");
      List<Storm> blowing = storms.blowing();
      if (!blowing.isEmpty()) return storm(blowing);
      return State.fine(
          "没有风暴；" + standing.size() + " 个未关闭的故障", "No storm; " + standing.size() + " open faults");
    } catch (DataAccessException e) {
      return State.bad("够不到数据库", "The database cannot be reached");
    }
  }

  private static State storm(List<Storm> blowing) {
    String all =
        blowing.stream()
            .limit(10)
            .map(storm -> storm.faultClass() + " @ " + storm.place() + " (" + storm.faults() + ")")
            .collect(Collectors.joining(", "));
    return new State(true, new Label("风暴，暂缓处理：" + all, "Storm, repairs are held: " + all));
  }
}
