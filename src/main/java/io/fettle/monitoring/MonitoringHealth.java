package io.fettle.monitoring;

import io.fettle.kernel.Label;
import io.fettle.web.HealthPart;
import java.time.Clock;
import java.util.List;
import org.springframework.stereotype.Component;

/** Whether machines are visited in time and what they say arrives. */
@Component
class MonitoringHealth implements HealthPart {
  private static final double ENOUGH = 0.8;

  private final Schedule schedule;
  private final Outflow outflow;
  private final Collector collector;
  private final DataChecks data;
  private final Clock clock;

  MonitoringHealth(
      Schedule schedule, Outflow outflow, Collector collector, DataChecks data, Clock clock) {
    this.schedule = schedule;
    this.outflow = outflow;
    this.collector = collector;
    this.data = data;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "monitoring";
  }

  @Override
  public State check() {
    if (outflow.isStuck())
      return State.bad(
          "观测无法入库，巡检暂停等待；数据库恢复后自动继续",
          "Observations cannot be stored, visits wait; goes on by itself once the database is back");
    if (collector.isOverruled())
      return State.bad(
          "同名采集端在别处启动了，本进程已停止巡检", "Another start collects under this name: this one has stopped");
    List<String> complaints = data.complaints();
    if (!complaints.isEmpty()) {
      String lines = String.join("\n", complaints.stream().limit(20).toList());
      return new State(false, new Label("检查文件有误：\n" + lines, "Check files are wrong:\n" + lines));
    }
    long bound = schedule.bindings();
    long late = schedule.late(clock.millis(), 2);
    boolean ok = bound == 0 || bound - late >= bound * ENOUGH;
    return new State(
        ok,
        new Label(
            schedule.size() + " 台机器，" + bound + " 个绑定，其中 " + late + " 个超过两个周期没有巡检",
            schedule.size()
                + " machines, "
                + bound
                + " bindings, "
                + late
                + " not visited for two intervals"));
  }
}
